"""What patients write: read in order, taken once, and acted on."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import OperationalError, transaction

from core import tenancy
from messaging import clarifying, confirming, holding, optouts, ratings, waking
from messaging.inbox import conversations
from messaging.models import InboundMessage, Message, Sender
from messaging.webhooks import hidden, inbox, routing
from messaging.webhooks.answers import Answer, answer_of
from messaging.webhooks.inbox import Event
from messaging.webhooks.reading import MalformedError
from patients.models import SuppressionReason
from templates_app.models import MessageType

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
            return _take(event, answer_of(event.fields, at=event.at))
    except OperationalError:
        raise
    except MalformedError as error:
        return str(error)
    except Exception as error:
        log.exception("answer_not_processed", event_id=str(event.id))
        return f"not processed: {type(error).__name__}"


def _take(event: Event, answer: Answer) -> str:
    if InboundMessage.objects.filter(external_id=answer.external_id).exists():
        return ""
    senders = routing.senders_of(answer)
    as_it_came, answer = answer, hidden.with_phone(answer, senders)
    try:
        ask = routing.ask_of(answer, senders)
    except routing.NobodysError as why:
        return _take_from_nobody(event, answer, senders, str(why))
    hidden.remember(as_it_came, ask, senders)
    changed = _heed(answer, senders, answer.person or ask.patient.phone)
    if answer.meaning.may_be_opt_out:
        holding.hold_back(patient=ask.patient, senders=senders)
    with tenancy.within(ask.workspace_id):
        _answer(ask, answer, senders, changed=changed)
    return ""


def _take_from_nobody(event: Event, answer: Answer, senders: Sequence[Sender], why: str) -> str:
    """No clinic may read it, but what it says about our messages counts all the same."""
    speaks_of_us = answer.meaning.intent == "opt_out" or answer.meaning.may_be_opt_out
    if answer.person:
        _heed(answer, senders, answer.person)
        if answer.meaning.may_be_opt_out:
            holding.hold_back_unrouted(address=answer.person, senders=senders)
    elif speaks_of_us:
        log.error("opt_out_not_tied", event_id=str(event.id))
        waking.tell_of_untied_opt_out(event.id)
    is_understood = _is_about_sender(answer) and bool(answer.person)
    return "" if is_understood and (answer.meaning.intent == "opt_out" or senders) else why


def _is_about_sender(answer: Answer) -> bool:
    """Leaving and coming back concern the sender, so they work even when the clinic is unknown."""
    return answer.meaning.intent in ("opt_out", "opt_in")


def _heed(answer: Answer, senders: Sequence[Sender], address: str) -> set[UUID]:
    """Stop or start each sender that was written to. Return those for which that was news."""
    intent, changed = answer.meaning.intent, set[UUID]()
    if not address or not _is_about_sender(answer):
        return changed
    if intent == "opt_out" and not senders:
        optouts.stop_everyone(address=address, reason=SuppressionReason.REPLY)
    for sender in senders:
        if intent == "opt_out":
            is_news = optouts.stop_sender(
                sender=sender, address=address, reason=SuppressionReason.REPLY
            )
        else:
            is_news = optouts.start_sender(sender=sender, address=address)
        changed |= {sender.pk} if is_news else set()
    return changed


def _answer(ask: Message, answer: Answer, senders: Sequence[Sender], *, changed: set[UUID]) -> None:
    meaning, adds = answer.meaning, _adds_to_rating(ask, answer)
    sender = next((one for one in senders if one.workspace_id in (None, ask.workspace_id)), None)
    InboundMessage.objects.create(
        workspace_id=ask.workspace_id,
        patient_id=ask.patient_id,
        message=ask,
        sender=sender,
        channel=answer.channel,
        body=answer.body,
        external_id=answer.external_id,
        received_at=answer.at,
        intent=meaning.intent,
        rating=meaning.rating,
    )
    if meaning.needs_person or meaning.may_be_opt_out:
        conversations.open(patient=ask.patient, at=answer.at)
    if meaning.rating is not None:
        ratings.rate(ask=ask, rating=meaning.rating, comment=meaning.comment)
        return
    ratings.note_answer(ask=ask)
    confirms = sender if sender and sender.pk in changed and not answer.is_confirmed else None
    match meaning.intent:
        case "opt_out":
            optouts.stop_patient(patient=ask.patient, reason=SuppressionReason.REPLY)
            if confirms:
                confirming.confirm(ask=ask, kind=MessageType.CONFIRM_STOP, sender=confirms)
        case "opt_in":
            optouts.start_patient(patient=ask.patient)
            if confirms:
                confirming.confirm(ask=ask, kind=MessageType.CONFIRM_START, sender=confirms)
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
