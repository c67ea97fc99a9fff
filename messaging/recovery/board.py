"""Who is not happy, how far the clinic is with each, and how soon it began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, F, Q
from django.utils import timezone

from messaging.models import Feedback, RecoveryStatus
from messaging.models.visibility import VisibleWithPatient

IN_COLUMN = 20
DONE_IN_COLUMN = 5
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class BoardColumn:
    status: RecoveryStatus
    cases: Sequence[Feedback]
    count: int

    @property
    def has_more(self) -> bool:
        return self.count > len(self.cases)


@dataclass(frozen=True)
class Board:
    columns: Sequence[BoardColumn]
    first_action: timedelta | None
    longest_wait: timedelta | None

    @property
    def is_empty(self) -> bool:
        return not any(column.count for column in self.columns)


def board(cases: VisibleWithPatient[Feedback]) -> Board:
    """What waits longest stands on top; of what is resolved, the newest."""
    now = timezone.now()
    counts = dict(cases.order_by().values_list("status").annotate(Count("pk")))
    open_ones = _column(cases.order_by("pk"), RecoveryStatus.OPEN, counts)
    times = cases.aggregate(
        first_action=Avg(
            F("first_action_at") - F("created_at"), filter=Q(first_action_at__gte=now - RECENT)
        )
    )
    return Board(
        columns=[
            open_ones,
            _column(cases.order_by("pk"), RecoveryStatus.IN_PROGRESS, counts),
            _column(cases.order_by("-pk"), RecoveryStatus.RESOLVED, counts),
        ],
        first_action=times["first_action"],
        longest_wait=now - open_ones.cases[0].created_at if open_ones.cases else None,
    )


def shown(cases: VisibleWithPatient[Feedback]) -> VisibleWithPatient[Feedback]:
    """With what a card tells."""
    return cases.select_related("patient__campaign__practice", "assignee", "message")


def _column(
    cases: VisibleWithPatient[Feedback], status: RecoveryStatus, counts: dict[str, int]
) -> BoardColumn:
    size = DONE_IN_COLUMN if status == RecoveryStatus.RESOLVED else IN_COLUMN
    found = shown(cases.filter(status=status))[:size]
    return BoardColumn(status, list(found), counts.get(status, 0))
