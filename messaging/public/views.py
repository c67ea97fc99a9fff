from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from messaging.public import pages, visits
from messaging.public.forms import FeedbackForm, RatingForm
from messaging.public.limits import limited
from messaging.public.previews import is_preview
from messaging.public.visits import Visit
from messaging.public.words import words_in
from workspaces.access import public

Page = Callable[[HttpRequest, str, Visit], HttpResponse]


def patient_page(view: Page) -> Callable[..., HttpResponseBase]:
    """For whoever holds a link. There is no session to protect, so no CSRF token either."""

    @csrf_exempt
    @public("a patient's link, its token is the key")
    @require_http_methods(["GET", "HEAD", "POST"])
    @limited
    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponse:
        visit = visits.find(token)
        if visit is None:
            return pages.gone(request)
        return view(request, token, visit)

    return found


@patient_page
def rate(request: HttpRequest, token: str, visit: Visit) -> HttpResponse:
    if request.method == "POST":
        form = RatingForm(request.POST)
        if not form.is_valid():
            return pages.page("rate", visit, status=HTTPStatus.BAD_REQUEST, token=token)
        visits.rate(token, form.cleaned_data["rating"])
        return _see("patient_rate", token)
    if visit.rating is None:
        return pages.page("rate", visit, token=token)
    if visit.is_happy:
        return pages.page("thanks", visit, token=token)
    return pages.page("feedback", visit, token=token)


@patient_page
def feedback(request: HttpRequest, token: str, visit: Visit) -> HttpResponse:
    if request.method == "POST":
        form = FeedbackForm(request.POST)
        if not form.is_valid():
            typed = request.POST.get("comment", "")
            problem = "feedback_long" if typed.strip() else "feedback_empty"
            return pages.page(
                "feedback",
                visit,
                status=HTTPStatus.BAD_REQUEST,
                token=token,
                typed=typed,
                problem=words_in(visit.language)[problem],
            )
        visits.give_feedback(token, form.cleaned_data["comment"])
        return _see("patient_feedback", token)
    return pages.page("feedback", visit, token=token)


@patient_page
def words(request: HttpRequest, token: str, visit: Visit) -> HttpResponse:
    """A happy patient adds a sentence, and says whether others may read it."""
    if request.method == "POST" and visit.is_happy:
        form = FeedbackForm(request.POST)
        if not form.is_valid():
            typed = request.POST.get("comment", "")
            problem = "feedback_long" if typed.strip() else "feedback_empty"
            return pages.page(
                "thanks",
                visit,
                status=HTTPStatus.BAD_REQUEST,
                token=token,
                typed=typed,
                problem=words_in(visit.language)[problem],
            )
        visits.add_words(
            token, form.cleaned_data["comment"], may_be_quoted=bool(request.POST.get("quote"))
        )
    return _see("patient_rate", token)


@patient_page
def stop(request: HttpRequest, token: str, visit: Visit) -> HttpResponse:
    """A mail program's one-click button posts here too."""
    if request.method == "POST":
        visits.stop(token)
        return _see("patient_stop", token)
    return pages.page("stop", visit, token=token)


@patient_page
def review(request: HttpRequest, token: str, visit: Visit) -> HttpResponse:
    if not visit.review_url:
        return pages.page("thanks", visit, token=token)
    if request.method == "GET" and not is_preview(request):
        visits.count_click(token)
    return HttpResponseRedirect(visit.review_url)


def _see(name: str, token: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse(name, args=[token]))
    response.status_code = HTTPStatus.SEE_OTHER
    return response
