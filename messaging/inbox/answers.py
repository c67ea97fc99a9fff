"""How a patient may be answered now, and the answer itself: a message like the others, written by
a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from messaging import opt_outs, senders, task_queue
from messaging.dispatch.claiming import WHATSAPP_WINDOW
from messaging.inbox import conversations
from messaging.models import Conversation, InboundMessage, Message
from patients import suppressions
from patients.models import Patient
from templates_app.models import Channel, MessageType
from workspaces.models import User
from workspaces.vetting import flags, trust
from workspaces.vetting.trust import trust_of


@dataclass(frozen=True)
class AnswerChannel:
    """A channel by which the patient can be answered, or why not."""

    channel: Channel
    why_not: str = ""
    until: datetime | None = None
    note: str = ""


def answer_channels(patient: Patient, *, now: datetime) -> Sequence[AnswerChannel]:
    return [_way(patient, channel, now) for channel in Channel]


def best_channel(patient: Patient, open_ways: Sequence[AnswerChannel]) -> Channel | None:
    """How the patient wrote last, if that is still possible; else whatever is."""
    possible = [way.channel for way in open_ways if not way.why_not]
    last = (
        InboundMessage.objects.within(patient.workspace_id)
        .filter(patient=patient)
        .order_by("-received_at")
        .values_list("channel", flat=True)
        .first()
    )
    return next((channel for channel in possible if channel == last), next(iter(possible), None))


def hindrance(patient: Patient) -> str:
    """Why nobody may write to this patient, by whatever channel."""
    if patient.data_deleted_at:
        return _("This patient was erased.")
    if patient.opted_out_at or suppressions.is_patient_suppressed(patient):
        return _("This patient does not want messages. Call them instead.")
    if not patient.has_consent:
        return _("There is no consent to write to this patient. Call them instead.")
    if patient.workspace.sending_stopped_at:
        return str(trust.STOPPED)
    if not patient.workspace.message_credits:
        return _("There are no credits left: an answer costs one, like every message.")
    return ""


@transaction.atomic
def send_answer(
    *, conversation: Conversation, channel: Channel, text: str, by: User, key: UUID
) -> Message:
    """`key` is the id of the message, so that sending the form twice answers once."""
    patient = conversation.patient
    if why_not := hindrance(patient) or _way(patient, channel, timezone.now()).why_not:
        raise ProblemError(why_not)
    if trust.is_refused_link(trust_of(patient.workspace, now=timezone.now()), text):
        raise ProblemError(
            _(
                "Write this without a web or e-mail address: until your clinic has paid or was"
                " vetted, messages carry no links of your own."
            )
        )
    flags.inspect_text(patient.workspace_id, text)
    message = Message(
        id=key,
        workspace_id=patient.workspace_id,
        campaign_id=patient.campaign_id,
        patient=patient,
        type=MessageType.ANSWER,
        channel=channel,
        content=text,
        written_by=by.name,
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        return message
    conversations.mark_answered(conversation=conversation, at=timezone.now())
    audit.record("conversation.answer", conversation, by=by)
    task_queue.queue_dispatch()
    return message


def _way(patient: Patient, channel: Channel, now: datetime) -> AnswerChannel:
    address = patient.email if channel == Channel.EMAIL else patient.phone
    if not address:
        return AnswerChannel(channel, _("No address for it."))
    sender = senders.find_sender(patient.workspace, channel)
    if sender is None:
        return AnswerChannel(channel, _("Your clinic has no sender for it."))
    if opt_outs.has_stopped(sender, address):
        return AnswerChannel(channel, _("This patient does not want messages. Call them instead."))
    if channel == Channel.WHATSAPP:
        return _on_whatsapp(patient, now)
    note = "" if channel == Channel.EMAIL or sender.two_way else _("They cannot reply to it.")
    return AnswerChannel(channel, note=note)


def _on_whatsapp(patient: Patient, now: datetime) -> AnswerChannel:
    """Meta lets a clinic write freely for a day after the patient's last word."""
    last = (
        InboundMessage.objects.within(patient.workspace_id)
        .filter(patient=patient, channel=Channel.WHATSAPP)
        .order_by("-received_at")
        .values_list("received_at", flat=True)
        .first()
    )
    if last is None or last + WHATSAPP_WINDOW <= now:
        return AnswerChannel(
            Channel.WHATSAPP,
            _("WhatsApp allows free texts only within 24 hours of the patient’s last message."),
        )
    return AnswerChannel(Channel.WHATSAPP, until=last + WHATSAPP_WINDOW)
