"""The board of unhappy patients: cases by status, and how soon the clinic acted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, F, Q
from django.utils import timezone

from messaging.models import Feedback, RecoveryStatus
from messaging.models.visibility import VisibleWithPatient

MAX_IN_COLUMN = 20
MAX_RESOLVED = 5
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


def build_board(cases: VisibleWithPatient[Feedback]) -> Board:
    """Return the board. The oldest cases come first, but of the resolved ones the newest."""
    now = timezone.now()
    counts = dict(cases.order_by().values_list("status").annotate(Count("pk")))
    open_column = _build_column(cases.order_by("pk"), RecoveryStatus.OPEN, counts)
    times = cases.aggregate(
        first_action=Avg(
            F("first_action_at") - F("created_at"), filter=Q(first_action_at__gte=now - RECENT)
        )
    )
    return Board(
        columns=[
            open_column,
            _build_column(cases.order_by("pk"), RecoveryStatus.IN_PROGRESS, counts),
            _build_column(cases.order_by("-pk"), RecoveryStatus.RESOLVED, counts),
        ],
        first_action=times["first_action"],
        longest_wait=now - open_column.cases[0].created_at if open_column.cases else None,
    )


def with_card_details(cases: VisibleWithPatient[Feedback]) -> VisibleWithPatient[Feedback]:
    """Join the rows that a card shows."""
    return cases.select_related("patient__campaign__practice", "assignee", "message")


def _build_column(
    cases: VisibleWithPatient[Feedback], status: RecoveryStatus, counts: dict[str, int]
) -> BoardColumn:
    size = MAX_RESOLVED if status == RecoveryStatus.RESOLVED else MAX_IN_COLUMN
    shown = with_card_details(cases.filter(status=status))[:size]
    return BoardColumn(status, list(shown), counts.get(status, 0))
