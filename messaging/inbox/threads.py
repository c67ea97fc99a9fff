"""What was said between a clinic and a patient, in the order in which it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from messaging.models import Conversation, InboundMessage, Message, Status
from patients.models import Patient

# So many of each side; a conversation with a patient is never longer than a few.
LAST = 100


@dataclass(frozen=True)
class Said:
    at: datetime
    text: str
    by_patient: bool
    who: str = ""
    message: Message | None = None

    @property
    def ticks(self) -> str:
        """As messengers draw them: on its way, sent, delivered, read, failed."""
        if self.message is None:
            return ""
        if self.message.read_at:
            return "read"
        return {
            Status.DELIVERED: "delivered",
            Status.REPLIED: "delivered",
            Status.SENT: "sent",
            Status.FAILED: "failed",
            Status.CANCELLED: "failed",
        }.get(Status(self.message.status), "waiting")


def thread(patient: Patient) -> Sequence[Said]:
    said = [_ours(message) for message in patient.messages.order_by("-pk")[:LAST]]
    said += [_theirs(inbound) for inbound in patient.inbound_messages.order_by("-pk")[:LAST]]
    return sorted(said, key=lambda one: one.at)


def _ours(message: Message) -> Said:
    return Said(
        at=message.sent_at or message.created_at,
        text=message.content,
        by_patient=False,
        who=message.written_by,
        message=message,
    )


def _theirs(inbound: InboundMessage) -> Said:
    return Said(at=inbound.received_at, text=inbound.body, by_patient=True)


def last_words(conversations: Sequence[Conversation]) -> dict[UUID, str]:
    """What each patient wrote last, in one query for all."""
    newest = (
        InboundMessage.objects.filter(patient_id__in=[one.patient_id for one in conversations])
        .order_by("patient_id", "-received_at")
        .distinct("patient_id")
        .values_list("patient_id", "body")
    )
    return dict(newest)
