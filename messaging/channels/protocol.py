from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from workspaces.branding.brands import MailBrand

FIRST_WAIT_AFTER_REFUSAL, LONGEST_WAIT_AFTER_REFUSAL = 300.0, 3600.0


def wait_after_refusal(attempt: int) -> float:
    """Return the seconds until a message may be retried after its sender or account was refused."""
    wait: float = FIRST_WAIT_AFTER_REFUSAL * 2 ** (attempt - 1)
    return min(LONGEST_WAIT_AFTER_REFUSAL, wait)


class SendResult(StrEnum):
    ACCEPTED = "accepted"  # the provider took it
    REJECTED = "rejected"  # the provider refused it for good
    RETRY = "retry"  # certainly not taken; try again later
    PAUSED = "paused"  # the account or the sender is refused; certainly not taken
    UNKNOWN = "unknown"  # handed over without an answer; it may have been sent


@dataclass(frozen=True)
class OutgoingMessage:
    """A message as it is handed to the provider."""

    id: UUID
    attempt: int
    workspace_id: UUID
    sender_id: UUID
    sender: str
    to: str
    body: str
    language: str
    type: str = ""
    subject: str = ""
    practice: str = ""
    content_sid: str = ""
    content_variables: Mapping[str, str] = field(default_factory=dict)
    status_callback: str = ""
    opt_out_link: str = ""
    # The patient's pages by the names of the variables, for a mail that shows them as buttons.
    links: Mapping[str, str] = field(default_factory=dict)
    # The logo and colour of the clinic, for mails.
    brand: MailBrand = field(default_factory=MailBrand)
    # Sent to find out whether a paused sender works again.
    is_probe: bool = False


@dataclass(frozen=True)
class SendOutcome:
    fate: SendResult
    external_id: str = ""
    segments: int | None = None
    code: str = ""
    reason: str = ""
    retry_after: float = 5.0


@dataclass(frozen=True)
class ProviderTrace:
    """The result of looking up a message whose answer was lost."""

    can_tell: bool
    external_ids: tuple[str, ...] = ()


class ChannelClient(Protocol):
    async def send(self, message: OutgoingMessage) -> SendOutcome: ...

    async def trace(self, *, sender: str, to: str, body: str, since: datetime) -> ProviderTrace:
        """Look a message up at the provider after its answer was lost."""
        ...

    async def close(self) -> None: ...
