"""The rows of a list as they were read, in a table that ends with its transaction.

They get there by COPY, a batch at a time: what a worker holds is one batch, however long the list.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Protocol

from django.db import connection

from patients.consent import digest
from patients.imports.moments import Moments
from patients.lists.person import Person, Refusal
from patients.lists.rows import Cell, Row
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
    has_consent boolean,
    consent_words text,
    channel text,
    language text,
    token text,
    ask_at timestamptz,
    phone_digest text,
    email_digest text,
    opted_out_at timestamptz,
    patient_id uuid
) ON COMMIT DROP
"""
COPY = """
COPY import_row (row, outcome, reason, details, cells, name, phone, email, appointment_time,
    appointment_type, doctor_name, has_consent, consent_words, channel, language, token, ask_at,
    phone_digest, email_digest)
FROM STDIN
"""


class Reads(Protocol):
    def read(self, row: Row, /) -> Person | Refusal: ...


@dataclass(frozen=True)
class Tally:
    read: int = 0
    accepted: int = 0
    refused: int = 0


def stage(
    rows: Iterator[Row],
    *,
    reader: Reads,
    moments: Moments,
    recognise_erased: bool,
    on_batch: Callable[[Tally], None],
) -> Tally:
    """A digest takes time, so addresses get one only where there is somebody to recognise by it."""
    refused = read = 0
    tally = Tally()
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        while batch := list(islice(rows, BATCH)):
            with cursor.copy(COPY) as copy:
                for row in batch:
                    person = reader.read(row)
                    if isinstance(person, Refusal):
                        refused += 1
                        copy.write_row(_refused(row, person))
                    else:
                        copy.write_row(_taken(row.number, person, moments, recognise_erased))
            read += len(batch)
            tally = Tally(read=read, accepted=read - refused, refused=refused)
            on_batch(tally)
    return tally


def _taken(
    number: int, person: Person, moments: Moments, recognise_erased: bool
) -> tuple[object, ...]:
    ask_at = moments.ask_at(person.appointment_time)
    reason = "no_consent" if not person.has_consent else None if ask_at else "too_old"
    return (
        *(number, "new", reason, None, None),
        *(person.name, person.phone, person.email, person.appointment_time),
        *(person.appointment_type, person.doctor_name),
        *(person.has_consent, person.consent_words),
        *(person.channel, person.language, new_token(), ask_at),
        digest(person.phone) if recognise_erased and person.phone else None,
        digest(person.email) if recognise_erased and person.email else None,
    )


def _refused(row: Row, refusal: Refusal) -> tuple[object, ...]:
    return (
        *(row.number, "refused", refusal.reason),
        json.dumps(refusal.details),
        json.dumps([written(cell) for cell in row.cells], ensure_ascii=False),
        *(refusal.name, refusal.phone, refusal.email, refusal.appointment_time),
        *(None, None, refusal.has_consent, None, None, None, None, None, None, None),
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
