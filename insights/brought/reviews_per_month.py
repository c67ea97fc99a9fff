"""Public reviews a month before the first ask of a practice and since, with the stars of each.

Reviews are public, so a doctor sees those of the practices of her campaigns, whoever asked there.
Who asked first at a practice is therefore found over all campaigns: months in which a colleague
already asked are no "before".
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from core import sql
from insights import filters as filtering
from insights.certainty import (
    FEWEST_EVENTS,
    Interval,
    Sample,
    means_differ,
    rate_interval,
    rates_differ,
)
from insights.figures import FEWEST_DRAWN
from insights.filters import Filters
from insights.models import Facet
from insights.tally_statements import SEEN_TALLIES
from workspaces.models import User, Workspace

DAYS_IN_A_MONTH = 365.25 / 12
# Of less than a month there is no rate.
FEWEST_DAYS = 30
# Years ago a practice was another one, and its reviews are no measure of the last months.
LONGEST_BEFORE = timedelta(days=365)
EARLIEST = date(2000, 1, 1)
ROUNDED_APART = 0.05  # two averages that may look different with one decimal

FIRST_ASKS = f"""{SEEN_TALLIES}
SELECT seen.practice_id, min(t.day) AS first_ask
FROM day_tallies t
JOIN seen ON seen.id = t.campaign_id
WHERE t.facet = %(facet)s AND t.day BETWEEN %(since)s AND %(until)s AND t.asked > 0
GROUP BY seen.practice_id
"""

# One row for each practice with a location at Google.
#
# The time before begins a year before the first ask, or with the first review if that is later: a
# listing is not older than that for certain. Then the first review opens the time and is no event
# in it. Without a review there is no time before: greatest() would ignore the NULL. The time since
# ends when Google was last read completely, not today, and so do its reviews: another location of
# the practice may have been read later.
PRACTICES = """
WITH asks AS (
    SELECT * FROM unnest(%(practices)s::uuid[], %(first_asks)s::date[]) AS a(practice_id, first_ask)
), listings AS (
    SELECT l.practice_id, p.name,
           bool_and(l.first_fetched_at IS NOT NULL) AS is_fetched,
           (min(greatest(l.first_fetched_at, l.changes_fetched_at, l.swept_at))
               AT TIME ZONE p.timezone)::date AS read_on,
           sum(l.review_count) AS google_count,
           sum(l.average_rating * l.review_count)
               / nullif(sum(l.review_count) FILTER (WHERE l.average_rating IS NOT NULL), 0)
               AS google_average
    FROM reviews_googlelocation l
    JOIN workspaces_practice p ON p.id = l.practice_id
    WHERE l.workspace_id = %(workspace)s
      AND (%(campaigns)s::uuid[] IS NULL OR l.practice_id IN (
              SELECT c.practice_id FROM campaigns_campaign c WHERE c.id = ANY(%(campaigns)s)))
    GROUP BY l.practice_id, p.name, p.timezone
), dated AS MATERIALIZED (
    SELECT l.practice_id, r.stars, (r.posted_at AT TIME ZONE p.timezone)::date AS day
    FROM reviews_googlelocation l
    JOIN workspaces_practice p ON p.id = l.practice_id
    JOIN reviews_review r ON r.location_id = l.id
    WHERE l.workspace_id = %(workspace)s AND r.vanished_at IS NULL
), windows AS (
    SELECT listings.practice_id, listings.read_on, asks.first_ask, min(dated.day) AS first_review,
           CASE WHEN min(dated.day) IS NOT NULL
               THEN greatest(min(dated.day), asks.first_ask - %(longest_before)s::int)
           END AS begins
    FROM listings
    LEFT JOIN asks ON asks.practice_id = listings.practice_id
    LEFT JOIN dated ON dated.practice_id = listings.practice_id
    GROUP BY listings.practice_id, listings.read_on, asks.first_ask
), counted AS (
    SELECT w.practice_id, count(d.day) AS reviews, avg(d.stars) AS average,
           count(d.day) FILTER (WHERE d.day >= w.begins AND d.day < w.first_ask)
               - coalesce(w.begins = w.first_review AND w.begins < w.first_ask, false)::int
               AS before_reviews,
           count(d.stars) FILTER (WHERE d.day >= w.begins AND d.day < w.first_ask) AS before_rated,
           sum(d.stars) FILTER (WHERE d.day >= w.begins AND d.day < w.first_ask) AS before_total,
           sum(d.stars * d.stars) FILTER (WHERE d.day >= w.begins AND d.day < w.first_ask)
               AS before_squares,
           count(d.day) FILTER (WHERE d.day BETWEEN w.first_ask AND w.read_on) AS since_reviews,
           count(d.stars) FILTER (WHERE d.day BETWEEN w.first_ask AND w.read_on) AS since_rated,
           sum(d.stars) FILTER (WHERE d.day BETWEEN w.first_ask AND w.read_on) AS since_total,
           sum(d.stars * d.stars) FILTER (WHERE d.day BETWEEN w.first_ask AND w.read_on)
               AS since_squares
    FROM windows w
    LEFT JOIN dated d ON d.practice_id = w.practice_id
    GROUP BY w.practice_id, w.begins, w.first_review, w.first_ask
)
SELECT listings.*, w.first_ask, w.begins, counted.*
FROM listings
JOIN windows w ON w.practice_id = listings.practice_id
JOIN counted ON counted.practice_id = listings.practice_id
ORDER BY listings.name, listings.practice_id
"""


class RateChange(StrEnum):
    """What can be said of the reviews a month since the first ask, against those before."""

    NOT_ASKED = "not_asked"
    TOO_FEW = "too_few"
    NO_CLEAR_CHANGE = "no_clear_change"
    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True)
class ReviewSpan:
    """The public reviews of some days."""

    days: int
    reviews: int
    stars: Sample

    @property
    def months(self) -> float:
        return self.days / DAYS_IN_A_MONTH

    @property
    def has_rate(self) -> bool:
        return self.days >= FEWEST_DAYS

    @property
    def per_month(self) -> float | None:
        return self.reviews / self.months if self.has_rate else None

    @property
    def interval(self) -> Interval | None:
        return rate_interval(self.reviews, self.months) if self.has_rate else None

    @property
    def low(self) -> float | None:
        return self.interval[0] if self.interval else None

    @property
    def high(self) -> float | None:
        return self.interval[1] if self.interval else None

    @property
    def average(self) -> float | None:
        return self.stars.mean if self.stars.count >= FEWEST_DRAWN else None


@dataclass(frozen=True)
class Listing:
    """How many reviews there are and their average, as Google says or as we fetched them."""

    reviews: int | None
    average: float | None

    def differs_from(self, other: "Listing") -> bool:
        if None in (self.reviews, other.reviews) or self.average is None or other.average is None:
            return False
        apart = abs(self.average - other.average)
        return self.reviews != other.reviews or apart >= ROUNDED_APART


@dataclass(frozen=True)
class PracticeReviews:
    key: UUID
    name: str
    is_fetched: bool
    first_ask: date | None
    before: ReviewSpan
    since: ReviewSpan
    google: Listing
    ours: Listing

    @property
    def change(self) -> RateChange:
        if self.first_ask is None:
            return RateChange.NOT_ASKED
        before, since = self.before, self.since
        is_short = not (self.is_fetched and before.has_rate and since.has_rate)
        if is_short or before.reviews + since.reviews < FEWEST_EVENTS:
            return RateChange.TOO_FEW
        if not rates_differ(since.reviews, since.months, before.reviews, before.months):
            return RateChange.NO_CLEAR_CHANGE
        is_more = since.reviews / since.months > before.reviews / before.months
        return RateChange.MORE if is_more else RateChange.FEWER

    @property
    def stars_differ(self) -> bool:
        return means_differ(self.since.stars, self.before.stars)

    @property
    def listings_differ(self) -> bool:
        return self.is_fetched and self.google.differs_from(self.ours)


def read_practices(
    workspace: Workspace, filters: Filters, *, visible_to: User, today: date
) -> list[PracticeReviews]:
    """Return the practices with a location at Google. Only practice and campaign narrow them.

    A review names no doctor, kind of appointment or channel.
    """
    first_asks = _find_first_asks(workspace, today)
    rows = sql.fetch(
        PRACTICES,
        workspace=workspace.pk,
        campaigns=filtering.campaign_ids(workspace, filters, visible_to=visible_to),
        practices=list(first_asks),
        first_asks=list(first_asks.values()),
        longest_before=LONGEST_BEFORE.days,
    )
    return [_practice_of_row(row) for row in rows]


def _find_first_asks(workspace: Workspace, today: date) -> dict[UUID, date]:
    """Return the day of the first ask of each practice, of all campaigns and texts."""
    rows = sql.fetch(
        FIRST_ASKS,
        workspace=workspace.pk,
        campaigns=None,
        channel=None,
        doctors=None,
        **filtering.SEES_WHOLE_CAMPAIGNS,
        appointment_type=None,
        facet=Facet.WHOLE.value,
        since=EARLIEST,
        until=today,
    )
    return {row["practice_id"]: row["first_ask"] for row in rows}


def _practice_of_row(row: dict[str, Any]) -> PracticeReviews:
    first_ask, begins, read_on = row["first_ask"], row["begins"], row["read_on"]
    has_before = first_ask and begins and begins < first_ask
    has_since = first_ask and read_on and read_on >= first_ask
    return PracticeReviews(
        key=row["practice_id"],
        name=row["name"],
        is_fetched=row["is_fetched"],
        first_ask=first_ask,
        before=_span(row, "before", (first_ask - begins).days if has_before else 0),
        since=_span(row, "since", (read_on - first_ask).days + 1 if has_since else 0),
        google=_listing(row["google_count"], row["google_average"]),
        ours=_listing(row["reviews"], row["average"]),
    )


def _span(row: dict[str, Any], name: str, days: int) -> ReviewSpan:
    stars = Sample(
        count=row[f"{name}_rated"],
        total=int(row[f"{name}_total"] or 0),
        squares=int(row[f"{name}_squares"] or 0),
    )
    return ReviewSpan(days, row[f"{name}_reviews"], stars)


def _listing(reviews: int | None, average: Any) -> Listing:
    return Listing(
        None if reviews is None else int(reviews), None if average is None else float(average)
    )
