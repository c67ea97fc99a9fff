from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from messaging.patient_pages import pages, visits
from messaging.patient_pages.forms import FeedbackForm, RatingForm
from messaging.patient_pages.limits import is_one_click
from messaging.patient_pages.previews import is_preview
from messaging.patient_pages.token_view import behind_token
from messaging.patient_pages.visits import PatientVisit

# Nobody changes a star or adds a sentence more often.
POSTS_AN_HOUR = 30

patient_page = behind_token(
    visits.find, why="a patient's link, its token is the key", posts_an_hour=POSTS_AN_HOUR
)
# Nothing stands in the way of an opt-out.
way_out = behind_token(visits.find_to_stop, why="a patient's link, its token is the key")


@patient_page
def rate(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    if request.method == "POST":
        form = RatingForm(request.POST)
        if not form.is_valid():
            return pages.page("rate", visit, status=HTTPStatus.BAD_REQUEST, token=token)
        visits.rate(token, form.cleaned_data["rating"])
        return pages.see(reverse("patient_rate", args=[token]))
    if visit.rating is None or (visit.may_change and request.GET.get("change")):
        # A star of a mail is only shown as chosen: scanners open every link, and people confirm.
        chosen = pages.star(visit.language, request.GET.get("stars", ""))
        return pages.page("rate", visit, token=token, chosen=chosen)
    if visit.is_happy:
        return pages.page("thanks", visit, token=token)
    return pages.page("feedback", visit, token=token)


@patient_page
def feedback(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    if request.method == "POST":
        form = FeedbackForm(request.POST)
        if not form.is_valid():
            return pages.page(
                "feedback",
                visit,
                status=HTTPStatus.BAD_REQUEST,
                token=token,
                **form.again(visit.language),
            )
        visits.give_feedback(token, form.cleaned_data["comment"])
        return pages.see(reverse("patient_feedback", args=[token]))
    return pages.page("feedback", visit, token=token)


@patient_page
def words(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    """A happy patient adds a sentence, says whether others may read it, or takes that back."""
    if request.method == "POST" and "hide" in request.POST:
        visits.hide_words(token)
        return pages.see(reverse("patient_rate", args=[token]))
    if request.method == "POST" and visit.is_happy:
        form = FeedbackForm(request.POST)
        if not form.is_valid():
            return pages.page(
                "thanks",
                visit,
                status=HTTPStatus.BAD_REQUEST,
                token=token,
                **form.again(visit.language),
            )
        visits.add_words(
            token, form.cleaned_data["comment"], may_be_quoted=bool(request.POST.get("quote"))
        )
    return pages.see(reverse("patient_rate", args=[token]))


@way_out
def stop(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    """A mail program's one-click button posts here too, and must not be redirected (RFC 8058)."""
    if request.method == "POST":
        visits.stop(token)
        if is_one_click(request):
            return HttpResponse()
        return pages.see(reverse("patient_stop", args=[token]))
    return pages.page("stop", visit, token=token)


@patient_page
def review(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    if not visit.review_url:
        return pages.page("thanks", visit, token=token)
    if request.method == "GET" and not is_preview(request):
        visits.count_click(token)
    return HttpResponseRedirect(visit.review_url)
