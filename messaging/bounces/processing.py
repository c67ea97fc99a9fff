"""From the webhook inbox to the message: one report at a time, by any number of workers."""

import structlog
from django.db import OperationalError

from core import tenancy
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall
from messaging.bounces import providers, reports
from messaging.bounces.recording import record
from messaging.bounces.reports import BounceReport
from messaging.webhooks import inbox

log = structlog.get_logger("bounces")

# A mail as it came, from our mailbox or a mail server of ours.
MAIL = "mail"
LONGEST_MAIL = 128 * 1024


def keep_mail(raw: bytes, *, key: str) -> bool:
    """Keep a report for processing. False for a mail that has nothing to do with our messages."""
    raw = raw[:LONGEST_MAIL]
    report = reports.read(raw)
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
    """Process one report; False if none waits."""
    with tenancy.platform("mail report"):
        event = inbox.lock_oldest_mail_report()
        if event is None:
            return False
        calls.mark_processed({event.id: _process(event)})
        return True


def _process(event: StoredCall) -> str:
    """Why nothing could be made of it, if so."""
    try:
        report = _read(event)
        return record(report, at=event.at) if report else "not a report about our mail"
    except OperationalError:
        raise
    except Exception as error:
        log.exception("mail_report_not_processed", event_id=str(event.id))
        return f"not processed: {type(error).__name__}"


def _read(event: StoredCall) -> BounceReport | None:
    if event.provider == MAIL:
        return reports.read(str(event.payload["raw"]).encode("latin-1"))
    return providers.READERS[event.provider](inbox.fields_of(event))
