"""The rows of a list as they were read, in a table that ends with its transaction.

They get there by COPY, a batch at a time: what a worker holds is one batch, however long the list.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol

from django.db import connection

from patients.consent import hash_address
from patients.imports.timestamps import Moments
from patients.lists.doctors import doctor_key, doctor_looks
from patients.lists.person import ListedPerson, RefusalCode
from patients.lists.rows import Cell, ListRow
from patients.models import new_token

BATCH = 2_000
# Of a cell that was not understood: enough to see what was in it.
CELL_KEPT = 2_000

# Gone with the transaction, so that a pooled connection never carries it over; dropped first for a
# second list in the same one.
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


class Reads(Protocol):
    def read(self, row: ListRow, /) -> ListedPerson | RefusalCode: ...


@dataclass(frozen=True)
class ImportTally:
    read: int = 0
    accepted: int = 0
    refused: int = 0


def stage(
    rows: Iterator[ListRow],
    *,
    reader: Reads,
    moments: Moments,
    with_digests: bool,
    on_batch: Callable[[ImportTally], None],
) -> ImportTally:
    """A digest takes time, so addresses get one only where there is somebody to recognise by it."""
    refused = read = 0
    tally = ImportTally()
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        while batch := list(islice(rows, BATCH)):
            with cursor.copy(COPY) as copy:
                for row in batch:
                    person = reader.read(row)
                    if isinstance(person, RefusalCode):
                        refused += 1
                        copy.write_row(_refused(row, person))
                    else:
                        copy.write_row(_taken(row, person, moments, with_digests))
            read += len(batch)
            tally = ImportTally(read=read, accepted=read - refused, refused=refused)
            on_batch(tally)
    return tally


def _taken(
    row: ListRow, person: ListedPerson, moments: Moments, with_digests: bool
) -> tuple[object, ...]:
    ask_at = moments.ask_at(person.appointment_time)
    warning = person.warning
    return (
        *(row.number, "new", _reason(person, ask_at)),
        json.dumps({"value": warning.value}, ensure_ascii=False) if warning else None,
        _cells(row) if warning else None,
        *(person.name, person.phone, person.email, person.appointment_time),
        *(person.appointment_type, person.doctor_name),
        *(person.has_consent, person.consent_words),
        *(person.channel, person.language, new_token(), ask_at),
        hash_address(person.phone) if with_digests and person.phone else None,
        hash_address(person.email) if with_digests and person.email else None,
        *(person.did_not_happen, person.status, person.status_words),
        warning.reason if warning else None,
        *spelling(person.doctor_name),
    )


@lru_cache(maxsize=4_000)
def spelling(doctor: str) -> tuple[str, int]:
    return doctor_key(doctor), doctor_looks(doctor)


def _reason(person: ListedPerson, ask_at: datetime | None) -> str | None:
    if person.did_not_happen:
        return "did_not_happen"
    if not person.has_consent:
        return "no_consent"
    return None if ask_at else "too_old"


def _cells(row: ListRow) -> str:
    return json.dumps([written(cell) for cell in row.cells], ensure_ascii=False)


def _refused(row: ListRow, refusal: RefusalCode) -> tuple[object, ...]:
    return (
        *(row.number, "refused", refusal.reason),
        json.dumps(refusal.details),
        _cells(row),
        *(refusal.name, refusal.phone, refusal.email, refusal.appointment_time),
        *(None, None, refusal.has_consent, *[None] * 11, "", 0),
    )


def written(cell: Cell) -> Any:
    """As the error file will show it; a NUL is no text to PostgreSQL."""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell[:CELL_KEPT].replace("\0", "")
    return cell
