"""Find the ask that a text answers, and so its workspace. An ambiguous text goes to nobody."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q

from messaging.models import Message, MessageStatus, Sender
from messaging.ratings import MAY_CHANGE_THEIR_MIND
from messaging.webhooks import hidden_numbers
from messaging.webhooks.answers import ANSWERED_WITHIN, WHATSAPP, PatientAnswer
from templates_app.models import ASKS, MessageType

# If two workspaces asked by the same sender within this time, either may be meant.
CONFUSED_WITHIN = timedelta(hours=72)


class UnroutableError(Exception):
    """The text belongs to no workspace. The reason is stored with the call."""


def senders_of(answer: PatientAnswer) -> Sequence[Sender]:
    """Return the senders that were written to. WhatsApp ones are stored with or without prefix."""
    addresses = filter(None, (answer.to, WHATSAPP + answer.to, answer.service))
    return list(Sender.objects.filter(channel=answer.channel, address__in=[*addresses]))


def ask_of(answer: PatientAnswer, senders: Sequence[Sender]) -> Message:
    """Return the INITIAL message that is answered. The caller has opened the platform door."""
    ask = _replied_to(answer) or _newest(answer, senders)
    if ask.patient.data_deleted_at:
        raise UnroutableError("the patient was erased")
    return ask


def _replied_to(answer: PatientAnswer) -> Message | None:
    if not answer.replied_to:
        return None
    message = Message.objects.filter(external_id=answer.replied_to).first()
    return _asks([message]).get(message.patient_id) if message else None


def _newest(answer: PatientAnswer, senders: Sequence[Sender]) -> Message:
    if not senders:
        raise UnroutableError("unknown sender")
    if not answer.person and answer.user_id:
        raise UnroutableError(hidden_numbers.UNKNOWN_HIDDEN_NUMBER)
    if not answer.person:
        raise UnroutableError("no address, and no message that it answers")
    messages = list(
        Message.objects.filter(
            sender__in=senders,
            patient__phone=answer.person,
            type__in=ASKS,
            created_at__range=(answer.at - ANSWERED_WITHIN, answer.at),
        )
        .filter(Q(attempt__gt=0) | ~Q(status__in=[MessageStatus.PENDING, MessageStatus.CANCELLED]))
        .order_by("-created_at")
    )
    if not messages:
        raise UnroutableError("nobody was asked at this address")
    asks = _asks(messages)
    recent = [
        asks[message.patient_id]
        for message in messages
        if answer.at - message.created_at < CONFUSED_WITHIN
    ]
    newest = asks[messages[0].patient_id]
    if {ask.workspace_id for ask in recent if _is_open(ask, answer)} - {newest.workspace_id}:
        raise UnroutableError("ambiguous")
    return newest


def _asks(messages: Sequence[Message]) -> dict[object, Message]:
    """Return the INITIAL message of each patient of these messages."""
    asks = Message.objects.filter(
        patient_id__in={message.patient_id for message in messages}, type=MessageType.INITIAL
    )
    return {ask.patient_id: ask for ask in asks.select_related("patient")}


def _is_open(ask: Message, answer: PatientAnswer) -> bool:
    """Return whether the ask is not answered, or so recently that the answer may still change."""
    return ask.replied_at is None or answer.at - ask.replied_at < MAY_CHANGE_THEIR_MIND
