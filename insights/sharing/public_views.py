"""Public pages: the report, its badge and picture, and the star page.

They use no session, no cookie and no script.
"""

from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_http_methods

from insights.sharing import badges, desks, link_cards, report_page, reports
from insights.sharing.desks import StarPage
from messaging.patient_pages import pages
from messaging.patient_pages.forms import FeedbackForm, RatingForm
from messaging.patient_pages.limits import limit_visits
from messaging.patient_pages.previews import is_link_preview
from messaging.patient_pages.token_view import token_page
from messaging.patient_texts.pages import page_texts
from workspaces.access import public

HOUR, DAY = 3600, 24 * 3600
# A badge has its colours in a style element, which our own policy forbids.
BADGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@public("a clinic's public report, its token is the key")
@require_http_methods(["GET", "HEAD"])
@limit_visits
def report(request: HttpRequest, token: str) -> HttpResponse:
    is_reader = request.method == "GET" and not is_link_preview(request)
    shown = reports.find_report(token, count_view=is_reader)
    if shown is None:
        return pages.render_not_found(request)
    return report_page.render_report(request, shown)


@public("a picture for a clinic's own site, its token is the key")
@require_http_methods(["GET", "HEAD"])
@conditional_page
@limit_visits
def badge(request: HttpRequest, token: str) -> HttpResponse:
    summary = reports.find_summary(token)
    if summary is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    style = badges.parse_style(request.GET.get("size", ""), request.GET.get("theme", ""))
    response = HttpResponse(badges.render_badge(summary, style), content_type="image/svg+xml")
    response["Content-Security-Policy"] = BADGE_POLICY
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    # A stale badge is shown at once, and the browser asks for the next one meanwhile.
    response["Cache-Control"] = f"public, max-age={HOUR}, stale-while-revalidate={DAY}"
    return response


@public("the picture of a public report in messengers, its token is the key")
@require_http_methods(["GET", "HEAD"])
@limit_visits
def link_card(request: HttpRequest, token: str) -> HttpResponse:
    summary = reports.find_summary(token)
    if summary is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    response = HttpResponse(link_cards.read_card(summary), content_type="image/png")
    is_current = request.GET.get("v") == link_cards.version_of(summary)
    response["Cache-Control"] = f"public, max-age={DAY if is_current else HOUR}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


# More ratings and comments in an hour come from a program and not from visitors.
MAX_DESK_POSTS_AN_HOUR = 300

at_the_desk = token_page(
    desks.find_star_page,
    why="a star page at a reception, its token is the key",
    posts_an_hour=MAX_DESK_POSTS_AN_HOUR,
)


@at_the_desk
def desk(request: HttpRequest, token: str, page: StarPage) -> HttpResponse:
    language = pages.browser_language(request)
    status = HTTPStatus.OK
    if request.method == "POST":
        form = RatingForm(request.POST)
        if form.is_valid():
            key = desks.save_rating(page, form.cleaned_data["rating"])
            return _redirect_to_thanks(token, key)
        status = HTTPStatus.BAD_REQUEST
    return pages.render_in_language(
        "desk", language, status, practice=page.practice, brand=page.brand, token=token
    )


@at_the_desk
def desk_thanks(request: HttpRequest, token: str, page: StarPage) -> HttpResponse:
    key = request.GET.get("key", "")
    rating = desks.find_rating(page, key)
    if rating is None:
        return pages.render_not_found(request)
    language, again, status = pages.browser_language(request), {}, HTTPStatus.OK
    if request.method == "POST":
        form = FeedbackForm(request.POST)
        if form.is_valid():
            desks.save_comment(page, rating, form.cleaned_data["comment"])
            return _redirect_to_thanks(token, key)
        again, status = form.retry_context(language), HTTPStatus.BAD_REQUEST
    return pages.render_in_language(
        "desk_thanks",
        language,
        status,
        practice=page.practice,
        brand=page.brand,
        token=token,
        key=key,
        rating=rating,
        later=page.review_links(rating.rating, page_texts(language)),
        **again,
    )


def _redirect_to_thanks(token: str, key: str) -> HttpResponse:
    return pages.redirect_after_post(
        f"{reverse('desk_thanks', args=[token])}?{urlencode({'key': key})}"
    )
