"""Apply a delivery receipt to a message: its status only rises, in whatever order they come."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from messaging.models import Message, MessageStatus
from messaging.models.message import RANK
from messaging.webhooks.fields import Fields, MalformedError, sid_of, text

# Any receipt proves that Twilio has the message, so no status maps below SENT.
STATUSES: Mapping[str, MessageStatus] = {
    "accepted": MessageStatus.SENT,
    "scheduled": MessageStatus.SENT,
    "queued": MessageStatus.SENT,
    "sending": MessageStatus.SENT,
    "sent": MessageStatus.SENT,
    "partially_delivered": MessageStatus.SENT,
    "failed": MessageStatus.FAILED,
    "undelivered": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
}
CODE = re.compile("[0-9]{1,10}")


@dataclass(frozen=True)
class Receipt:
    message_id: UUID
    attempt: int | None
    external_id: str
    status: MessageStatus
    is_read: bool
    error_code: str
    at: datetime


def receipt_of(*, message_id: UUID, attempt: int | None, fields: Fields, at: datetime) -> Receipt:
    status = (text(fields, "MessageStatus") or text(fields, "SmsStatus")).lower()
    code = text(fields, "ErrorCode")
    if status not in STATUSES:
        raise MalformedError("malformed: no known status")
    return Receipt(
        message_id=message_id,
        attempt=attempt,
        external_id=sid_of(fields),
        status=STATUSES[status],
        is_read=status == "read",
        error_code=code if CODE.fullmatch(code) else "",
        at=at,
    )


def is_of_this_attempt(message: Message, receipt: Receipt) -> bool:
    """Return False for a receipt of an earlier attempt, which may come again after a retry."""
    if receipt.attempt is not None and receipt.attempt != message.attempt:
        return False
    if message.status in (MessageStatus.PENDING, MessageStatus.REPLIED) and message.error_code:
        # It failed and waits for a retry, or waited when the patient answered.
        return False
    return receipt.attempt is not None or message.external_id in (None, receipt.external_id)


def reports_failure(message: Message, receipt: Receipt) -> bool:
    return receipt.status == MessageStatus.FAILED and is_of_this_attempt(message, receipt)


def apply_receipt(message: Message, receipt: Receipt) -> None:
    """Apply a receipt to a message, without saving it.

    "Delivered" counts from any attempt, everything else only from the current one. Each field moves
    in one direction, so neither the order nor the repetition of receipts matters.
    """
    if message.status == MessageStatus.CANCELLED:
        return
    message.sent_at = _earlier(message.sent_at, receipt.at)
    is_delivered = receipt.status == MessageStatus.DELIVERED
    if not is_delivered and not is_of_this_attempt(message, receipt):
        return
    if RANK[receipt.status] > RANK[message.status]:
        message.status = receipt.status
        message.claimed_until = None
    if message.status == receipt.status == MessageStatus.FAILED:
        message.error_code = _clearer(message.error_code, receipt.error_code)
    message.external_id = message.external_id or receipt.external_id
    if is_delivered:
        message.error_code = message.error = ""
        message.delivered_at = _earlier(message.delivered_at, receipt.at)
    if receipt.is_read:
        message.read_at = _earlier(message.read_at, receipt.at)


def _earlier(known: datetime | None, at: datetime) -> datetime:
    return min(known, at) if known else at


def _clearer(known: str, new: str) -> str:
    """Choose one code whatever the order: Twilio's before our own, and any before none."""
    return max(known, new, key=lambda code: (code.isdecimal(), code))
