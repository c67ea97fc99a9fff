"""The latest answers and deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from messaging.models import Message
from messaging.ratings import is_happy
from patients.models import Patient
from workspaces.models import Practice, User, Workspace

SHOWN = 6
FIELDS = ("rating", "replied_at", "delivered_at", "patient__name", "campaign__practice__name")


@dataclass(frozen=True)
class ActivityEvent:
    at: datetime
    message: Message
    answered: bool

    @property
    def patient(self) -> Patient:
        return self.message.patient

    @property
    def practice(self) -> Practice:
        return self.message.campaign.practice

    @property
    def tone(self) -> str:
        if not self.answered or self.message.rating is None:
            return ""
        return "good" if is_happy(self.message.rating) else "bad"


def recent(workspace: Workspace, *, visible_to: User) -> Sequence[ActivityEvent]:
    """Return the newest events. Both queries read only the first rows of an index."""
    messages = (
        Message.objects.within(workspace)
        .visible_to(visible_to)
        .select_related("patient", "campaign__practice")
        .only(*FIELDS)
    )
    answered = messages.filter(type="INITIAL", replied_at__isnull=False).order_by("-replied_at")
    delivered = messages.filter(delivered_at__isnull=False).order_by("-delivered_at")
    events = [
        *(
            ActivityEvent(message.replied_at, message, answered=True)
            for message in answered[:SHOWN]
            if message.replied_at
        ),
        *(
            ActivityEvent(message.delivered_at, message, answered=False)
            for message in delivered[:SHOWN]
            if message.delivered_at
        ),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:SHOWN]
