"""The board of unhappy patients: cases by status, and how soon the clinic acted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from django.db.models import Avg, Count, F, Min, Q
from django.utils import timezone

from messaging.models import Feedback, RecoveryStatus
from messaging.models.snoozing import asleep, awake
from messaging.models.visibility import VisibleWithPatient
from messaging.recovery.severity import Severity, severity_of, todays_first

MAX_IN_COLUMN = 20
MAX_RESOLVED = 5
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Card:
    """A case with what a card says about it. `is_today` is None where the day does not matter."""

    case: Feedback
    severity: Severity
    is_today: bool | None = None


@dataclass(frozen=True)
class BoardColumn:
    status: RecoveryStatus
    cards: Sequence[Card]
    count: int

    @property
    def has_more(self) -> bool:
        return self.count > len(self.cards)


@dataclass(frozen=True)
class Board:
    columns: Sequence[BoardColumn]
    first_action: timedelta | None
    longest_wait: timedelta | None
    snoozed_count: int

    @property
    def open_count(self) -> int:
        return self.columns[0].count

    @property
    def is_empty(self) -> bool:
        return not self.snoozed_count and not any(column.count for column in self.columns)


def build_board(everyones: VisibleWithPatient[Feedback], *, zone: tzinfo) -> Board:
    """Return the board, without what was put aside.

    Today's cases come first, and the most severe of each part; of the resolved, the newest.
    """
    now = timezone.now()
    cases = everyones.filter(awake(now))
    counts = dict(cases.order_by().values_list("status").annotate(Count("pk")))
    first = todays_first(cases, zone)
    open_column = _build_column(first, RecoveryStatus.OPEN, counts)
    times = cases.aggregate(
        first_action=Avg(
            F("first_action_at") - F("created_at"), filter=Q(first_action_at__gte=now - RECENT)
        ),
        oldest_open=Min("created_at", filter=Q(status=RecoveryStatus.OPEN)),
    )
    return Board(
        columns=[
            open_column,
            _build_column(first, RecoveryStatus.IN_PROGRESS, counts),
            _build_column(cases.order_by("-pk"), RecoveryStatus.RESOLVED, counts),
        ],
        first_action=times["first_action"],
        longest_wait=now - oldest if (oldest := times["oldest_open"]) else None,
        snoozed_count=everyones.filter(asleep(now)).count(),
    )


def with_card_details(cases: VisibleWithPatient[Feedback]) -> VisibleWithPatient[Feedback]:
    """Load the rows that a card shows."""
    joined = cases.select_related("patient__campaign__practice", "assignee")
    return with_labels(joined)


def with_labels(cases: VisibleWithPatient[Feedback]) -> VisibleWithPatient[Feedback]:
    """Load what `Feedback.labels` reads, with one query for all cases."""
    return cases.select_related("message").prefetch_related("message__text_labels")


def _build_column(
    cases: VisibleWithPatient[Feedback], status: RecoveryStatus, counts: dict[str, int]
) -> BoardColumn:
    size = MAX_RESOLVED if status == RecoveryStatus.RESOLVED else MAX_IN_COLUMN
    shown = with_card_details(cases.filter(status=status))[:size]
    return BoardColumn(status, make_cards(shown), counts.get(status, 0))


def make_cards(cases: Iterable[Feedback]) -> list[Card]:
    return [Card(case, severity_of(case), getattr(case, "is_today", None)) for case in cases]
