"""Record each change of a message by triggers, and read the record as superuser.

The triggers write in the transaction of the change, so a change that is rolled back leaves no
record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row, scalar_row

from config import embedded
from config.embedded.postgres import DATABASE, PORT

# The embedded server may lose the last commits of a killed process, which production does not.
DURABLE: LiteralString = f"ALTER DATABASE {DATABASE} SET synchronous_commit = on"

INSTALL: LiteralString = """
CREATE TABLE chaos_step (
    n bigserial PRIMARY KEY, begun timestamptz NOT NULL DEFAULT transaction_timestamp(),
    message uuid NOT NULL, was text, became text, attempt int NOT NULL, error_code text NOT NULL);
CREATE FUNCTION chaos_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO chaos_step (message, was, became, attempt, error_code) VALUES (
        coalesce(NEW.id, OLD.id), OLD.status, NEW.status, coalesce(NEW.attempt, OLD.attempt),
        coalesce(NEW.error_code, OLD.error_code));
    RETURN NULL; END $$;
CREATE TRIGGER chaos_step_insert AFTER INSERT OR DELETE ON messaging_message
    FOR EACH ROW EXECUTE FUNCTION chaos_step();
CREATE TRIGGER chaos_step_update AFTER UPDATE ON messaging_message FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.attempt IS DISTINCT FROM NEW.attempt)
    EXECUTE FUNCTION chaos_step();

-- Deferred, so that it records the time of the commit: others see the opt-out only then.
CREATE TABLE chaos_optout (
    at timestamptz NOT NULL, workspace uuid NOT NULL, address text NOT NULL);
CREATE FUNCTION chaos_optout() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO chaos_optout VALUES (clock_timestamp(), NEW.workspace_id, NEW.address);
    RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER chaos_optout AFTER INSERT ON patients_suppression
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chaos_optout();
"""

STATUS_CHANGES: LiteralString = """
SELECT begun, message, was, became, attempt, error_code FROM chaos_step ORDER BY n
"""

MESSAGES: LiteralString = """
SELECT m.id, m.patient_id, m.workspace_id, m.type AS kind, m.channel, m.status, m.attempt,
       m.external_id, m.rating, m.error_code, pt.token
FROM messaging_message m JOIN patients_patient pt ON pt.id = m.patient_id
"""

# Messages that were claimed although the address had opted out. A claim that began before the
# opt-out was committed could not see it, so half a second is allowed.
AFTER_OPT_OUT: LiteralString = """
SELECT DISTINCT step.message FROM chaos_step step
JOIN messaging_message m ON m.id = step.message
JOIN patients_patient pt ON pt.id = m.patient_id
JOIN chaos_optout o ON o.workspace = m.workspace_id AND o.address = pt.phone
WHERE step.became = 'SENDING' AND step.begun > o.at + interval '0.5 seconds'
  AND m.type <> 'CONFIRM_STOP'
"""

UNFINISHED: LiteralString = """
SELECT format('%s %s', count(*), what) FROM (
    SELECT lower(status) AS what FROM messaging_message
    WHERE status IN ('PENDING', 'SENDING', 'UNKNOWN')
    UNION ALL SELECT 'to be tried by SMS' FROM messaging_message
    WHERE status = 'FAILED' AND channel = 'WHATSAPP' AND error_code = '63003'
    UNION ALL SELECT 'unprocessed webhooks' FROM core_incomingwebhook
    WHERE processed_at IS NULL
) unfinished GROUP BY what
"""

# Makes asks of some seconds ago look 90 minutes old, so that reminders become due.
MAKE_ASKS_OLDER: LiteralString = """
UPDATE messaging_message SET sent_at = sent_at - interval '90 minutes'
WHERE type = 'INITIAL' AND status IN ('SENT', 'DELIVERED')
  AND sent_at BETWEEN now() - interval '1 hour' AND now() - make_interval(secs => %s)
"""

LEDGER: LiteralString = """
SELECT w.id, w.message_credits, sum(e.amount) AS ledger,
       sum(e.amount) FILTER (WHERE e.kind IN ('DEBIT', 'RELEASE')) AS spent
FROM workspaces_workspace w JOIN billing_creditentry e ON e.workspace_id = w.id
GROUP BY w.id
"""


@dataclass(frozen=True)
class StatusChange:
    begun: datetime
    message: UUID
    was: str | None
    became: str | None
    attempt: int
    error_code: str


@dataclass(frozen=True)
class MessageRow:
    id: UUID
    patient_id: UUID
    workspace_id: UUID
    kind: str
    channel: str
    status: str
    attempt: int
    external_id: str | None
    rating: int | None
    error_code: str
    token: str


@dataclass(frozen=True)
class Balance:
    id: UUID
    message_credits: int
    ledger: int
    spent: int | None


def install() -> None:
    """Create the recording triggers, and make commits durable."""
    with connected() as connection:
        connection.execute(DURABLE)
        connection.execute(INSTALL)


def status_changes() -> list[StatusChange]:
    with (
        connected() as connection,
        connection.cursor(row_factory=class_row(StatusChange)) as cursor,
    ):
        return cursor.execute(STATUS_CHANGES).fetchall()


def messages() -> list[MessageRow]:
    with connected() as connection, connection.cursor(row_factory=class_row(MessageRow)) as cursor:
        return cursor.execute(MESSAGES).fetchall()


def balances() -> list[Balance]:
    with connected() as connection, connection.cursor(row_factory=class_row(Balance)) as cursor:
        return cursor.execute(LEDGER).fetchall()


def sent_after_opt_out() -> list[UUID]:
    return fetch_column(AFTER_OPT_OUT)


def unfinished() -> list[str]:
    return fetch_column(UNFINISHED)


def is_sending() -> bool:
    return bool(fetch_column("SELECT 1 FROM messaging_message WHERE status = 'SENDING' LIMIT 1"))


def stored_reply_sids() -> set[str]:
    """Return the SIDs of the replies that the product has stored."""
    return set(
        fetch_column(
            "SELECT payload->'fields'->>'MessageSid' FROM core_incomingwebhook"
            " WHERE kind = 'inbound'"
        )
    )


def backends() -> Sequence[int]:
    return fetch_column(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


def make_asks_older(*, seconds: float) -> None:
    with connected() as connection:
        connection.execute(MAKE_ASKS_OLDER, [seconds])


def fetch_column(statement: LiteralString, *values: object) -> list[Any]:
    with connected() as connection, connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(statement, values or None).fetchall()


def connected() -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(embedded.local() / "run"),
        port=PORT,
        user="postgres",
        dbname=DATABASE,
        autocommit=True,
    )
