"""When an error is about more than one message: the person is left in peace, or another way is
tried. Called by the settler for answers and by the webhooks for receipts; the caller holds the
platform's door. `pausing.py` has what an error means for the sender."""

from uuid import UUID

from django.utils import timezone

from messaging import opt_outs
from messaging.models import Message, MessageStatus
from patients import consent
from patients.models import SuppressionReason
from templates_app.models import Channel


def opted_out(message_id: UUID) -> None:
    message = _message(message_id)
    if message.sender:
        opt_outs.stop_sender(
            sender=message.sender, address=_address(message), reason=SuppressionReason.CARRIER
        )
    consent.suppress_address(
        workspace_id=message.workspace_id,
        address=_address(message),
        reason=SuppressionReason.CARRIER,
    )


def unreachable(message_id: UUID) -> None:
    message = _message(message_id)
    consent.suppress_address(
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
            status=MessageStatus.FAILED,
            workspace__sms_fallback=True,
        )
        .exclude(patient__phone="")
        .update(
            channel=Channel.SMS,
            status=MessageStatus.PENDING,
            external_id=None,
            next_attempt_at=timezone.now(),
        )
    )


def _message(message_id: UUID) -> Message:
    return Message.objects.select_related("patient", "sender").get(pk=message_id)


def _address(message: Message) -> str:
    on_mail = message.channel == Channel.EMAIL
    return message.patient.email if on_mail else message.patient.phone
