"""What a failed message says about more than itself. What may be tried again is the sweeper's."""

import structlog

from messaging.dispatch import fallbacks, pausing
from messaging.error_codes import Consequence, meaning_of
from messaging.models import Message, MessageStatus

log = structlog.get_logger("webhooks")


def follow(message: Message, code: str) -> None:
    """The caller holds the platform's door. Safe to repeat."""
    meaning = meaning_of(code)
    match meaning.consequence:
        case Consequence.OPTED_OUT:
            fallbacks.opted_out(message.pk)
        case Consequence.PERMANENT:
            fallbacks.unreachable(message.pk)
        case Consequence.ACCOUNT_REFUSED | Consequence.SENDER_REFUSED if message.sender_id:
            pausing.note_refusal(message.sender_id, code=code, reason=str(meaning.explanation))
        case Consequence.LOOP:
            _fall_silent(message)
        case _:
            pass


def _fall_silent(message: Message) -> None:
    """Whatever answers us there is no person: say nothing more to it, and tell somebody."""
    log.error("reply_loop", message_id=str(message.pk), sender_id=str(message.sender_id))
    Message.objects.filter(patient_id=message.patient_id, status=MessageStatus.PENDING).update(
        status=MessageStatus.CANCELLED, error="reply loop"
    )
