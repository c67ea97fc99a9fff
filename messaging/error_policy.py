"""What follows when a message fails: one table by consequence, from which everything is derived.

`error_codes` says which consequence a provider's code has. This module says what we then do, and
these modules do it:

- the channels answer RETRY or PAUSED (`channels/twilio.py`);
- `dispatch/failures.py` and, for mail, `bounces/recording.py` suppress the address, pause the
  sender or stop a reply loop;
- the sweeper tries the message again or sends it by SMS (`dispatch/sweeping.py`);
- `models/message.py` has a partial index of the failed messages that the sweeper looks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from messaging.error_codes import MEANINGS, Consequence, meaning_of
from patients.models import SuppressionReason


@dataclass(frozen=True)
class Retry:
    """The sweeper tries again `wait` after the failure, until `max_attempts` were made in all."""

    max_attempts: int
    wait: timedelta


@dataclass(frozen=True)
class ErrorPolicy:
    # The answer proves that the provider did not process the message: it goes back to PENDING.
    is_never_processed: bool = False
    # The sender may be paused, see `dispatch/pausing.py`. `is_about_account` is about all senders.
    pauses_sender: bool = False
    is_about_account: bool = False
    # Never write to this address again, for this reason.
    suppress_as: SuppressionReason | None = None
    # The person stopped the sender, so every clinic that shares it stops as well.
    stops_sender: bool = False
    # Two machines answer each other: cancel what waits for this patient.
    is_reply_loop: bool = False
    retry: Retry | None = None
    # WhatsApp cannot deliver it: the same message goes by SMS, where the workspace allows it.
    send_by_sms: bool = False

    @property
    def may_succeed_later(self) -> bool:
        """Whether the sweeper has something to do with the failed message."""
        return self.retry is not None or self.send_by_sms


REFUSED_FOR_NOW = Retry(5, timedelta(minutes=5))

POLICIES: Mapping[Consequence, ErrorPolicy] = {
    Consequence.PERMANENT: ErrorPolicy(suppress_as=SuppressionReason.UNREACHABLE),
    Consequence.OPTED_OUT: ErrorPolicy(suppress_as=SuppressionReason.CARRIER, stops_sender=True),
    Consequence.ACCOUNT_REFUSED: ErrorPolicy(
        pauses_sender=True, is_about_account=True, retry=REFUSED_FOR_NOW
    ),
    Consequence.SENDER_REFUSED: ErrorPolicy(pauses_sender=True, retry=REFUSED_FOR_NOW),
    Consequence.RATE: ErrorPolicy(is_never_processed=True),
    Consequence.LATER: ErrorPolicy(is_never_processed=True),
    Consequence.UNREACHABLE_NOW: ErrorPolicy(retry=Retry(3, timedelta(hours=1))),
    Consequence.UNKNOWN_ONCE: ErrorPolicy(retry=Retry(2, timedelta(minutes=5))),
    Consequence.EXPIRED: ErrorPolicy(retry=Retry(2, timedelta(minutes=1))),
    Consequence.NO_WHATSAPP: ErrorPolicy(send_by_sms=True),
    Consequence.WITHHELD: ErrorPolicy(send_by_sms=True),
    Consequence.TEMPLATE_NEEDED: ErrorPolicy(send_by_sms=True),
    Consequence.TEMPLATE_REFUSED: ErrorPolicy(send_by_sms=True),
    Consequence.LOOP: ErrorPolicy(is_reply_loop=True),
    Consequence.COMPLAINED: ErrorPolicy(suppress_as=SuppressionReason.COMPLAINT),
    Consequence.BLOCKED: ErrorPolicy(),
    Consequence.REFUSED: ErrorPolicy(),
}

# The codes of the failed messages that the sweeper looks for, sorted for the index in the model.
RETRIED_CODES = sorted(
    code for code, meaning in MEANINGS.items() if POLICIES[meaning.consequence].may_succeed_later
)


def policy_of(code: str) -> ErrorPolicy:
    """Return what follows from a provider's error code. An unknown code fails one message only."""
    return POLICIES[meaning_of(code).consequence]
