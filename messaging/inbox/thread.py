"""The thread of a conversation: texts to and from a patient and notes about them, by time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from django.utils.translation import gettext as _

from messaging.models import (
    Conversation,
    ConversationNote,
    Feedback,
    InboundAttachment,
    InboundMessage,
    Message,
    MessageStatus,
)
from patients.models import Patient
from templates_app.models import Channel, MessageType

# From each side. A conversation with a patient has a few texts, so this only limits a fault.
MAX_ENTRIES = 100


@dataclass(frozen=True)
class ThreadEntry:
    at: datetime
    text: str
    by_patient: bool
    who: str = ""
    message: Message | None = None
    came_by: str = ""
    is_note: bool = False
    attachments: Sequence[InboundAttachment] = ()

    @property
    def ticks(self) -> str:
        """The state of a message as messengers show it: waiting, sent, delivered, read, failed."""
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


def build_thread(patient: Patient) -> Sequence[ThreadEntry]:
    messages = list(patient.messages.order_by("-pk")[:MAX_ENTRIES])
    replies = list(patient.inbound_messages.order_by("-pk")[:MAX_ENTRIES])
    files = _attachments_of(replies)
    entries = [
        *map(_entry_of_message, messages),
        *(_entry_of_reply(inbound, files[inbound.pk]) for inbound in replies),
        *map(_entry_of_feedback, patient.feedback.exclude(comment="")),
        *_entries_from_page(messages, replies),
        *map(_entry_of_note, _notes_about(patient)),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _entry_of_message(message: Message) -> ThreadEntry:
    return ThreadEntry(
        at=message.sent_at or message.created_at,
        text=message.content,
        by_patient=False,
        who=message.written_by,
        message=message,
        came_by=message.get_channel_display(),
    )


def _attachments_of(replies: Sequence[InboundMessage]) -> dict[UUID, list[InboundAttachment]]:
    """Return what came with each text, without the pictures themselves."""
    found: dict[UUID, list[InboundAttachment]] = defaultdict(list)
    rows = InboundAttachment.objects.filter(inbound__in=[inbound.pk for inbound in replies])
    for row in rows.defer("data").order_by("pk"):
        found[row.inbound_id].append(row)
    return found


def _entry_of_reply(
    inbound: InboundMessage, attachments: Sequence[InboundAttachment]
) -> ThreadEntry:
    return ThreadEntry(
        at=inbound.received_at,
        text=inbound.body,
        by_patient=True,
        came_by=inbound.get_channel_display(),
        attachments=attachments,
    )


def _notes_about(patient: Patient) -> Sequence[ConversationNote]:
    notes = ConversationNote.objects.within(patient.workspace_id)
    return list(notes.filter(conversation__patient=patient).order_by("-pk")[:MAX_ENTRIES])


def _entry_of_note(note: ConversationNote) -> ThreadEntry:
    return ThreadEntry(
        at=note.created_at, text=note.text, by_patient=False, who=note.by_name, is_note=True
    )


def _entry_of_feedback(feedback: Feedback) -> ThreadEntry:
    return ThreadEntry(
        feedback.updated_at, feedback.comment, by_patient=True, who=_("Private form")
    )


def _entries_from_page(
    messages: Sequence[Message], replies: Sequence[InboundMessage]
) -> list[ThreadEntry]:
    """Return comments of ratings that no reply contains, because they were typed on the page."""
    return [
        ThreadEntry(
            message.replied_at or message.updated_at, line, by_patient=True, who=_("Star page")
        )
        for message in messages
        for line in message.comment.splitlines()
        if not any(line in inbound.body for inbound in replies)
    ]


@dataclass(frozen=True)
class LastWords:
    """The last text of a patient, and by which way it came."""

    text: str
    came_by: str


def last_words(conversations: Sequence[Conversation]) -> dict[UUID, LastWords]:
    """Return the last text of each patient, with three queries in all."""
    patients = [conversation.patient_id for conversation in conversations]
    asks = Message.objects.filter(patient_id__in=patients, type=MessageType.INITIAL)
    comments = asks.exclude(comment="").values_list("patient_id", "comment")
    written = (
        InboundMessage.objects.filter(patient_id__in=patients)
        .order_by("patient_id", "-received_at")
        .distinct("patient_id")
        .values_list("patient_id", "received_at", "body", "channel")
    )
    feedback = Feedback.objects.filter(patient_id__in=patients).exclude(comment="")
    newest = sorted(
        [
            *((patient, at, text, str(Channel(by).label)) for patient, at, text, by in written),
            *(
                (patient, at, text, _("Private form"))
                for patient, at, text in feedback.values_list("patient_id", "updated_at", "comment")
            ),
        ],
        key=itemgetter(1),
    )
    words = {patient_id: LastWords(text, _("Star page")) for patient_id, text in comments}
    return words | {patient_id: LastWords(text, by) for patient_id, _at, text, by in newest}
