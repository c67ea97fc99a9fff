"""Which day a message belongs to, and whether it counts in any figure.

Each rule is written as SQL and as a query expression. A test compares the two.
"""

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


def counts() -> Q:
    return Q(sent_at__isnull=False) | Q(status__in=["SENT", "FAILED", "DELIVERED", "REPLIED"])
