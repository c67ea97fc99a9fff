"""One patient's story: everything that happened around one appointment, in the order of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from messaging.dispatch import new_senders
from messaging.error_codes import MEANINGS
from messaging.models import Feedback, InboundMessage, Intent, Message, MessageStatus
from patients.models import Patient

# A story is never longer than a few of each; more would be a fault, and not worth a slow page.
AT_MOST = 100


@dataclass(frozen=True)
class TimelineEvent:
    at: datetime
    title: str | Promise
    icon: str
    text: str = ""
    rating: int | None = None
    message: Message | None = None
    trouble: str | Promise = ""
    feedback_id: UUID | None = None


def timeline_of(patient: Patient) -> list[TimelineEvent]:
    sent = list(patient.messages.order_by("-pk")[:AT_MOST])
    written = list(patient.inbound_messages.order_by("-pk")[:AT_MOST])
    told = list(patient.feedback.order_by("-pk")[:AT_MOST])
    events = [
        *_of_the_patient(patient),
        *map(_sent, sent),
        *map(_written, written),
        *_rated(sent, written),
        *map(_told, told),
    ]
    return sorted(events, key=lambda event: event.at)


def _of_the_patient(patient: Patient) -> Iterator[TimelineEvent]:
    yield TimelineEvent(
        patient.appointment_time, _("Appointment"), "practice", patient.appointment_type
    )
    listed = _("Came in with a list") if patient.source_id else _("Was added")
    yield TimelineEvent(
        patient.created_at, listed, "upload", patient.source.filename if patient.source else ""
    )
    if patient.opted_out_at:
        yield TimelineEvent(patient.opted_out_at, _("Opted out"), "stop")
    if patient.review_clicked_at:
        yield TimelineEvent(patient.review_clicked_at, _("Used the review link"), "outside")


def _sent(message: Message) -> TimelineEvent:
    kinds = {
        MessageStatus.PENDING: "clock",
        MessageStatus.SENDING: "clock",
        MessageStatus.UNKNOWN: "warn",
        MessageStatus.FAILED: "bad",
        MessageStatus.CANCELLED: "close",
    }
    title = pgettext("what was sent by which way", "%(what)s by %(channel)s") % {
        "what": message.get_type_display(),
        "channel": message.get_channel_display(),
    }
    at = message.sent_at or message.created_at
    icon = kinds.get(MessageStatus(message.status), "mail")
    return TimelineEvent(
        at, title, icon, message.content, message=message, trouble=_trouble(message)
    )


def _trouble(message: Message) -> str | Promise:
    """What the error code means, in the reader's language; else what was noted with it."""
    known = MEANINGS.get(message.error_code)
    return known.explanation if known else new_senders.WAITS.get(message.error, message.error)


def _written(inbound: InboundMessage) -> TimelineEvent:
    icon = "stop" if inbound.intent == Intent.OPT_OUT else "campaign"
    return TimelineEvent(inbound.received_at, _("They wrote"), icon, inbound.body, inbound.rating)


def _rated(sent: list[Message], written: list[InboundMessage]) -> Iterator[TimelineEvent]:
    """By a tap on the page; who wrote the rating has it beside those words."""
    wrote = {inbound.message_id for inbound in written if inbound.rating is not None}
    for message in sent:
        if message.rating is not None and message.pk not in wrote and message.replied_at:
            yield TimelineEvent(
                message.replied_at,
                _("They rated the visit"),
                "star",
                message.comment,
                message.rating,
            )


def _told(feedback: Feedback) -> TimelineEvent:
    return TimelineEvent(
        feedback.created_at,
        _("They told you in private") if feedback.comment else _("Is to be called back"),
        "heart",
        feedback.comment,
        feedback_id=feedback.pk,
    )
