"""For anyone: the report, the badge and the star page. No session, no cookie, no script."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from messaging.public import pages
from messaging.public.forms import FeedbackForm, RatingForm
from messaging.public.limits import limited
from messaging.public.previews import is_preview
from messaging.public.words import words_in
from messaging.sharing import desks, pictures, reports
from messaging.sharing.desks import Welcome
from workspaces.access import public

HOUR = 3600

DeskView = Callable[[HttpRequest, str, Welcome], HttpResponse]


@public("a clinic's public report, its token is the key")
@require_http_methods(["GET", "HEAD"])
@limited
def report(request: HttpRequest, token: str) -> HttpResponse:
    counts = request.method == "GET" and not is_preview(request)
    shown = reports.find(token, counts=counts)
    if shown is None:
        return pages.gone(request)
    return pages.in_language("report", pages.asked_for(request), HTTPStatus.OK, shown=shown)


@public("a picture for a clinic's own site, its token is the key")
@require_http_methods(["GET", "HEAD"])
@limited
def badge(_request: HttpRequest, token: str) -> HttpResponse:
    shown = reports.find(token, counts=False)
    if shown is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    response = HttpResponse(pictures.badge(shown), content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={HOUR}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def at_the_desk(view: DeskView) -> Callable[..., HttpResponseBase]:
    """For whoever scanned the code. There is no session to protect, so no CSRF token either."""

    @csrf_exempt
    @public("a star page at a reception, its token is the key")
    @require_http_methods(["GET", "HEAD", "POST"])
    @limited
    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponse:
        welcome = desks.find(token)
        if welcome is None:
            return pages.gone(request)
        return view(request, token, welcome)

    return found


@at_the_desk
def desk(request: HttpRequest, token: str, welcome: Welcome) -> HttpResponse:
    language = pages.asked_for(request)
    status = HTTPStatus.OK
    if request.method == "POST":
        form = RatingForm(request.POST)
        if form.is_valid():
            key = desks.rate(welcome, form.cleaned_data["rating"])
            return _see(token, key)
        status = HTTPStatus.BAD_REQUEST
    return pages.in_language("desk", language, status, welcome=welcome, token=token)


@at_the_desk
def desk_thanks(request: HttpRequest, token: str, welcome: Welcome) -> HttpResponse:
    key = request.GET.get("key", "")
    rating = desks.given(welcome, key)
    if rating is None:
        return pages.gone(request)
    language, problem, status = pages.asked_for(request), "", HTTPStatus.OK
    if request.method == "POST":
        form = FeedbackForm(request.POST)
        if form.is_valid():
            desks.write(welcome, rating, form.cleaned_data["comment"])
            return _see(token, key)
        typed = request.POST.get("comment", "").strip()
        problem = words_in(language)["feedback_long" if typed else "feedback_empty"]
        status = HTTPStatus.BAD_REQUEST
    return pages.in_language(
        "desk_thanks",
        language,
        status,
        welcome=welcome,
        token=token,
        key=key,
        rating=rating,
        may_review=welcome.may_review(rating.rating),
        typed=request.POST.get("comment", ""),
        problem=problem,
    )


def _see(token: str, key: str) -> HttpResponse:
    query = urlencode({"key": key})
    response = HttpResponseRedirect(f"{reverse('desk_thanks', args=[token])}?{query}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response
