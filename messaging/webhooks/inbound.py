"""What patients write: read in order, taken once, and acted on."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import OperationalError, transaction

from messaging import clarifying, optouts, ratings
from messaging.inbox import conversations
from messaging.models import InboundMessage, Message, Sender
from messaging.webhooks import inbox, routing
from messaging.webhooks.answers import Answer, answer_of
from messaging.webhooks.inbox import Event
from messaging.webhooks.reading import MalformedError
from patients.models import SuppressionReason
from workspaces import tenancy

log = structlog.get_logger("webhooks")

ADDS_TO_RATING = timedelta(days=1)


def process_oldest() -> bool:
    """One call; False if none waits."""
    with tenancy.platform("twilio webhook"):
        event = inbox.oldest_inbound()
        if event is None:
            return False
        inbox.done({event.id: _process(event)})
        return True


def _process(event: Event) -> str:
    """Why nothing could be made of it, if so."""
    try:
        with transaction.atomic():
            return _take(answer_of(event.fields, at=event.at))
    except OperationalError:
        raise
    except MalformedError as error:
        return str(error)
    except Exception as error:
        log.exception("answer_not_processed", event_id=str(event.id))
        return f"not processed: {type(error).__name__}"


def _take(answer: Answer) -> str:
    if InboundMessage.objects.filter(external_id=answer.external_id).exists():
        return ""
    senders = routing.senders_of(answer)
    try:
        ask = routing.ask_of(answer, senders)
    except routing.NobodysError as why:
        return "" if _heed(answer, senders, answer.person) else str(why)
    _heed(answer, senders, answer.person or ask.patient.phone)
    with tenancy.within(ask.workspace_id):
        _answer(ask, answer, senders)
    return ""


def _heed(answer: Answer, senders: Sequence[Sender], address: str) -> bool:
    """Leaving and coming back concern the sender, so they work even when the clinic is unknown."""
    intent = answer.meaning.intent
    if not address or intent not in ("opt_out", "opt_in"):
        return False
    if intent == "opt_out" and not senders:
        optouts.stop_everyone(address=address, reason=SuppressionReason.REPLY)
    for sender in senders:
        if intent == "opt_out":
            optouts.stop_sender(sender=sender, address=address, reason=SuppressionReason.REPLY)
        else:
            optouts.start_sender(sender=sender, address=address)
    return intent == "opt_out" or bool(senders)


def _answer(ask: Message, answer: Answer, senders: Sequence[Sender]) -> None:
    meaning, adds = answer.meaning, _adds_to_rating(ask, answer)
    InboundMessage.objects.create(
        workspace_id=ask.workspace_id,
        patient_id=ask.patient_id,
        message=ask,
        sender=next((one for one in senders if one.workspace_id in (None, ask.workspace_id)), None),
        channel=answer.channel,
        body=answer.body,
        external_id=answer.external_id,
        received_at=answer.at,
        intent=meaning.intent,
        rating=meaning.rating,
    )
    if meaning.rating is not None:
        ratings.rate(ask=ask, rating=meaning.rating, comment=meaning.comment)
        return
    ratings.note_answer(ask=ask)
    match meaning.intent:
        case "opt_out":
            optouts.stop_patient(patient=ask.patient, reason=SuppressionReason.REPLY)
        case "opt_in":
            optouts.start_patient(patient=ask.patient)
        case "other" if adds:
            ratings.add_comment(ask=ask, comment=answer.body)
        case "other" if meaning.off_scale and clarifying.ask_once_more(ask=ask):
            pass
        case "other" | "help":
            conversations.open(patient=ask.patient, at=answer.at)


def _adds_to_rating(ask: Message, answer: Answer) -> bool:
    """What follows a rating belongs to it; later, a person had better read it."""
    if answer.meaning.intent != "other" or ask.rating is None or ask.replied_at is None:
        return False
    return answer.at - ask.replied_at < ADDS_TO_RATING
