"""The answer at the top of the home page: how patients rate, how many answer, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from insights import reading
from insights.figures import Figures
from insights.filters import EVERYTHING, By
from insights.home.changes import Compared, WhatChanged, find_change
from insights.periods import MONTH, Period, PeriodKind, PeriodStep
from insights.reading import FigureGroup, SeriesPoint
from insights.topics.counting import TopicBreakdown, TopicReport, count_topics
from workspaces.models import User, Workspace

# The line has one point for each week, the current one included.
WEEKS = 12


@dataclass(frozen=True)
class Hero:
    period: Period
    now: Figures
    before: Figures
    points: list[SeriesPoint]
    changed: WhatChanged

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
    topics = count_topics(workspace, period, EVERYTHING, visible_to=visible_to)
    whole = Compared(_sum(now), _sum(before), topics.whole)
    practices = _compare_practices(now, {group.key: group.figures for group in before}, topics)
    return Hero(period, whole.now, whole.before, points, find_change(whole, practices))


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
