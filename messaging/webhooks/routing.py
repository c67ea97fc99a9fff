"""Whose patient wrote. What cannot be told apart is nobody's to read."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q

from messaging.models import Message, MessageStatus, Sender
from messaging.ratings import MAY_CHANGE_THEIR_MIND
from messaging.webhooks import hidden_numbers
from messaging.webhooks.answers import ANSWERED_WITHIN, WHATSAPP, PatientAnswer
from templates_app.models import MessageType

# Two clinics that asked by the same number in these hours may both be meant.
CONFUSED_WITHIN = timedelta(hours=72)


class NobodysError(Exception):
    """The reason is kept with the call, in the quarantine."""


def senders_of(answer: PatientAnswer) -> Sequence[Sender]:
    """A WhatsApp sender is written down with the prefix that Twilio gives it, or without."""
    addresses = [one for one in (answer.to, WHATSAPP + answer.to, answer.service) if one]
    return list(Sender.objects.filter(channel=answer.channel, address__in=addresses))


def ask_of(answer: PatientAnswer, senders: Sequence[Sender]) -> Message:
    """The ask that is answered. The caller holds the platform's door."""
    ask = _replied_to(answer) or _newest(answer, senders)
    if ask.patient.data_deleted_at:
        raise NobodysError("the patient was erased")
    return ask


def _replied_to(answer: PatientAnswer) -> Message | None:
    if not answer.replied_to:
        return None
    message = Message.objects.filter(external_id=answer.replied_to).first()
    return _asks([message]).get(message.patient_id) if message else None


def _newest(answer: PatientAnswer, senders: Sequence[Sender]) -> Message:
    if not senders:
        raise NobodysError("unknown sender")
    if not answer.person and answer.user_id:
        raise NobodysError(hidden_numbers.NOT_TIED)
    if not answer.person:
        raise NobodysError("no address, and no message that it answers")
    said = list(
        Message.objects.filter(
            sender__in=senders,
            patient__phone=answer.person,
            type__in=[MessageType.INITIAL, MessageType.REMINDER],
            created_at__range=(answer.at - ANSWERED_WITHIN, answer.at),
        )
        .filter(Q(attempt__gt=0) | ~Q(status__in=[MessageStatus.PENDING, MessageStatus.CANCELLED]))
        .order_by("-created_at")
    )
    if not said:
        raise NobodysError("nobody was asked at this address")
    asks = _asks(said)
    recent = [asks[one.patient_id] for one in said if answer.at - one.created_at < CONFUSED_WITHIN]
    newest = asks[said[0].patient_id]
    if {ask.workspace_id for ask in recent if _is_open(ask, answer)} - {newest.workspace_id}:
        raise NobodysError("ambiguous")
    return newest


def _asks(messages: Sequence[Message]) -> dict[object, Message]:
    """By patient, whichever of their messages it was."""
    found = Message.objects.filter(
        patient_id__in={message.patient_id for message in messages}, type=MessageType.INITIAL
    )
    return {ask.patient_id: ask for ask in found.select_related("patient")}


def _is_open(ask: Message, answer: PatientAnswer) -> bool:
    """Not answered, or a moment ago, when one still adds to it or takes it back."""
    return ask.replied_at is None or answer.at - ask.replied_at < MAY_CHANGE_THEIR_MIND
