"""Process stored reports, one at a time and by any number of workers."""

import structlog
from django.db import OperationalError

from core import tenancy
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall
from messaging.bounces import providers, reports
from messaging.bounces.recording import apply_report
from messaging.bounces.reports import BounceReport
from messaging.webhooks import inbox

log = structlog.get_logger("bounces")

# The provider's name for a raw mail, from the mailbox or from our own mail server.
MAIL = "mail"
MAX_MAIL_BYTES = 128 * 1024


def store_mail(raw: bytes, *, key: str) -> bool:
    """Store a report for processing. Return False for a mail that is not about our messages."""
    raw = raw[:MAX_MAIL_BYTES]
    report = reports.read_report(raw)
    if report is None:
        return False
    inbox.store_mail_report(
        {"raw": raw.decode("latin-1").replace("\0", "")},
        provider=MAIL,
        key=key,
        message=report.token.message_id,
    )
    return True


def process_oldest() -> bool:
    """Process one report. Return False when none waits."""
    with tenancy.platform("mail report"):
        event = inbox.lock_oldest_mail_report()
        if event is None:
            return False
        calls.mark_processed({event.id: _apply_stored_call(event)})
        return True


def _apply_stored_call(event: StoredCall) -> str:
    """Apply a report. Return why it could not be applied, or ""."""
    try:
        report = _parse_report(event)
        return apply_report(report, at=event.at) if report else "not a report about our mail"
    except OperationalError:
        raise
    except Exception as error:
        log.exception("mail_report_not_processed", event_id=str(event.id))
        return f"not processed: {type(error).__name__}"


def _parse_report(event: StoredCall) -> BounceReport | None:
    if event.provider == MAIL:
        return reports.read_report(str(event.payload["raw"]).encode("latin-1"))
    return providers.READERS[event.provider](inbox.fields_of(event))
