"""Which ratings a figure was counted from, and the address of the page that lists them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from insights.filters import By, Filters
from insights.home.forms import build_query
from insights.periods import Period

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

    def ratings_url(self, rating: str = "") -> str:
        """Return the address of the list of these ratings, or of those that were so many stars."""
        shown = {"shown": "ratings"} | ({"rating": rating} if rating else {})
        query = f"{build_query(self.period, self.filters)}&{urlencode(shown)}"
        return f"{reverse('comments')}?{query}"
