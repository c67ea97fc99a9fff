"""The answer at the top of the home page: how patients rate, how many answer, and what changed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from campaigns.visibility import reach_of
from insights import reading
from insights.figures import Figures
from insights.filters import EVERYTHING, By
from insights.home.changes import Compared, WhatChanged, find_change
from insights.periods import MONTH, Period, PeriodKind, PeriodStep
from insights.reading import FigureGroup
from insights.scope import Scope
from insights.series import SeriesPoint
from insights.topics.counting import TopicBreakdown, TopicReport, fetch_topic_rows
from workspaces.models import User, Workspace

# The line has one point for each week, the current one included.
WEEKS = 12
TOPICS_CACHED_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Hero:
    period: Period
    now: Figures
    before: Figures
    points: list[SeriesPoint]
    changed: WhatChanged

    @property
    def scope(self) -> Scope:
        return Scope(self.period, EVERYTHING)

    @property
    def has_ratings(self) -> bool:
        return any(point.figures.rated for point in self.points)

    @property
    def asked(self) -> int:
        return sum(point.figures.asked for point in self.points)

    @property
    def change_link(self) -> str:
        clearest = self.changed.clearest
        return clearest.link(self.period) if clearest else ""


def read_hero(workspace: Workspace, *, visible_to: User, today: date) -> Hero:
    """Read the last 30 days, the 30 before, and twelve weeks, of what the member may see."""
    period = Period(today - timedelta(days=MONTH - 1), today, PeriodKind.MONTH)
    monday = today - timedelta(days=today.weekday())
    weeks = Period(monday - timedelta(weeks=WEEKS - 1), today)
    points = reading.read_series(
        workspace, weeks, EVERYTHING, visible_to=visible_to, step=PeriodStep.WEEK
    )
    if not any(point.figures.rated for point in points):
        return Hero(period, Figures(), Figures(), points, WhatChanged())
    now, before = (
        reading.read_breakdown(workspace, days, EVERYTHING, by=By.PRACTICE, visible_to=visible_to)
        for days in (period, period.before)
    )
    topics = _count_topics(workspace, period, visible_to=visible_to)
    whole = Compared(_sum(now), _sum(before), topics.whole)
    practices = _compare_practices(now, {group.key: group.figures for group in before}, topics)
    return Hero(period, whole.now, whole.before, points, find_change(whole, practices))


def _count_topics(workspace: Workspace, period: Period, *, visible_to: User) -> TopicBreakdown:
    """Count the topics, from the cache if a member has opened the page in the last minutes.

    It reads every text of 60 days. With a million messages that alone takes longer than the rest
    of the page. The reach is in the key: it decides which campaigns are counted.
    """
    key = f"home_topics:{workspace.pk}:{visible_to.pk}:{reach_of(visible_to)}:{period.last}"
    with suppress(RedisError):  # the page works without Redis
        if (cached := cache.get(key)) is not None:
            return TopicBreakdown.of(cached)
    rows = fetch_topic_rows(workspace, period, EVERYTHING, visible_to=visible_to)
    with suppress(RedisError):
        cache.set(key, rows, timeout=TOPICS_CACHED_FOR.total_seconds())
    return TopicBreakdown.of(rows)


def _compare_practices(
    now: list[FigureGroup], before: Mapping[str, Figures], topics: TopicBreakdown
) -> list[Compared]:
    return [
        Compared(
            now=group.figures,
            before=before.get(group.key, Figures()),
            topics=topics.by_practice.get(UUID(group.key), TopicReport()),
            practice=group.label,
            key=UUID(group.key),
        )
        for group in now
    ]


def _sum(groups: list[FigureGroup]) -> Figures:
    return sum((group.figures for group in groups), Figures())
