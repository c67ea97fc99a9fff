from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from messaging.patient_pages import pages, visits
from messaging.patient_pages.forms import FeedbackForm, RatingForm
from messaging.patient_pages.limits import is_one_click_unsubscribe
from messaging.patient_pages.previews import is_link_preview
from messaging.patient_pages.token_view import token_page
from messaging.patient_pages.visits import PatientVisit

# More than anybody needs to change a star or to add a sentence.
POSTS_AN_HOUR = 30

patient_page = token_page(
    visits.find_visit, why="a patient's link, its token is the key", posts_an_hour=POSTS_AN_HOUR
)
# An opt-out has no limit of its own and works after the other pages have expired.
opt_out_page = token_page(
    visits.find_visit_to_opt_out, why="a patient's link, its token is the key"
)


@patient_page
def rate(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    if request.method == "POST":
        form = RatingForm(request.POST)
        if not form.is_valid():
            return pages.render_page("rate", visit, status=HTTPStatus.BAD_REQUEST, token=token)
        visits.record_rating(token, form.cleaned_data["rating"])
        return pages.redirect_after_post(reverse("patient_rate", args=[token]))
    if visit.rating is None or (visit.may_change and request.GET.get("change")):
        # A star tapped in a mail is only preselected: mail scanners open every link, so the patient
        # has to confirm it.
        chosen = pages.describe_star(visit.language, request.GET.get("stars", ""))
        return pages.render_page("rate", visit, token=token, chosen=chosen)
    if visit.is_happy:
        return pages.render_page("thanks", visit, token=token)
    return pages.render_page("feedback", visit, token=token)


@patient_page
def feedback(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    if request.method == "POST":
        form = FeedbackForm(request.POST)
        if not form.is_valid():
            return pages.render_page(
                "feedback",
                visit,
                status=HTTPStatus.BAD_REQUEST,
                token=token,
                **form.retry_context(visit.language),
            )
        visits.give_feedback(token, form.cleaned_data["comment"])
        return pages.redirect_after_post(reverse("patient_feedback", args=[token]))
    return pages.render_page("feedback", visit, token=token)


@patient_page
def words(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    """Let a happy patient add a comment, allow to quote it, or withdraw that permission."""
    if request.method == "POST" and "hide" in request.POST:
        visits.withdraw_quote(token)
        return pages.redirect_after_post(reverse("patient_rate", args=[token]))
    if request.method == "POST" and visit.is_happy:
        form = FeedbackForm(request.POST)
        if not form.is_valid():
            return pages.render_page(
                "thanks",
                visit,
                status=HTTPStatus.BAD_REQUEST,
                token=token,
                **form.retry_context(visit.language),
            )
        visits.add_comment(
            token, form.cleaned_data["comment"], may_be_quoted=bool(request.POST.get("quote"))
        )
    return pages.redirect_after_post(reverse("patient_rate", args=[token]))


@opt_out_page
def stop(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    """A mail program's one-click button posts here too, and must not be redirected (RFC 8058)."""
    if request.method == "POST":
        visits.opt_out(token)
        if is_one_click_unsubscribe(request):
            return HttpResponse()
        return pages.redirect_after_post(reverse("patient_stop", args=[token]))
    return pages.render_page("stop", visit, token=token)


@patient_page
def review(request: HttpRequest, token: str, visit: PatientVisit) -> HttpResponse:
    if not visit.review_url:
        return pages.render_page("thanks", visit, token=token)
    if request.method == "GET" and not is_link_preview(request):
        visits.count_review_click(token)
    return HttpResponseRedirect(visit.review_url)
