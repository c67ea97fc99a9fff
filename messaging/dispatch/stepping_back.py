"""When an error is about more than one message: the sender pauses, the person is left in peace, or
another way is tried. Called by the settler for answers and by the webhooks for receipts; the caller
holds the platform's door."""

from uuid import UUID

from django.utils import timezone

from messaging import optouts, waking
from messaging.models import Message, Sender, Status
from patients import consent
from patients.models import SuppressionReason
from templates_app.models import Channel


def pause_sender(sender_id: UUID, reason: str) -> None:
    """Nothing is lost: its messages wait until someone has put it right and lets it go on."""
    paused = Sender.objects.filter(pk=sender_id, paused_at=None).update(
        paused_at=timezone.now(), pause_reason=reason[:200]
    )
    if paused:
        waking.tell_of_paused_sender(sender_id)


def opted_out(message_id: UUID) -> None:
    message = _message(message_id)
    if message.sender:
        optouts.stop_sender(
            sender=message.sender, address=_address(message), reason=SuppressionReason.CARRIER
        )
    consent.suppress(
        workspace_id=message.workspace_id,
        address=_address(message),
        reason=SuppressionReason.CARRIER,
    )


def unreachable(message_id: UUID) -> None:
    message = _message(message_id)
    consent.suppress(
        workspace_id=message.workspace_id,
        address=_address(message),
        reason=SuppressionReason.UNREACHABLE,
    )


def try_sms(message_id: UUID) -> bool:
    """Who cannot be had on WhatsApp gets the same message by SMS, where the clinic allows it."""
    return bool(
        Message.objects.filter(
            pk=message_id,
            channel=Channel.WHATSAPP,
            status=Status.FAILED,
            workspace__sms_fallback=True,
        )
        .exclude(patient__phone="")
        .update(
            channel=Channel.SMS,
            status=Status.PENDING,
            external_id=None,
            next_attempt_at=timezone.now(),
        )
    )


def _message(message_id: UUID) -> Message:
    return Message.objects.select_related("patient", "sender").get(pk=message_id)


def _address(message: Message) -> str:
    on_mail = message.channel == Channel.EMAIL
    return message.patient.email if on_mail else message.patient.phone
