"""A provider that lives by a clock of the test's own, at the boundary of the channels.

The simulator cannot: it would take what was sent hours ago by our clock for a thing of this second.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from django.utils import timezone

from core.ids import uuid7
from messaging.channels import OutgoingMessage, ProviderTrace, SendOutcome, SendResult
from messaging.error_policy import RETRIED_CODES
from messaging.models import Message

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)  # in Guayaquil


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


CLOCK = Clock()


class Answer(StrEnum):
    """What becomes of a request to the provider."""

    ACCEPTED = "accepted"
    LOST = "accepted, and its answer is lost"
    NEVER_CAME = "lost before the provider had it"
    THROTTLED = "too many"
    NO_SUCH_NUMBER = "no such number"
    OPTED_OUT = "opted out with the carrier"
    REFUSED_US = "our account is refused"


OUTCOMES = {
    Answer.LOST: SendOutcome(SendResult.UNKNOWN, reason="TimeoutError"),
    Answer.NEVER_CAME: SendOutcome(SendResult.UNKNOWN, reason="ClientError"),
    Answer.THROTTLED: SendOutcome(SendResult.RETRY, code="20429", retry_after=30),
    Answer.NO_SUCH_NUMBER: SendOutcome(SendResult.REJECTED, code="21211", reason="no such number"),
    Answer.OPTED_OUT: SendOutcome(SendResult.REJECTED, code="21610", reason="opted out"),
    Answer.REFUSED_US: SendOutcome(SendResult.PAUSED, code="20003", reason="credentials"),
}


@dataclass
class Taken:
    """A message that the provider accepted, and what it said of it since."""

    message: OutgoingMessage
    patient_id: UUID
    type: str
    sid: str
    at: datetime
    receipts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def may_be_repeated(self) -> bool:
        return any(code in RETRIED_CODES for _status, code in self.receipts)


class Provider:
    """Accepts or not, as it is told, and knows what it has. Calling it opens it as a channel."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []

    def __call__(self, *, connections: int) -> Self:  # noqa: ARG002 - a channel's signature
        return self

    def take(self, message: OutgoingMessage, row: Message, how: Answer) -> SendOutcome:
        if how not in (Answer.ACCEPTED, Answer.LOST):
            return OUTCOMES[how]
        sid = f"SM{uuid7().hex}"
        self.taken.append(Taken(message, row.patient_id, row.type, sid, timezone.now()))
        return OUTCOMES.get(how, SendOutcome(SendResult.ACCEPTED, external_id=sid, segments=1))

    async def send(self, message: OutgoingMessage) -> SendOutcome:  # noqa: ARG002
        raise AssertionError("Messages are handed over by the machine.")

    async def trace(self, *, sender: str, to: str, body: str, since: datetime) -> ProviderTrace:  # noqa: ARG002
        theirs = [one for one in self.taken if (one.message.to, one.message.body) == (to, body)]
        return ProviderTrace(
            can_tell=True, external_ids=tuple(one.sid for one in theirs if one.at >= since)
        )

    async def close(self) -> None:
        """Nothing is open."""
