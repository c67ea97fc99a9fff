"""Apply a report to its message and to the address that the message went to.

Reports may repeat and may come in any order: a message's status never goes back, and a reply is
never lost.
"""

from datetime import datetime

from django.db import transaction

from integrations.webhooks.outbox import enqueue_events
from messaging import opt_outs
from messaging.bounces.reports import BounceReport, ReportKind
from messaging.error_policy import policy_of
from messaging.mail.tokens import MailToken
from messaging.models import Message, MessageStatus
from messaging.outgoing_events import event_from_message
from messaging.webhooks.inbox import NO_SUCH_MESSAGE
from messaging.webhooks.receipts import Receipt, apply_receipt
from patients.models import SuppressionReason
from patients.suppressions import suppress_address
from templates_app.models import Channel

COMPLAINT = "mail_complaint"
CHANGED_FIELDS = [
    "status",
    "error",
    "error_code",
    "external_id",
    "sent_at",
    "claimed_until",
    "updated_at",
]


@transaction.atomic
def apply_report(report: BounceReport, *, at: datetime) -> str:
    """Apply a report. Return why it could not be applied, or "". Call this as the platform."""
    message = (
        Message.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient")
        .filter(pk=report.token.message_id, channel=Channel.EMAIL)
        .first()
    )
    if message is None:
        return NO_SUCH_MESSAGE
    address = report.token.first_written_to((message.patient.email, *report.recipients))
    match report.kind:
        case ReportKind.UNSUBSCRIBE:
            _unsubscribe(message, address)
        case ReportKind.COMPLAINT:
            _mark_failed(message, report.token, COMPLAINT, at)
            _suppress_address(message, address, SuppressionReason.COMPLAINT)
        case ReportKind.BOUNCE:
            _mark_failed(message, report.token, report.code, at)
            if reason := policy_of(report.code).suppress_as:
                _suppress_address(message, address, reason)
        case _:
            pass
    return ""


def _mark_failed(message: Message, token: MailToken, code: str, at: datetime) -> None:
    before, was_sent = message.status, message.sent_at is not None
    receipt = Receipt(
        message_id=message.pk,
        attempt=token.attempt,
        external_id="",
        status=MessageStatus.FAILED,
        is_read=False,
        error_code=code,
        at=at,
    )
    apply_receipt(message, receipt)
    message.external_id = message.external_id or None
    message.save(update_fields=CHANGED_FIELDS)
    if not was_sent and message.sent_at:
        enqueue_events([event_from_message("message.sent", message)])
    if message.status == MessageStatus.FAILED != before:
        enqueue_events([event_from_message("message.failed", message)])


def _unsubscribe(message: Message, address: str) -> None:
    if message.patient.email and address == message.patient.email:
        opt_outs.stop_patient(patient=message.patient, reason=SuppressionReason.LINK)
    else:
        _suppress_address(message, address, SuppressionReason.LINK)


def _suppress_address(message: Message, address: str, reason: SuppressionReason) -> None:
    """Suppress the address of the token. A report may also name addresses of other people."""
    if address:
        suppress_address(workspace_id=message.workspace_id, address=address, reason=reason)
