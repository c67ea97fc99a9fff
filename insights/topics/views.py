from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import csv_exports, csv_files
from core.paging import newest_first, render_partial, wants_partial
from insights import filters as filtering
from insights import periods, reading
from insights.filters import EVERYTHING, By, Filters
from insights.home.forms import build_query
from insights.periods import Period
from insights.topics.comments import (
    RatingRange,
    count_erased_ratings,
    find_comments,
    find_ratings,
    with_words,
    words_of,
)
from insights.topics.forms import ALL_RATINGS, CommentsForm
from insights.topics.panel import csv_rows, read_panel
from messaging.models import Message, Topic
from messaging.models.text_labels import VisitLabels, summarize_labels
from messaging.models.visibility import VisibleWithPatient
from workspaces.access import Can, member
from workspaces.models import User, Workspace
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

PAGE_SIZE = 25


def _labels(ask: Message) -> VisitLabels:
    return summarize_labels(ask.text_labels.all())


COLUMNS: list[csv_exports.Column[Message]] = [
    (gettext_lazy("Asked on"), lambda ask: ask.sent_at or ask.created_at),
    (gettext_lazy("Patient"), lambda ask: ask.patient.name),
    (gettext_lazy("Practice"), lambda ask: ask.campaign.practice.name),
    (gettext_lazy("Doctor"), lambda ask: ask.shown_doctor),  # type: ignore[attr-defined]  # by `with_words`
    (gettext_lazy("Rating"), lambda ask: ask.rating),
    (gettext_lazy("Comment"), lambda ask: "\n".join(words.text for words in words_of(ask))),
    (gettext_lazy("Topics"), lambda ask: ", ".join(_labels(ask).topic_names)),
    (gettext_lazy("Urgency"), lambda ask: str(_labels(ask).urgency.label)),
]


@dataclass(frozen=True)
class CommentSearch:
    """What the address of the comments asks for."""

    period: Period
    filters: Filters
    topic: Topic | None
    rating: RatingRange | None
    is_of_all_ratings: bool  # and not only of those with words

    @property
    def query(self) -> str:
        """The query string that asks for the same, without empty values."""
        chosen = {
            "topic": self.topic and self.topic.value,
            "rating": self.rating and self.rating.value,
            "shown": ALL_RATINGS if self.is_of_all_ratings else "",
        }
        added = urlencode({name: value for name, value in chosen.items() if value})
        return "&".join(filter(None, [build_query(self.period, self.filters), added]))

    def find(self, workspace: Workspace, user: User) -> VisibleWithPatient[Message]:
        if self.is_of_all_ratings:
            return find_ratings(
                workspace, self.period, self.filters, visible_to=user, rating=self.rating
            )
        return find_comments(
            workspace,
            self.period,
            self.filters,
            visible_to=user,
            topic=self.topic,
            rating=self.rating,
        )

    def count_erased(self, workspace: Workspace, user: User) -> int:
        """Count what the figures have and the list has not."""
        if not self.is_of_all_ratings:
            return 0
        return count_erased_ratings(
            workspace, self.period, self.filters, visible_to=user, rating=self.rating
        )


@member(Can.SEE_CAMPAIGNS)
def topics(request: MemberRequest) -> HttpResponseBase:
    """The topics as a page, or as CSV."""
    workspace, user = request.workspace, request.user
    period = periods.parse_period(request.GET, today=periods.latest_local_date(workspace))
    filters = filtering.parse_filters(request.GET, workspace=workspace, visible_to=user)
    panel = read_panel(workspace, period, filters, visible_to=user)
    if csv_exports.is_csv_wanted(request):
        today = timezone.localdate(timezone=workspace_time_zone(workspace))
        name = _("topics")
        return csv_files.download(csv_rows(panel), filename=f"{name}-{today:%Y-%m-%d}.csv")
    context = {"topics": panel, "period": period, "filters": filters}
    return render(request, "insights/topics/topics.html", context)


@member(Can.SEE_CAMPAIGNS)
def comments(request: MemberRequest) -> HttpResponseBase:
    """The visits behind the figures of the same period and filters: with words, or all rated."""
    search = _parse_search(request)
    asks = search.find(request.workspace, request.user)
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            with_words(asks),
            COLUMNS,
            name=_("comments"),
            zone=workspace_time_zone(request.workspace),
        )
    context = _comments_context(request, search) | {
        "total": asks.count(),
        "erased": search.count_erased(request.workspace, request.user),
        "page": newest_first(with_words(asks), request, size=PAGE_SIZE),
    }
    context["visits"] = [(ask, words_of(ask)) for ask in context["page"].rows]
    return _render_comments(request, search, context)


def _parse_search(request: MemberRequest) -> CommentSearch:
    workspace, query = request.workspace, request.GET
    topic = query.get("topic", "")
    # Older links have `tone`.
    rating = query.get("rating", "") or query.get("tone", "")
    is_of_all_ratings = query.get("shown") == ALL_RATINGS and topic not in Topic.values
    return CommentSearch(
        period=periods.parse_period(query, today=periods.latest_local_date(workspace)),
        filters=filtering.parse_filters(query, workspace=workspace, visible_to=request.user),
        topic=Topic(topic) if topic in Topic.values else None,
        rating=RatingRange(rating) if rating in set(RatingRange) else None,
        is_of_all_ratings=is_of_all_ratings,
    )


def _comments_context(request: MemberRequest, search: CommentSearch) -> dict[str, Any]:
    def choices(by: By) -> list[str]:
        groups = reading.read_breakdown(
            request.workspace, search.period, EVERYTHING, by=by, visible_to=request.user
        )
        return sorted(group.key for group in groups if group.key)

    chosen = QueryDict(search.query).dict()
    return {
        "search": search,
        "period": search.period,
        "filters": search.filters,
        "form": CommentsForm(
            chosen,
            workspace=request.workspace,
            user=request.user,
            doctors=choices(By.DOCTOR),
            kinds=choices(By.APPOINTMENT_TYPE),
        ),
    }


def _render_comments(
    request: MemberRequest, search: CommentSearch, context: dict[str, Any]
) -> HttpResponse:
    """Render the list. For htmx, push the URL that shows the same list after a reload."""
    response = render_partial(request, "insights/topics/comments.html", "list", context)
    if wants_partial(request) and not (request.GET.get("before") or request.GET.get("after")):
        response["HX-Push-Url"] = f"{request.path}?{search.query}"
    return response
