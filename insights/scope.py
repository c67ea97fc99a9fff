"""Which visits a figure was counted from, and the address of the page that lists them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from insights.filters import By, Filters
from insights.periods import Period
from insights.ratings.search import RatingSearch, Shown
from messaging.models import Topic

BY_ID = (By.PRACTICE, By.CAMPAIGN)


@dataclass(frozen=True)
class Scope:
    """The days and filters that figures were counted with."""

    period: Period
    filters: Filters

    def of_days(self, first: date, last: date) -> "Scope":
        """Return the part of these days that is in the period."""
        days = Period(max(first, self.period.first), min(last, self.period.last))
        return replace(self, period=days)

    def of_group(self, by: By, key: str) -> "Scope | None":
        """Return the scope of one group. An empty name has none: no filter can express it."""
        if not key:
            return None
        value: Any = UUID(key) if by in BY_ID else key
        return replace(self, filters=replace(self.filters, **{by.value: value}))

    def ratings_url(self, *stars: int) -> str:
        """Return the address of the list of these ratings, or of those with so many stars."""
        return self._url(RatingSearch(self.period, self.filters, stars=stars))

    def visits_url(self, shown: Shown) -> str:
        """Return the address of the list of the visits behind a figure."""
        return self._url(RatingSearch(self.period, self.filters, shown))

    def topic_url(self, topic: Topic, stars: tuple[int, ...] = ()) -> str:
        """Return the address of the list of the visits whose words name this topic."""
        search = RatingSearch(self.period, self.filters, Shown.WORDS, stars, topic)
        return self._url(search)

    def hours_url(self, weekday: int, hour: int | None = None) -> str:
        """Return the address of the list of answers of a weekday, from 1 on, or of its hour."""
        search = RatingSearch(self.period, self.filters, Shown.ANSWERED, weekday=weekday, hour=hour)
        return self._url(search)

    def _url(self, search: RatingSearch) -> str:
        return f"{reverse('ratings')}?{search.query}"
