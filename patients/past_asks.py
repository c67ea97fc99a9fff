"""Remember that an address was asked when the patient's row no longer shows it.

The planner finds recent asks by the rows of patients. Retention, a final erasure, a corrected phone
and a moved appointment remove that from the row, so each calls `remember_past_asks` first. It
stores a keyed digest of the address, and the time of the ask in `asked_before_at` of the waiting
rows with the same address. Imports and the API look here for the addresses they bring in
(`patients.imports.row_checks`), and so does the claim (`messaging.dispatch.past_ask_check`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from core import sql, tenancy
from core.retention import KeepsData, RetentionRule
from patients import eligibility
from patients.addresses import hash_address
from patients.models import PastAsk, Patient
from patients.row_eligibility import TOO_OLD_TO_ASK

# Asks that can still prevent another one: they are recent, or their appointment can be asked about.
MATTERS = f"""
    (ask.asked_at > %(now)s - {eligibility.REST}
     OR ask.appointment_time > %(now)s - %(oldest)s)"""

# Inserted in the order of the unique key, so that two transactions cannot deadlock.
REMEMBER = f"""
INSERT INTO patients_pastask
    (id, created_at, updated_at, workspace_id, digest, appointment_time, asked_at)
SELECT uuid7(), %(now)s, %(now)s, ask.workspace_id, ask.digest, ask.appointment_time, ask.asked_at
FROM (
    SELECT workspace_id, digest, appointment_time, max(asked_at) AS asked_at
    FROM unnest(%(workspaces)s::uuid[], %(digests)s::text[], %(appointments)s::timestamptz[],
                %(asked)s::timestamptz[]) AS asked(workspace_id, digest, appointment_time, asked_at)
    GROUP BY workspace_id, digest, appointment_time
) ask
JOIN workspaces_workspace w ON w.id = ask.workspace_id
WHERE {MATTERS}
ORDER BY ask.workspace_id, ask.digest, ask.appointment_time
ON CONFLICT (workspace_id, digest, appointment_time) DO UPDATE
SET asked_at = greatest(patients_pastask.asked_at, excluded.asked_at), updated_at = %(now)s
"""  # noqa: S608 - of constants

# Waiting patients with the same address, by the indexes `patient_by_phone` and `patient_by_email`.
# A locked row is skipped: the claim checks its message again.
NOTE = """
WITH ask AS (
    SELECT workspace_id, address, max(asked_at) AS asked_at
    FROM unnest(%(workspaces)s::uuid[], %(addresses)s::text[], %(asked)s::timestamptz[])
         AS asked(workspace_id, address, asked_at)
    GROUP BY workspace_id, address
), waiting AS (
    SELECT p.id, ask.asked_at
    FROM ask JOIN patients_patient p
      ON p.phone = ask.address AND p.phone <> '' AND p.workspace_id = ask.workspace_id
    WHERE p.asked_at IS NULL AND p.data_deleted_at IS NULL
    UNION ALL
    SELECT p.id, ask.asked_at
    FROM ask JOIN patients_patient p
      ON p.email = ask.address AND p.email <> '' AND p.workspace_id = ask.workspace_id
    WHERE p.asked_at IS NULL AND p.data_deleted_at IS NULL
), free AS (
    SELECT p.id, w.asked_at
    FROM patients_patient p
    JOIN (SELECT id, max(asked_at) AS asked_at FROM waiting GROUP BY id) w ON w.id = p.id
    ORDER BY p.id
    FOR NO KEY UPDATE OF p SKIP LOCKED
)
UPDATE patients_patient p SET asked_before_at = greatest(p.asked_before_at, free.asked_at)
FROM free WHERE p.id = free.id
"""

FORGET = f"""
DELETE FROM patients_pastask ask USING workspaces_workspace w
WHERE w.id = %(workspace)s AND ask.workspace_id = w.id AND NOT {MATTERS}
"""  # noqa: S608 - of constants


@dataclass(frozen=True)
class PastAskFacts:
    workspace_id: UUID
    address: str
    appointment_time: datetime
    asked_at: datetime


def remember_past_asks(patients: Iterable[Patient], *, now: datetime | None = None) -> None:
    """Remember the asks of these rows, before they change."""
    remember_asks(
        [
            PastAskFacts(row.workspace_id, address, row.appointment_time, row.asked_at)
            for row in patients
            if row.asked_at
            for address in (row.phone, row.email)
            if address
        ],
        now=now,
    )


def remember_asks(asks: Collection[PastAskFacts], *, now: datetime | None = None) -> None:
    """Store these asks, and note them on waiting patients with the same address."""
    if not asks:
        return
    now = now or timezone.now()
    workspaces, asked = [ask.workspace_id for ask in asks], [ask.asked_at for ask in asks]
    sql.execute(
        REMEMBER,
        now=now,
        oldest=TOO_OLD_TO_ASK,
        workspaces=workspaces,
        digests=[hash_address(ask.address) for ask in asks],
        appointments=[ask.appointment_time for ask in asks],
        asked=asked,
    )
    sql.execute(NOTE, workspaces=workspaces, addresses=[ask.address for ask in asks], asked=asked)


def last_asked_at(workspace_id: UUID, addresses: Iterable[str]) -> datetime | None:
    """Return when one of these addresses was asked last, by the asks remembered here."""
    digests = [hash_address(address) for address in addresses if address]
    known = PastAsk.objects.within(workspace_id).filter(digest__in=digests)
    last: datetime | None = known.aggregate(last=Max("asked_at"))["last"]
    return last


def are_known(workspace_id: UUID) -> bool:
    return PastAsk.objects.within(workspace_id).exists()


def past_asks_of(workspace_id: UUID, addresses: Iterable[str]) -> list[PastAsk]:
    """Return the remembered asks of these addresses."""
    digests = [hash_address(address) for address in addresses if address]
    rows = PastAsk.objects.within(workspace_id).filter(digest__in=digests)
    return list(rows.order_by("asked_at", "appointment_time"))


def _forget(workspace: KeepsData, now: datetime) -> int:
    """Delete asks that can no longer prevent another one. Return how many."""
    with tenancy.within(workspace.pk):
        return sql.execute(FORGET, workspace=workspace.pk, now=now, oldest=TOO_OLD_TO_ASK)


RETENTION = RetentionRule("past asks", count=None, delete=_forget)
