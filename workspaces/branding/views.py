"""The page on which owners choose logo and colour, with the star page as patients see it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import pictures
from core.request_bodies import accepts_body
from workspaces.access import Can, member
from workspaces.branding import actions
from workspaces.branding.colours import COLOUR, derive_palette
from workspaces.branding.forms import BrandForm
from workspaces.models import Brand
from workspaces.requests import MemberRequest


@member(Can.MANAGE_WORKSPACE)
@accepts_body(pictures.MAX_FORM_BYTES)
def edit(request: MemberRequest) -> HttpResponse:
    brand = _present_brand(request)
    if request.method != "POST":
        return _show(request, BrandForm.for_brand(brand), brand)
    form = BrandForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, brand)
    actions.change_brand(
        workspace=request.workspace,
        details=form.details(),
        logo=form.cleaned_data["logo"],
        by=request.user,
    )
    messages.success(request, _("Saved. Patients see it from now on."))
    return redirect("brand")


@member(Can.MANAGE_WORKSPACE)
@require_POST
def remove_logo(request: MemberRequest) -> HttpResponse:
    actions.remove_logo(workspace=request.workspace, by=request.user)
    messages.success(request, _("The logo is removed. You can bring it back."))
    return redirect("brand")


@member(Can.MANAGE_WORKSPACE)
@require_POST
def restore_logo(request: MemberRequest) -> HttpResponse:
    actions.restore_logo(workspace=request.workspace, by=request.user)
    messages.success(request, _("The earlier logo is back."))
    return redirect("brand")


@member(Can.MANAGE_WORKSPACE)
@require_GET
def preview(request: MemberRequest) -> HttpResponse:
    """The preview with a colour that is not saved yet."""
    colour = request.GET.get("colour", "").lower()
    if not COLOUR.fullmatch(colour):
        colour = _present_brand(request).colour_or_default
    return render(request, "workspaces/brand.html#preview", _preview(colour))


def _show(request: MemberRequest, form: BrandForm, brand: Brand) -> HttpResponse:
    chosen = str(form["colour"].value() or "").lower()
    colour = chosen if COLOUR.fullmatch(chosen) else brand.colour_or_default
    context = {"form": form, "brand": brand, **_preview(colour)}
    return render(request, "workspaces/brand.html", context)


def _preview(colour: str) -> dict[str, Any]:
    return {"palette": derive_palette(colour)}


def _present_brand(request: MemberRequest) -> Brand:
    rows = Brand.objects.within(request.workspace).select_related("logo").defer("logo__data")
    return rows.first() or Brand(workspace=request.workspace)
