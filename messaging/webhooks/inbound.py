"""Process patients' texts: in order, each once, and act on what they mean."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import OperationalError, transaction

from core import tenancy
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall
from messaging import (
    attachments,
    clarifications,
    confirmations,
    doubtful_opt_outs,
    opt_outs,
    ratings,
    task_queue,
)
from messaging.inbox import conversations
from messaging.models import InboundMessage, Message, Sender
from messaging.text_labels import labelling
from messaging.webhooks import hidden_numbers, inbox, routing
from messaging.webhooks.answers import PatientAnswer, answer_of
from messaging.webhooks.fields import MalformedError
from patients.models import SuppressionReason
from templates_app.models import MessageType

log = structlog.get_logger("webhooks")

ADDS_TO_RATING = timedelta(days=1)


def process_oldest() -> bool:
    """Process the oldest call. Return False if none waits."""
    with tenancy.platform("twilio webhook"):
        event = inbox.lock_oldest_inbound()
        if event is None:
            return False
        calls.mark_processed({event.id: _process(event)})
        return True


def _process(event: StoredCall) -> str:
    """Return why the call could not be used, or an empty string."""
    try:
        with transaction.atomic():
            return _store(event, answer_of(inbox.fields_of(event), at=event.at))
    except OperationalError:
        raise
    except MalformedError as error:
        return str(error)
    except Exception as error:
        log.exception("answer_not_processed", event_id=str(event.id))
        return f"not processed: {type(error).__name__}"


def _store(event: StoredCall, answer: PatientAnswer) -> str:
    if InboundMessage.objects.filter(external_id=answer.external_id).exists():
        return ""
    senders = routing.senders_of(answer)
    as_it_came, answer = answer, hidden_numbers.with_phone(answer, senders)
    try:
        ask = routing.ask_of(answer, senders)
    except routing.UnroutableError as why:
        return _store_unrouted(event, answer, senders, str(why))
    hidden_numbers.store_phone(as_it_came, ask, senders)
    changed = _stop_or_start(answer, senders, answer.person or ask.patient.phone)
    if answer.meaning.may_be_opt_out:
        doubtful_opt_outs.hold_doubtful_text(patient=ask.patient, senders=senders)
    with tenancy.within(ask.workspace_id):
        _act_on_answer(ask, answer, senders, changed=changed)
    return ""


def _store_unrouted(
    event: StoredCall, answer: PatientAnswer, senders: Sequence[Sender], why: str
) -> str:
    """Act on an opt-out even if the text belongs to no workspace. Return the error of the call."""
    is_about_messages = answer.meaning.intent == "opt_out" or answer.meaning.may_be_opt_out
    if answer.person:
        _stop_or_start(answer, senders, answer.person)
        if answer.meaning.may_be_opt_out:
            doubtful_opt_outs.hold_unrouted_text(address=answer.person, senders=senders)
    elif is_about_messages:
        log.error("opt_out_not_tied", event_id=str(event.id))
        task_queue.queue_untied_opt_out_alert(event.id)
    is_understood = _is_about_sender(answer) and bool(answer.person)
    return "" if is_understood and (answer.meaning.intent == "opt_out" or senders) else why


def _is_about_sender(answer: PatientAnswer) -> bool:
    """Opt-outs and opt-ins concern the sender, so they work even when the workspace is unknown."""
    return answer.meaning.intent in ("opt_out", "opt_in")


def _stop_or_start(answer: PatientAnswer, senders: Sequence[Sender], address: str) -> set[UUID]:
    """Stop or start each sender that was written to. Return the ids of those that changed."""
    intent, changed = answer.meaning.intent, set[UUID]()
    if not address or not _is_about_sender(answer):
        return changed
    if intent == "opt_out" and not senders:
        opt_outs.stop_everyone(address=address, reason=SuppressionReason.REPLY)
    for sender in senders:
        if intent == "opt_out":
            is_news = opt_outs.stop_sender(
                sender=sender, address=address, reason=SuppressionReason.REPLY
            )
        else:
            is_news = opt_outs.start_sender(sender=sender, address=address)
        changed |= {sender.pk} if is_news else set()
    return changed


def _act_on_answer(
    ask: Message, answer: PatientAnswer, senders: Sequence[Sender], *, changed: set[UUID]
) -> None:
    meaning, adds = answer.meaning, _adds_to_rating(ask, answer)
    sender = next((s for s in senders if s.workspace_id in (None, ask.workspace_id)), None)
    inbound = InboundMessage.objects.create(
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
    attachments.note_attachments(inbound, answer)
    labelling.label_inbound(inbound, ask=ask)
    if meaning.needs_person or meaning.may_be_opt_out:
        conversations.open_conversation(patient=ask.patient, at=answer.at, channel=answer.channel)
    conversations.note_patient_text(
        patient_id=ask.patient_id,
        workspace_id=ask.workspace_id,
        at=answer.at,
        channel=answer.channel,
    )
    if meaning.rating is not None:
        ratings.record_rating(ask=ask, rating=meaning.rating, comment=meaning.comment)
        return
    ratings.note_answer(ask=ask)
    confirms = sender if sender and sender.pk in changed and not answer.is_confirmed else None
    match meaning.intent:
        case "opt_out":
            opt_outs.stop_patient(patient=ask.patient, reason=SuppressionReason.REPLY)
            if confirms:
                confirmations.queue_confirmation(
                    ask=ask, kind=MessageType.CONFIRM_STOP, sender=confirms
                )
        case "opt_in":
            opt_outs.start_patient(patient=ask.patient)
            if confirms:
                confirmations.queue_confirmation(
                    ask=ask, kind=MessageType.CONFIRM_START, sender=confirms
                )
        case "other" if adds:
            ratings.add_comment(ask=ask, comment=answer.body)
        case "other" if meaning.off_scale and clarifications.queue_clarification(ask=ask):
            pass
        case "other" | "help":
            conversations.open_conversation(
                patient=ask.patient, at=answer.at, channel=answer.channel
            )


def _adds_to_rating(ask: Message, answer: PatientAnswer) -> bool:
    """Return whether the text belongs to a recent rating. Later ones are for a person to read."""
    if answer.meaning.intent != "other" or ask.rating is None or ask.replied_at is None:
        return False
    return answer.at - ask.replied_at < ADDS_TO_RATING
