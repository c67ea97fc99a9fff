"""The timeline of a patient: everything that happened around an appointment, in order of time."""

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
from templates_app.models import MessageType

# A timeline has a few of each. More would be a fault, which should not make the page slow.
MAX_EACH = 100


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


def build_timeline(patient: Patient) -> list[TimelineEvent]:
    messages = list(patient.messages.order_by("-pk")[:MAX_EACH])
    replies = list(patient.inbound_messages.order_by("-pk")[:MAX_EACH])
    feedback_list = list(patient.feedback.order_by("-pk")[:MAX_EACH])
    events = [
        *_patient_events(patient),
        *map(_message_event, messages),
        *map(_reply_event, replies),
        *_rating_events(messages, replies),
        *map(_feedback_event, feedback_list),
    ]
    return sorted(events, key=lambda event: event.at)


def find_ask(events: list[TimelineEvent]) -> Message | None:
    """Return the question about the visit, which has the rating."""
    messages = (event.message for event in events if event.message)
    return next((message for message in messages if message.type == MessageType.INITIAL), None)


def _patient_events(patient: Patient) -> Iterator[TimelineEvent]:
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


def _message_event(message: Message) -> TimelineEvent:
    icons = {
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
    icon = icons.get(MessageStatus(message.status), "mail")
    return TimelineEvent(
        at, title, icon, message.content, message=message, trouble=_explain_error(message)
    )


def _explain_error(message: Message) -> str | Promise:
    """Return the meaning of the error code in the user's language, or the stored error."""
    meaning = MEANINGS.get(message.error_code)
    return meaning.explanation if meaning else new_senders.WAITS.get(message.error, message.error)


def _reply_event(inbound: InboundMessage) -> TimelineEvent:
    icon = "stop" if inbound.intent == Intent.OPT_OUT else "campaign"
    return TimelineEvent(inbound.received_at, _("They wrote"), icon, inbound.body, inbound.rating)


def _rating_events(
    messages: list[Message], replies: list[InboundMessage]
) -> Iterator[TimelineEvent]:
    """Ratings that were tapped on the page. One in a reply is shown with that reply."""
    rated_in_reply = {inbound.message_id for inbound in replies if inbound.rating is not None}
    for message in messages:
        if message.rating is not None and message.pk not in rated_in_reply and message.replied_at:
            yield TimelineEvent(
                message.replied_at,
                _("They rated the visit"),
                "star",
                message.comment,
                message.rating,
            )


def _feedback_event(feedback: Feedback) -> TimelineEvent:
    return TimelineEvent(
        feedback.created_at,
        _("They told you in private") if feedback.comment else _("Is to be called back"),
        "heart",
        feedback.comment,
        feedback_id=feedback.pk,
    )
