"""Answer a patient: by which channel that is possible now, and the answer as a message."""

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
    """A channel, and why the patient cannot be answered by it (empty when they can)."""

    channel: Channel
    why_not: str = ""
    # When WhatsApp closes for free texts.
    until: datetime | None = None
    note: str = ""


def answer_channels(patient: Patient, *, now: datetime) -> Sequence[AnswerChannel]:
    return [_check_channel(patient, channel, now) for channel in Channel]


def best_channel(patient: Patient, channels: Sequence[AnswerChannel]) -> Channel | None:
    """Return the channel that the patient used last if it is open, otherwise the first open one."""
    open_channels = [option.channel for option in channels if not option.why_not]
    last = (
        InboundMessage.objects.within(patient.workspace_id)
        .filter(patient=patient)
        .order_by("-received_at")
        .values_list("channel", flat=True)
        .first()
    )
    if last in open_channels:
        return Channel(last)
    return open_channels[0] if open_channels else None


def find_obstacle(patient: Patient) -> str:
    """Return why this patient cannot be written to by any channel, or ""."""
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


class AnsweredMeanwhileError(ProblemError):
    """Somebody else has answered since the page was shown."""


def count_answers(patient: Patient) -> int:
    """Return how many answers members sent. A page keeps it, to notice those sent meanwhile."""
    return patient.messages.filter(type=MessageType.ANSWER).count()


@transaction.atomic
def send_answer(
    *,
    conversation: Conversation,
    channel: Channel,
    text: str,
    by: User,
    key: UUID,
    seen: int | None = None,
) -> Message:
    """Send a person's text. `key` becomes the message's id, so a form sent twice answers once.

    `seen` is the number of answers that the page showed. Two members who answer at once wait for
    each other here, and the second one gets to read the first answer before sending their own.
    """
    patient = conversation.patient
    Conversation.objects.select_for_update().get(pk=conversation.pk)
    if sent := patient.messages.filter(pk=key).first():  # the form was sent twice
        return sent
    _require_nothing_unseen(patient, seen)
    if (
        why_not := find_obstacle(patient)
        or _check_channel(patient, channel, timezone.now()).why_not
    ):
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
    except IntegrityError:  # the key is that of another message
        return message
    conversations.mark_answered(conversation=conversation, at=timezone.now())
    audit.record("conversation.answer", conversation, by=by)
    task_queue.queue_dispatch()
    return message


def _require_nothing_unseen(patient: Patient, seen: int | None) -> None:
    if seen is None or count_answers(patient) <= seen:
        return
    newest = patient.messages.filter(type=MessageType.ANSWER).order_by("-created_at").first()
    raise AnsweredMeanwhileError(
        _(
            "%(name)s sent an answer while you wrote yours. Read it above, then send yours if it is"
            " still needed."
        )
        % {"name": (newest and newest.written_by) or _("A colleague")}
    )


def _check_channel(patient: Patient, channel: Channel, now: datetime) -> AnswerChannel:
    address = patient.email if channel == Channel.EMAIL else patient.phone
    if not address:
        return AnswerChannel(channel, _("No address for it."))
    sender = senders.find_sender(patient.workspace, channel)
    if sender is None:
        return AnswerChannel(channel, _("Your clinic has no sender for it."))
    if opt_outs.has_stopped(sender, address):
        return AnswerChannel(channel, _("This patient does not want messages. Call them instead."))
    if channel == Channel.WHATSAPP:
        return _check_whatsapp(patient, now)
    note = "" if channel == Channel.EMAIL or sender.two_way else _("They cannot reply to it.")
    return AnswerChannel(channel, note=note)


def _check_whatsapp(patient: Patient, now: datetime) -> AnswerChannel:
    """Meta allows free texts only for a day after the patient's last message."""
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
