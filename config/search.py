"""The search over pages, patients, campaigns and acts.

It is a page with a form. With JavaScript its results appear in the palette, which opens by Ctrl-K.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from http import HTTPStatus

from allauth.core.internal import ratelimit
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from config import member_pages
from config.member_pages import Page
from core.accents import without_accents
from core.errors import ProblemError
from core.paging import render_partial
from patients.models import Patient
from patients.search import search_patients
from reviews.listing.search import with_words
from reviews.models import Review
from workspaces.access import Can, may, member
from workspaces.models import User
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

# The palette asks once after each pause in typing.
RATE = "120/m/user"
MAX_LENGTH = 100
MAX_RESULTS = 6
# One letter begins too many names to be of use.
MIN_LETTERS_OF_PATIENT = 2
MIN_LETTERS_OF_REVIEW = 3
# A clinic has dozens of campaigns. The newest are compared in Python, so that accents do not count.
MAX_CAMPAIGNS = 500


@dataclass(frozen=True)
class Result:
    label: str | Promise
    href: str
    icon: str
    detail: str | Promise = ""


@dataclass(frozen=True)
class ResultGroup:
    title: str
    results: list[Result]


class TooManySearchesError(ProblemError):
    status = HTTPStatus.TOO_MANY_REQUESTS


@member()
def index(request: MemberRequest) -> HttpResponse:
    _require_rate(request)
    typed = request.GET.get("q", "").replace("\0", "").strip()[:MAX_LENGTH]
    groups = [group for group in _search(request, typed) if group.results]
    context = {
        "typed": typed,
        "groups": groups,
        "count": sum(len(group.results) for group in groups),
    }
    return render_partial(request, "search.html", "options", context)


def _require_rate(request: MemberRequest) -> None:
    allowed = ratelimit.consume(
        request, app="config", action="search", config={"search": RATE}, limit_get=True
    )
    if not allowed:
        raise TooManySearchesError(
            _("That was a lot in a short time. Wait a minute and try again.")
        )


def _search(request: MemberRequest, typed: str) -> list[ResultGroup]:
    """Return the groups in the order in which they are shown. Some are empty."""
    user, words = request.user, _words(typed)
    return [
        ResultGroup(_("Pages"), _find_pages(user, words)),
        ResultGroup(_("Patients"), _find_patients(request, typed)),
        ResultGroup(_("Campaigns"), _find_campaigns(request, words)),
        ResultGroup(_("Reviews"), _find_reviews(request, typed)),
        ResultGroup(_("Acts"), _find_acts(user, words)),
    ]


def _find_pages(user: User, words: list[str]) -> list[Result]:
    """Return the pages that match, or the pages of every day when nothing was typed."""
    daily = [page for section in member_pages.DAILY for page in section.pages]
    if not words:
        return [Result(page.label, page.href, page.icon) for page in _meant(daily, user, words)]
    everything = (*daily, *member_pages.settings_pages(), *member_pages.ACCOUNT)
    if member_pages.settings_groups_of(user):
        everything = (*everything, member_pages.SETTINGS)
    found = _meant(everything, user, words)[:MAX_RESULTS]
    return [Result(page.label, page.href, page.icon, page.about) for page in found]


def _find_acts(user: User, words: list[str]) -> list[Result]:
    meant = _meant(member_pages.ACTS, user, words)
    return [Result(act.label, act.href, act.icon) for act in meant]


def _meant(pages: Iterable[Page], user: User, words: list[str]) -> list[Page]:
    """Return the pages that the user may open and that match: by their label first."""
    open_pages = [page for page in pages if page.is_open_to(user)]
    by_label = [page for page in open_pages if _matches(words, str(page.label))]
    by_description = [
        page
        for page in open_pages
        if page not in by_label and _matches(words, f"{page.label} {page.about}")
    ]
    return by_label + by_description


def _find_patients(request: MemberRequest, typed: str) -> list[Result]:
    if len(typed) < MIN_LETTERS_OF_PATIENT or not may(request.user, Can.SEE_PATIENTS):
        return []
    visible = Patient.objects.within(request.workspace).visible_to(request.user)
    meant = search_patients(
        visible.select_related("campaign__practice"), workspace=request.workspace, typed=typed
    )
    found = list(meant.order_by("-appointment_time", "-pk")[: MAX_RESULTS + 1])
    results = [_result_of_patient(patient) for patient in found[:MAX_RESULTS]]
    if len(found) > MAX_RESULTS:
        href = f"{reverse('patients')}?{urlencode({'q': typed})}"
        results.append(Result(_("All patients who match"), href, "forward"))
    return results


def _result_of_patient(patient: Patient) -> Result:
    practice = patient.campaign.practice
    seen_at = localtime(patient.appointment_time, practice.zone)
    return Result(
        patient.name or _("No name"),
        reverse("patient", args=[patient.pk]),
        "user",
        f"{date_format(seen_at, 'SHORT_DATE_FORMAT')} · {practice.name}",
    )


def _find_campaigns(request: MemberRequest, words: list[str]) -> list[Result]:
    if not words or not may(request.user, Can.SEE_CAMPAIGN_NAMES):
        return []
    visible = Campaign.objects.within(request.workspace).visible_to(request.user)
    newest = visible.order_by("-pk").values_list("pk", "name", "practice__name")[:MAX_CAMPAIGNS]
    # Reception sees the names only. For them a campaign is where a list goes.
    may_open = may(request.user, Can.SEE_CAMPAIGNS)
    upload = reverse("imports")
    return [
        Result(
            name,
            reverse("campaign", args=[pk]) if may_open else f"{upload}?campaign={pk}",
            "campaign",
            practice,
        )
        for pk, name, practice in newest
        if _matches(words, name)
    ][:MAX_RESULTS]


def _find_reviews(request: MemberRequest, typed: str) -> list[Result]:
    if len(typed) < MIN_LETTERS_OF_REVIEW or not may(request.user, Can.SEE_REVIEWS):
        return []
    reviews = Review.objects.within(request.workspace).select_related("location__practice")
    found = list(with_words(reviews, typed).order_by("-posted_at", "-pk")[: MAX_RESULTS + 1])
    zone = workspace_time_zone(request.workspace) if found else None
    results = [_result_of_review(review, zone) for review in found[:MAX_RESULTS]]
    if len(found) > MAX_RESULTS:
        href = f"{reverse('reviews')}?{urlencode({'q': typed})}"
        results.append(Result(_("All reviews with these words"), href, "forward"))
    return results


def _result_of_review(review: Review, zone: tzinfo | None) -> Result:
    name = review.reviewer_name or _("Anonymous")
    day = date_format(localtime(review.posted_at, zone), "SHORT_DATE_FORMAT")
    stars = f"{review.stars} ★ · " if review.stars else ""
    words = Truncator(review.comment).words(8)
    return Result(
        f"{name}: {words}" if words else name,
        reverse("review", args=[review.pk]),
        "star",
        f"{stars}{day}",
    )


def _matches(words: list[str], text: str) -> bool:
    """Return whether each typed word begins a word of the text. Accents do not count."""
    of_text = _words(text)
    return all(any(word.startswith(typed) for word in of_text) for typed in words)


def _words(text: str) -> list[str]:
    return without_accents(text).casefold().split()
