"""Which day a message belongs to, and whether it counts in any figure.

Each rule is written as SQL and as a query expression. A test compares the two.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, DateField, DateTimeField, F, Func, Q, When
from django.db.models.functions import Cast

# When a message `m` was sent, or when it was due if it was never sent. Answers, ratings and clicks
# belong to the day of their ask, however late they come.
# This is no coalesce, because behind row security PostgreSQL does not use an index on one.
ANCHOR = "CASE WHEN m.sent_at IS NULL THEN m.created_at ELSE m.sent_at END"

# The local day of a message `m` at its practice `p`.
DAY = f"(({ANCHOR}) AT TIME ZONE p.timezone)::date"

# Messages `m` that are waiting, being sent or cancelled are in no figure.
COUNTS = "(m.sent_at IS NOT NULL OR m.status IN ('SENT', 'FAILED', 'DELIVERED', 'REPLIED'))"


def anchor() -> Case:
    return Case(When(sent_at=None, then="created_at"), default="sent_at")


def day() -> Cast:
    local = Func(
        F("campaign__practice__timezone"),
        anchor(),
        function="timezone",
        output_field=DateTimeField(),
    )
    return Cast(local, DateField())


def in_days(first: date, last: date, *, zones: Iterable[str]) -> Q:
    """Return the condition that `day()` is one of these days, for practices in these time zones.

    It compares `at`, an alias of `anchor()`, with moments. They can be looked up in an index, and
    PostgreSQL can estimate how many rows there are, which it cannot of a day.
    """
    ranges = {
        zone: Q(
            at__gte=datetime.combine(first, time(), ZoneInfo(zone)),
            at__lt=datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone)),
        )
        for zone in zones
    }
    if len(ranges) == 1:
        return next(iter(ranges.values()))
    found = Q(pk__in=[])
    for zone, moments in ranges.items():
        found |= Q(campaign__practice__timezone=zone) & moments
    return found


def counts() -> Q:
    return Q(sent_at__isnull=False) | Q(status__in=["SENT", "FAILED", "DELIVERED", "REPLIED"])
