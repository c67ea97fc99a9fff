"""How many visits a search finds, and how they are rated."""

from dataclasses import dataclass

from django.db.models import Count

from insights import reading
from insights.figures import Figures
from insights.ratings.search import ALL_STARS, RatingSearch, Shown
from insights.ratings.visits import count_erased, find_visits
from workspaces.models import User, Workspace


@dataclass(frozen=True)
class VisitCounts:
    """`ratings` has only the ratings of the visits, or nothing where the figures do not say.

    `visits` and `ratings` agree with the figures of the same period and filters. So they include
    the visits of erased patients, which are not listed.
    """

    visits: int
    ratings: Figures | None
    erased: int = 0

    @property
    def listed(self) -> int:
        return self.visits - self.erased


def count_visits(workspace: Workspace, search: RatingSearch, *, visible_to: User) -> VisitCounts:
    """Count the visits: from the tallies if they have the figure, and otherwise row by row."""
    if not search.is_in_tallies:
        return _count_rows(workspace, search, visible_to)
    figures = reading.read_figures(workspace, search.period, search.filters, visible_to=visible_to)
    erased = count_erased(workspace, search, visible_to=visible_to)
    if search.shown is Shown.RATINGS:
        wanted = search.stars or ALL_STARS
        ratings = _figures_of({stars: figures.ratings[stars - 1] for stars in wanted})
        return VisitCounts(ratings.rated, ratings, erased)
    return VisitCounts(getattr(figures, search.shown.value), None, erased)


def _count_rows(workspace: Workspace, search: RatingSearch, user: User) -> VisitCounts:
    visits = find_visits(workspace, search, visible_to=user)
    rows = visits.order_by().values_list("rating").annotate(Count("pk"))
    counts: dict[int | None, int] = dict(rows)
    return VisitCounts(
        sum(counts.values()),
        _figures_of({stars: many for stars, many in counts.items() if stars is not None}),
    )


def _figures_of(counts: dict[int, int]) -> Figures:
    return Figures(**{f"rated_{stars}": many for stars, many in counts.items()})
