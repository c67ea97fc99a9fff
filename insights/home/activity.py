"""What happened last, as a person would tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from messaging.models import Message
from messaging.ratings import is_happy
from patients.models import Patient
from workspaces.models import Practice, User, Workspace

SHOWN = 10
TOLD = ("rating", "replied_at", "delivered_at", "patient__name", "campaign__practice__name")


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
    """Two short walks along an index each, newest first."""
    everyones = Message.objects.within(workspace).visible_to(visible_to)
    seen = everyones.select_related("patient", "campaign__practice").only(*TOLD)
    answered = seen.filter(type="INITIAL", replied_at__isnull=False).order_by("-replied_at")
    delivered = seen.filter(delivered_at__isnull=False).order_by("-delivered_at")
    events = [
        *(
            ActivityEvent(one.replied_at, one, answered=True)
            for one in answered[:SHOWN]
            if one.replied_at
        ),
        *(
            ActivityEvent(one.delivered_at, one, answered=False)
            for one in delivered[:SHOWN]
            if one.delivered_at
        ),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:SHOWN]
