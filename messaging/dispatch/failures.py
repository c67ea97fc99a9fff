"""What a failed message means beyond itself: for its address, its sender or its patient.

Called by the settler when the provider refuses a message, and by the webhooks when a receipt
reports a failure. Whether the message itself is tried again is decided by the sweeper.
"""

from uuid import UUID

import structlog

from messaging import opt_outs
from messaging.dispatch import pausing
from messaging.error_codes import meaning_of
from messaging.error_policy import policy_of
from messaging.models import Message, MessageStatus
from patients.models import SuppressionReason
from patients.suppressions import suppress_address
from templates_app.models import Channel

log = structlog.get_logger("dispatch")


def follow_failure(message_id: UUID, *, code: str) -> None:
    """Do what the policy of this code asks for. Safe to repeat.

    The caller has opened the platform door.
    """
    policy = policy_of(code)
    if policy.suppress_as:
        _suppress(message_id, policy.suppress_as, stops_sender=policy.stops_sender)
    if policy.pauses_sender:
        sender_id = Message.objects.values_list("sender_id", flat=True).get(pk=message_id)
        if sender_id:
            reason = str(meaning_of(code).explanation)
            pausing.note_refusal(sender_id, code=code, reason=reason)
    if policy.is_reply_loop:
        _end_reply_loop(message_id)


def _suppress(message_id: UUID, reason: SuppressionReason, *, stops_sender: bool) -> None:
    message = Message.objects.select_related("patient", "sender").get(pk=message_id)
    on_mail = message.channel == Channel.EMAIL
    address = message.patient.email if on_mail else message.patient.phone
    if stops_sender and message.sender:
        opt_outs.stop_sender(sender=message.sender, address=address, reason=reason)
    suppress_address(workspace_id=message.workspace_id, address=address, reason=reason)


def _end_reply_loop(message_id: UUID) -> None:
    """A machine answers at this number: cancel what waits for the patient, and raise an alarm."""
    message = Message.objects.get(pk=message_id)
    log.error("reply_loop", message_id=str(message.pk), sender_id=str(message.sender_id))
    Message.objects.filter(patient_id=message.patient_id, status=MessageStatus.PENDING).update(
        status=MessageStatus.CANCELLED, error="reply loop"
    )
