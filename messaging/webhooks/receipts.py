"""What a receipt makes of a message: never lower than it was, and the same in any order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from messaging.models import Message, MessageStatus
from messaging.models.message import RANK
from messaging.webhooks.fields import Fields, MalformedError, sid_of, text

# That Twilio speaks of a message at all proves that it has it, so nothing maps below SENT.
MEANS: Mapping[str, MessageStatus] = {
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
    said = (text(fields, "MessageStatus") or text(fields, "SmsStatus")).lower()
    code = text(fields, "ErrorCode")
    if said not in MEANS:
        raise MalformedError("malformed: no known status")
    return Receipt(
        message_id=message_id,
        attempt=attempt,
        external_id=sid_of(fields),
        status=MEANS[said],
        is_read=said == "read",
        error_code=code if CODE.fullmatch(code) else "",
        at=at,
    )


def is_of_this_attempt(message: Message, receipt: Receipt) -> bool:
    """What is tried again has had receipts for the time before, and may get them once more."""
    if receipt.attempt is not None and receipt.attempt != message.attempt:
        return False
    if message.status in (MessageStatus.PENDING, MessageStatus.REPLIED) and message.error_code:
        # It waited to be tried again, and perhaps the patient has answered meanwhile.
        return False
    return receipt.attempt is not None or message.external_id in (None, receipt.external_id)


def reports_failure(message: Message, receipt: Receipt) -> bool:
    return receipt.status == MessageStatus.FAILED and is_of_this_attempt(message, receipt)


def note(message: Message, receipt: Receipt) -> None:
    """That the patient has it is true whichever attempt it was; the rest is news of this one only.

    Each field moves in one direction, so no order and no repetition of receipts matters.
    """
    if message.status == MessageStatus.CANCELLED:
        return
    message.sent_at = _earlier(message.sent_at, receipt.at)
    has_it = receipt.status == MessageStatus.DELIVERED
    if not has_it and not is_of_this_attempt(message, receipt):
        return
    if RANK[receipt.status] > RANK[message.status]:
        message.status = receipt.status
        message.claimed_until = None
    if message.status == receipt.status == MessageStatus.FAILED:
        message.error_code = _clearer(message.error_code, receipt.error_code)
    message.external_id = message.external_id or receipt.external_id
    if has_it:
        message.error_code = message.error = ""
        message.delivered_at = _earlier(message.delivered_at, receipt.at)
    if receipt.is_read:
        message.read_at = _earlier(message.read_at, receipt.at)


def _earlier(known: datetime | None, at: datetime) -> datetime:
    return min(known, at) if known else at


def _clearer(known: str, told: str) -> str:
    """A code beats none, and Twilio's beats a word of ours; of two codes it is always the same."""
    return max(known, told, key=lambda code: (code.isdecimal(), code))
