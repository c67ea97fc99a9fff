"""What was said between a clinic and a patient, in the order in which it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from django.utils.translation import gettext as _

from messaging.models import Conversation, Feedback, InboundMessage, Message, MessageStatus
from patients.models import Patient
from templates_app.models import MessageType

# So many of each side; a conversation with a patient is never longer than a few.
LAST = 100


@dataclass(frozen=True)
class ThreadEntry:
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
            MessageStatus.DELIVERED: "delivered",
            MessageStatus.REPLIED: "delivered",
            MessageStatus.SENT: "sent",
            MessageStatus.FAILED: "failed",
            MessageStatus.CANCELLED: "failed",
        }.get(MessageStatus(self.message.status), "waiting")


def thread(patient: Patient) -> Sequence[ThreadEntry]:
    ours = list(patient.messages.order_by("-pk")[:LAST])
    theirs = list(patient.inbound_messages.order_by("-pk")[:LAST])
    said = [_ours(message) for message in ours] + [_theirs(inbound) for inbound in theirs]
    said += [_in_form(told) for told in patient.feedback.exclude(comment="")]
    said += _on_page(ours, theirs)
    return sorted(said, key=lambda one: one.at)


def _ours(message: Message) -> ThreadEntry:
    return ThreadEntry(
        at=message.sent_at or message.created_at,
        text=message.content,
        by_patient=False,
        who=message.written_by,
        message=message,
    )


def _theirs(inbound: InboundMessage) -> ThreadEntry:
    return ThreadEntry(at=inbound.received_at, text=inbound.body, by_patient=True)


def _in_form(feedback: Feedback) -> ThreadEntry:
    return ThreadEntry(
        feedback.updated_at, feedback.comment, by_patient=True, who=_("Private form")
    )


def _on_page(ours: Sequence[Message], theirs: Sequence[InboundMessage]) -> list[ThreadEntry]:
    """Words beside a rating that did not come as a message, so they were typed on the page."""
    return [
        ThreadEntry(
            message.replied_at or message.updated_at, line, by_patient=True, who=_("Star page")
        )
        for message in ours
        for line in message.comment.splitlines()
        if not any(line in inbound.body for inbound in theirs)
    ]


def last_words(conversations: Sequence[Conversation]) -> dict[UUID, str]:
    """What each patient wrote last, in three queries for all."""
    patients = [one.patient_id for one in conversations]
    asks = Message.objects.filter(patient_id__in=patients, type=MessageType.INITIAL)
    words = dict(asks.exclude(comment="").values_list("patient_id", "comment"))
    written = (
        InboundMessage.objects.filter(patient_id__in=patients)
        .order_by("patient_id", "-received_at")
        .distinct("patient_id")
        .values_list("patient_id", "received_at", "body")
    )
    told = Feedback.objects.filter(patient_id__in=patients).exclude(comment="")
    newest = sorted(
        [*written, *told.values_list("patient_id", "updated_at", "comment")],
        key=itemgetter(1),
    )
    return words | {patient_id: text for patient_id, _at, text in newest}
