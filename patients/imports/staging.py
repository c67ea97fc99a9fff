"""Copy rows into the temporary table import_row, where `row_checks` and `saving` work on them.

One batch at a time is held in memory, however long the list is.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from patients import row_eligibility
from patients.addresses import hash_address
from patients.imports.ask_times import AskTimes
from patients.models import new_token
from patients.people.doctor_names import doctor_key, doctor_looks
from patients.people.facts import Person, Refusal
from patients.people.values import Value

BATCH = 2_000
# Letters of a refused cell that are stored, to be shown and to be corrected.
MAX_STORED_CELL = 2_000

# ON COMMIT DROP, so that a pooled connection does not carry it to the next transaction. Dropped
# first, because one transaction may stage two lists.
CREATE = """
DROP TABLE IF EXISTS pg_temp.import_row;
CREATE TEMPORARY TABLE import_row (
    row integer NOT NULL,
    outcome text NOT NULL,
    reason text,
    details jsonb,
    cells jsonb,
    name text,
    phone text,
    email text,
    appointment_time timestamptz,
    appointment_type text,
    doctor_name text,
    doctor_key text NOT NULL DEFAULT '',
    doctor_looks smallint,
    has_consent boolean,
    consent_words text,
    channel text,
    language text,
    token text,
    ask_at timestamptz,
    phone_digest text,
    email_digest text,
    opted_out_at timestamptz,
    asked_before_at timestamptz,
    did_not_happen boolean,
    is_change boolean NOT NULL DEFAULT false,
    status text,
    status_words text,
    warning text,
    patient_id uuid
) ON COMMIT DROP
"""
COPY = """
COPY import_row (row, outcome, reason, details, cells, name, phone, email, appointment_time,
    appointment_type, doctor_name, has_consent, consent_words, channel, language, token, ask_at,
    phone_digest, email_digest, did_not_happen, status, status_words, warning,
    doctor_key, doctor_looks)
FROM STDIN
"""


class StagedRow(NamedTuple):
    """A row with what was built from it. The cells are stored if the row has a problem."""

    number: int
    result: Person | Refusal
    cells: Sequence[Value] = ()


@dataclass(frozen=True)
class ImportTally:
    read: int = 0
    accepted: int = 0
    refused: int = 0


def stage(
    rows: Iterable[StagedRow],
    *,
    ask_times: AskTimes,
    with_digests: bool,
    on_batch: Callable[[ImportTally], None],
) -> ImportTally:
    """Copy the rows into import_row and call `on_batch` after each batch.

    `with_digests` adds hashes of the addresses, which take time. They are needed only where the
    workspace has addresses of which nothing but the hash is left.
    """
    refused = read = 0
    tally = ImportTally()
    remaining = iter(rows)
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        while batch := list(islice(remaining, BATCH)):
            with cursor.copy(COPY) as copy:
                for row in batch:
                    if isinstance(row.result, Refusal):
                        refused += 1
                        copy.write_row(_refused_record(row, row.result))
                    else:
                        copy.write_row(_new_record(row, row.result, ask_times, with_digests))
            read += len(batch)
            tally = ImportTally(read=read, accepted=read - refused, refused=refused)
            on_batch(tally)
    return tally


def _new_record(
    row: StagedRow, person: Person, ask_times: AskTimes, with_digests: bool
) -> tuple[object, ...]:
    ask_at = ask_times.ask_at(person.appointment_time)
    warning = person.warning
    return (
        *(row.number, "new", _reason_against_asking(person, ask_at)),
        json.dumps({"value": warning.value}, ensure_ascii=False) if warning else None,
        _cells_as_json(row) if warning else None,
        *(person.name, person.phone, person.email, person.appointment_time),
        *(person.appointment_type, person.doctor_name),
        *(person.has_consent, person.consent_words),
        *(person.channel, person.language, new_token(), ask_at),
        hash_address(person.phone) if with_digests and person.phone else None,
        hash_address(person.email) if with_digests and person.email else None,
        *(person.did_not_happen, person.status, person.status_words),
        warning.reason if warning else None,
        *_key_and_score(person.doctor_name),
    )


@lru_cache(maxsize=4_000)
def _key_and_score(doctor: str) -> tuple[str, int]:
    return doctor_key(doctor), doctor_looks(doctor)


def _reason_against_asking(person: Person, ask_at: datetime | None) -> str | None:
    reason = row_eligibility.reason_against_new(
        has_consent=person.has_consent, did_not_happen=bool(person.did_not_happen)
    )
    return reason or (None if ask_at else row_eligibility.TOO_OLD)


def _refused_record(row: StagedRow, refusal: Refusal) -> tuple[object, ...]:
    return (
        *(row.number, "refused", refusal.reason),
        json.dumps(refusal.details),
        _cells_as_json(row),
        *(refusal.name, refusal.phone, refusal.email, refusal.appointment_time),
        *(None, None, refusal.has_consent, *[None] * 11, "", 0),
    )


def _cells_as_json(row: StagedRow) -> str:
    return json.dumps([_cell_as_json(cell) for cell in row.cells], ensure_ascii=False)


def _cell_as_json(cell: Value) -> Any:
    """Return the cell as the file of refused rows shows it. PostgreSQL cannot store a NUL."""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell[:MAX_STORED_CELL].replace("\0", "")
    return cell
