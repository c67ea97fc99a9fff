"""The newest words of patients, for the home page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from insights.month.quotes import cut
from messaging.models import Message
from messaging.ratings import is_happy
from templates_app.models import MessageType
from workspaces.models import User, Workspace

SHOWN = 4
# The index of the newest answers does not know which have words. Reading on until four are found
# would read all answers of a clinic whose patients write nothing.
LOOKED_THROUGH = 100
FIELDS = (
    "rating",
    "comment",
    "replied_at",
    "feedback__comment",
    "patient__name",
    "campaign__practice__name",
    "campaign__practice__timezone",
)


@dataclass(frozen=True)
class PatientWords:
    ask: Message
    text: str
    is_cut: bool

    @property
    def is_happy(self) -> bool:
        return self.ask.rating is not None and is_happy(self.ask.rating)


def read_newest_words(workspace: Workspace, *, visible_to: User) -> list[PatientWords]:
    """Return what the last patients wrote with their rating, of those whose results are seen."""
    asks = Message.objects.within(workspace).visible_to(visible_to)
    rated = asks.filter(
        type=MessageType.INITIAL, rating__isnull=False, replied_at__isnull=False
    ).order_by("-replied_at")
    written = (
        asks.filter(~Q(comment="") | Q(feedback__comment__gt=""))
        .filter(pk__in=rated.values("pk")[:LOOKED_THROUGH])
        .select_related("feedback", "patient", "campaign__practice")
        .only(*FIELDS)
        .order_by("-replied_at", "-pk")
    )
    return list(_shorten(written[:SHOWN]))


def _shorten(asks: Iterable[Message]) -> Iterator[PatientWords]:
    for ask in asks:
        text = (ask.comment or ask.feedback.comment).strip()
        shown = cut(text)
        yield PatientWords(ask, shown, is_cut=shown != text)
