"""Rows imported per second, compared with a bare COPY and INSERT of the same rows."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ParamSpec
from uuid import UUID

from django.core.management.base import CommandParser
from django.db import connection
from django.utils import timezone

from core import tenancy
from dev.benches import Case, importing_once, world
from dev.benches.database import as_owner, own_database
from patients.models import SuppressionReason
from patients.suppressions import suppress_address

FEW = 10_000
SUPPRESSED = 500
MEMORY_MB = 80
UNIT = "rows/s"

P = ParamSpec("P")

BAD, HAS_EMAIL = 0.005, 0.4
NAMES = ("Ana María Peña", "José Luis Toapanta", "Rosa Guamán", "Luis Vega", "Inés Mora")
CONSENT = ("sí", "si", "SI", "x", "acepto", "")
# Appointments every quarter of an hour from eight to six, for half a year.
DAYS, SLOTS = 180, 40
HEADINGS = "Paciente;Celular;Correo;Fecha y hora;Tipo;Doctora;Autoriza\n"

# The rows that the import has just saved, with all values computed.
COPY_OUT = """
COPY (SELECT id, created_at, updated_at, workspace_id, campaign_id, NULL, row_number, name, phone,
             email, appointment_time, appointment_type, doctor_name, preferred_channel, language,
             has_consent, consent_at, consent_words, consent_by, review_clicks, token
      FROM patients_patient ORDER BY row_number) TO STDOUT
"""
COLUMNS = """id, created_at, updated_at, workspace_id, campaign_id, source_id, row_number, name,
    phone, email, appointment_time, appointment_type, doctor_name, preferred_channel, language,
    has_consent, consent_at, consent_words, consent_by, review_clicks, token"""
STAGING = f"""
CREATE TEMPORARY TABLE bare_row ON COMMIT DROP AS
SELECT {COLUMNS} FROM patients_patient WITH NO DATA
"""  # noqa: S608 - built from constants
COPY = f"COPY bare_row ({COLUMNS}) FROM STDIN"
INSERT = f"""
INSERT INTO patients_patient ({COLUMNS}) SELECT {COLUMNS} FROM bare_row ON CONFLICT DO NOTHING
"""  # noqa: S608 - built from constants


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--rows", type=int, default=200_000, help="of the list (200000)")
    parser.add_argument("--rounds", type=int, default=3, help="of both sides in turns (3)")


def run(*, rows: int, rounds: int) -> list[Case]:
    with own_database("importing") as servers, TemporaryDirectory() as folder:
        (campaign,) = world.running_campaigns(1)
        _suppress(campaign)
        many, few = Path(folder, "many.csv"), Path(folder, "few.csv")
        _write(many, rows)
        _write(few, FEW)
        ours, bare = _compare(many, campaign, rounds)
        peaks = {file: _measure_memory(file, campaign, servers) for file in (few, many)}
    return [
        Case(f"{rows:,} rows vs COPY + INSERT", rows / ours, rows / bare, UNIT, at_least=0.3),
        Case(f"memory over idle, {FEW:,} rows", peaks[few].over, MEMORY_MB, "MB", at_most=1),
        Case(f"memory over idle, {rows:,} rows", peaks[many].over, MEMORY_MB, "MB", at_most=1),
        Case("memory, all rows vs few", peaks[many].peak, peaks[few].peak, "MB", at_most=1.1),
    ]


def _compare(file: Path, campaign: UUID, rounds: int) -> tuple[float, float]:
    """Return the best seconds of the import and of the bare INSERT."""
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(_timed(importing_once.import_list, file, campaign))
        rows = _copy_rows()
        _empty()
        bare.append(_timed(_insert_bare, rows, campaign))
        _empty()
    return min(ours), min(bare)


def _timed(act: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> float:
    started = time.perf_counter()
    act(*args, **kwargs)
    return time.perf_counter() - started


def _copy_rows() -> bytes:
    with (
        tenancy.platform("bench"),
        connection.cursor() as cursor,
        cursor.copy(COPY_OUT) as copy,
    ):
        return b"".join(bytes(part) for part in copy)


def _insert_bare(rows: bytes, campaign: UUID) -> None:
    with tenancy.within(world.workspace_of(campaign)), connection.cursor() as cursor:
        cursor.execute(STAGING)
        with cursor.copy(COPY) as copy:
            copy.write(rows)
        cursor.execute(INSERT)


def _empty() -> None:
    """Empty the tables, so that both sides start with unused ones."""
    name = str(connection.settings_dict["NAME"])
    with as_owner(name) as owner:
        owner.execute("TRUNCATE patients_import, patients_patient CASCADE")


def _measure_memory(
    file: Path, campaign: UUID, servers: Mapping[str, str]
) -> importing_once.Memory:
    """Measure the memory in a process of its own, like a worker that has just started."""
    output = subprocess.check_output(
        [sys.executable, "-m", "dev.benches.importing_once", str(file), str(campaign)],
        env=servers,
        text=True,
    )
    _empty()
    idle, peak = map(float, output.split())
    return importing_once.Memory(idle, peak)


def _write(file: Path, rows: int) -> None:
    """Write a list of future appointments. Some rows have an invalid phone, many no e-mail."""
    chance = random.Random(rows)  # noqa: S311 - not for secrets
    opening = timezone.localtime().replace(hour=8, minute=0) + timedelta(days=1)
    with file.open("w", encoding="utf-8", newline="") as lines:
        lines.write(HEADINGS)
        for number in range(rows):
            day, slot = divmod(number * DAYS * SLOTS // rows, SLOTS)
            at = opening + timedelta(days=day, minutes=15 * slot)
            phone = (
                "099123"
                if chance.random() < BAD
                else f"09{chance.choice('89')}{chance.randrange(10**7):07d}"
            )
            email = f"paciente{number}@example.com" if chance.random() < HAS_EMAIL else ""
            lines.write(
                f"{chance.choice(NAMES)} {number};{phone};{email};{at:%d/%m/%Y %H:%M};"
                f"Control;Dra. Paz;{chance.choice(CONSENT)}\n"
            )


def _suppress(campaign: UUID) -> None:
    workspace_id = world.workspace_of(campaign)
    with tenancy.within(workspace_id):
        for number in range(SUPPRESSED):
            suppress_address(
                workspace_id=workspace_id,
                address=f"+59399{number:07d}",
                reason=SuppressionReason.REPLY,
            )
