"""The board of unhappy patients: cases by status, and how soon the clinic acted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from messaging.models import Feedback, RecoveryStatus, TextLabels, Urgency
from messaging.models.text_labels import URGENCY_ORDER
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
    def open_count(self) -> int:
        return self.columns[0].count

    @property
    def is_empty(self) -> bool:
        return not any(column.count for column in self.columns)


def build_board(cases: VisibleWithPatient[Feedback]) -> Board:
    """Return the board. Urgent cases come first, then the oldest; of the resolved, the newest."""
    now = timezone.now()
    counts = dict(cases.order_by().values_list("status").annotate(Count("pk")))
    urgent_first = order_by_urgency(cases)
    open_column = _build_column(urgent_first, RecoveryStatus.OPEN, counts)
    times = cases.aggregate(
        first_action=Avg(
            F("first_action_at") - F("created_at"), filter=Q(first_action_at__gte=now - RECENT)
        ),
        oldest_open=Min("created_at", filter=Q(status=RecoveryStatus.OPEN)),
    )
    return Board(
        columns=[
            open_column,
            _build_column(urgent_first, RecoveryStatus.IN_PROGRESS, counts),
            _build_column(cases.order_by("-pk"), RecoveryStatus.RESOLVED, counts),
        ],
        first_action=times["first_action"],
        longest_wait=now - oldest if (oldest := times["oldest_open"]) else None,
    )


def order_by_urgency(cases: VisibleWithPatient[Feedback]) -> VisibleWithPatient[Feedback]:
    """Order by the most urgent text of each visit, then by age."""
    texts = TextLabels.objects.filter(message=OuterRef("message"))
    rank = texts.annotate(rank=URGENCY_ORDER).order_by("rank").values("rank")[:1]
    not_urgent = Value(Urgency.values.index(Urgency.NONE))
    return cases.alias(rank=Coalesce(Subquery(rank), not_urgent)).order_by("rank", "pk")


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
    return BoardColumn(status, list(shown), counts.get(status, 0))
