from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import csv_exports
from core.paging import render_partial
from reviews.attribution.shown import find_guesses
from reviews.listing.averages import read_averages
from reviews.listing.filters import ReviewFilterForm
from reviews.listing.pages import unanswered_first
from reviews.models import (
    ConnectionStatus,
    GoogleConnection,
    GoogleLocation,
    Review,
    ReviewQuerySet,
    ReviewReply,
)
from workspaces.access import Can, member
from workspaces.models import Workspace
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest


def reply_of(review: Review) -> ReviewReply | None:
    return getattr(review, "reply", None)


def _practice_name(review: Review) -> str:
    practice = review.location.practice
    return practice.name if practice else ""


def _reply_state(review: Review) -> str:
    reply = reply_of(review)
    return reply.get_status_display() if reply else ""


def _urgency(review: Review) -> str:
    """Return nothing for words that were not read, which is not the same as not urgent."""
    return str(review.labels.urgency.label) if review.labelled_at else ""


COLUMNS: list[csv_exports.Column[Review]] = [
    (gettext_lazy("Posted"), lambda review: review.posted_at),
    (gettext_lazy("Practice"), _practice_name),
    (gettext_lazy("Location at Google"), lambda review: review.location.title),
    (gettext_lazy("Stars"), lambda review: review.stars),
    (gettext_lazy("Reviewer"), lambda review: review.reviewer_name),
    (gettext_lazy("Comment"), lambda review: review.comment),
    (gettext_lazy("Google’s translation"), lambda review: review.translation),
    (gettext_lazy("Language"), lambda review: review.language),
    (gettext_lazy("Topics"), lambda review: ", ".join(review.labels.topic_names)),
    (gettext_lazy("Urgency"), _urgency),
    (gettext_lazy("Pictures and videos"), lambda review: review.media_count),
    (gettext_lazy("Edited"), lambda review: review.changed_at if review.was_edited else None),
    (gettext_lazy("No longer at Google since"), lambda review: review.vanished_at),
    (gettext_lazy("Reply at Google"), lambda review: review.published_reply),
    (gettext_lazy("Time of the reply"), lambda review: review.published_reply_at),
    (gettext_lazy("State of the reply"), _reply_state),
]


def visible(request: MemberRequest) -> ReviewQuerySet:
    reviews = Review.objects.within(request.workspace)
    return reviews.select_related("location__practice", "location__connection", "reply")


@member(Can.SEE_REVIEWS)
def index(request: MemberRequest) -> HttpResponseBase:
    workspace = request.workspace
    form = ReviewFilterForm(request.GET, workspace=workspace)
    reviews = form.apply(visible(request))
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            reviews, COLUMNS, name=_("reviews"), zone=workspace_time_zone(workspace)
        )
    practice = form.chosen_practice
    page = unanswered_first(reviews, request)
    context = {
        "form": form,
        "page": page,
        "guesses": find_guesses(page.rows, user=request.user),
        "total": reviews.count(),
        "zone": workspace_time_zone(workspace),
        "practice": practice,
        "averages": read_averages(practice, visible_to=request.user) if practice else None,
        "progress": None if page.rows else _describe_progress(workspace),
    }
    return render_partial(request, "reviews/listing/reviews.html", "list", context)


def _describe_progress(workspace: Workspace) -> str:
    """Return why there may be no reviews: not connected, fetching, stopped, or fetched."""
    access = GoogleConnection.objects.within(workspace).first()
    if access is None or not access.is_on:
        return "unconnected"
    locations = GoogleLocation.objects.within(workspace).filter(practice__isnull=False)
    if not locations.exists():
        return "unchosen"
    working = locations.filter(failure="")
    is_first_fetch = working.filter(first_fetched_at=None).exists()
    is_broken = access.status == ConnectionStatus.BROKEN
    if not working.exists() or (is_broken and is_first_fetch):
        return "stopped"
    return "fetching" if is_first_fetch else "fetched"
