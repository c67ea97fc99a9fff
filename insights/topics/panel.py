"""What the topics panel shows, on the results page, in print and as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from insights.figures import FEW_ANSWERS
from insights.filters import Filters
from insights.home.forms import build_query
from insights.periods import Period
from insights.ratings.search import Shown
from insights.scope import Scope
from insights.topics.counting import TopicFigures, TopicReport, count_topics
from messaging import understanding
from workspaces.models import User, Workspace


@dataclass(frozen=True)
class TopicPanel:
    report: TopicReport
    query: str  # of the address that shows the same period and filters
    scope: Scope
    is_reader_available: bool

    @property
    def words_url(self) -> str:
        return self.scope.visits_url(Shown.WORDS)

    @property
    def has_few_visits(self) -> bool:
        return self.report.read.visits < FEW_ANSWERS

    @property
    def few(self) -> int:
        return FEW_ANSWERS


def read_panel(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User
) -> TopicPanel:
    counted = count_topics(workspace, period, filters, visible_to=visible_to)
    return TopicPanel(
        report=counted.whole,
        query=build_query(period, filters),
        scope=Scope(period, filters),
        is_reader_available=understanding.is_available(),
    )


def csv_rows(panel: TopicPanel) -> Iterator[list[object]]:
    yield [
        _("Topic"),
        _("Visits that name it"),
        _("Visits with words"),
        _("Share in per cent"),
        _("Average rating"),
        _("Ratings"),
        _("Average at least"),
        _("Average at most"),
        _("Share in per cent before"),
        _("Average rating before"),
        _("Clear change of the share"),
        _("Clear change of the rating"),
    ]
    for figures in panel.report.topics:
        yield _csv_row(figures)


def _csv_row(figures: TopicFigures) -> list[object]:
    low, high = figures.now.interval or (None, None)
    share_change, rating_change = figures.share_change, figures.rating_change
    return [
        str(figures.topic.label),
        figures.now.visits,
        figures.of_now,
        _rounded(figures.share * 100, 1) if figures.of_now else "",
        _rounded(figures.now.average, 2),
        figures.now.rated,
        _rounded(low, 2),
        _rounded(high, 2),
        _rounded(figures.share_before * 100, 1) if figures.of_before else "",
        _rounded(figures.before.average, 2),
        _rounded(share_change, 1),
        _rounded(rating_change, 2),
    ]


def _rounded(number: float | None, decimals: int) -> object:
    return "" if number is None else round(number, decimals)
