"""Serve pictures and colours to patients, without a session or a cookie, to be cached for ever."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from core import tenancy
from workspaces.access import public
from workspaces.branding.colours import COLOUR, derive_palette
from workspaces.models import Picture

FOR_EVER = "public, max-age=31536000, immutable"


@public("a clinic's logo or a doctor's photo on patients' pages, its token is the key")
@require_safe
def picture(_request: HttpRequest, token: str) -> HttpResponse:
    with tenancy.platform("a picture on patients' pages"):
        found = Picture.objects.filter(token=token).first() if "\0" not in token else None
    if found is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return picture_response(found, FOR_EVER)


def picture_response(picture: Picture, cache_control: str) -> HttpResponse:
    response = HttpResponse(bytes(picture.data), content_type=picture.content_type)
    response["Cache-Control"] = cache_control
    # A browser must never take a picture for a page.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@public("a style sheet with nothing but the colours derived from its address")
@require_safe
def colour(_request: HttpRequest, colour: str) -> HttpResponse:
    chosen = f"#{colour}"
    if not COLOUR.fullmatch(chosen):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    palette = derive_palette(chosen)
    css = render_to_string("workspaces/brand_colour.css", {"palette": palette})
    return HttpResponse(css, content_type="text/css", headers={"Cache-Control": FOR_EVER})
