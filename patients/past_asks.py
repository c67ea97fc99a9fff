"""What remains known of an ask when its patient's row loses the address that was asked.

The planner finds out by the rows of patients who was asked lately, and about what. Retention, a
final erasure, a corrected phone and a moved appointment take that out of the row, so each of them
calls `remember` first. It stores a keyed digest of the address, and notes the time of the ask on
the rows that still hold the address and wait. Lists and the API look here when they bring an
address in (`patients.imports.row_checks`), and the claim looks once more before anything leaves
(`messaging.dispatch.past_ask_check`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from core import sql
from patients import consent
from patients.eligibility import TOO_OLD_TO_ASK
from patients.models import PastAsk, Patient

# Only what may still matter: the rest is not over, or the appointment could still be asked about.
MATTERS = """
    (ask.asked_at > %(now)s - w.ask_again_after_days * interval '1 day'
     OR ask.appointment_time > %(now)s - %(oldest)s)"""

# In the order of the unique key, so that two who remember at once wait for each other at most.
REMEMBER = f"""
INSERT INTO patients_pastask
    (id, created_at, updated_at, workspace_id, digest, appointment_time, asked_at)
SELECT uuid7(), %(now)s, %(now)s, ask.workspace_id, ask.digest, ask.appointment_time, ask.asked_at
FROM (
    SELECT workspace_id, digest, appointment_time, max(asked_at) AS asked_at
    FROM unnest(%(workspaces)s::uuid[], %(digests)s::text[], %(appointments)s::timestamptz[],
                %(asked)s::timestamptz[]) AS told(workspace_id, digest, appointment_time, asked_at)
    GROUP BY workspace_id, digest, appointment_time
) ask
JOIN workspaces_workspace w ON w.id = ask.workspace_id
WHERE {MATTERS}
ORDER BY ask.workspace_id, ask.digest, ask.appointment_time
ON CONFLICT (workspace_id, digest, appointment_time) DO UPDATE
SET asked_at = greatest(patients_pastask.asked_at, excluded.asked_at), updated_at = %(now)s
"""  # noqa: S608 - of constants

# Those who have the same address and wait, by the indexes of patients by address. A row that
# somebody holds is left out rather than waited for: the claim holds its message back.
NOTE = """
WITH ask AS (
    SELECT workspace_id, address, max(asked_at) AS asked_at
    FROM unnest(%(workspaces)s::uuid[], %(addresses)s::text[], %(asked)s::timestamptz[])
         AS told(workspace_id, address, asked_at)
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
    """Keep what these rows know of asks, as they are before they change."""
    remember_asks(
        [
            PastAskFacts(one.workspace_id, address, one.appointment_time, one.asked_at)
            for one in patients
            if one.asked_at
            for address in (one.phone, one.email)
            if address
        ],
        now=now,
    )


def remember_asks(asks: Collection[PastAskFacts], *, now: datetime | None = None) -> None:
    if not asks:
        return
    now = now or timezone.now()
    workspaces, asked = [ask.workspace_id for ask in asks], [ask.asked_at for ask in asks]
    sql.execute(
        REMEMBER,
        now=now,
        oldest=TOO_OLD_TO_ASK,
        workspaces=workspaces,
        digests=[consent.hash_address(ask.address) for ask in asks],
        appointments=[ask.appointment_time for ask in asks],
        asked=asked,
    )
    sql.execute(NOTE, workspaces=workspaces, addresses=[ask.address for ask in asks], asked=asked)


def last_asked_at(workspace_id: UUID, addresses: Iterable[str]) -> datetime | None:
    """When one of these addresses was asked last, as far as no patient's row knows it."""
    digests = [consent.hash_address(address) for address in addresses if address]
    known = PastAsk.objects.within(workspace_id).filter(digest__in=digests)
    found: datetime | None = known.aggregate(last=Max("asked_at"))["last"]
    return found


def are_known(workspace_id: UUID) -> bool:
    return PastAsk.objects.within(workspace_id).exists()


def past_asks_of(workspace_id: UUID, addresses: Iterable[str]) -> list[PastAsk]:
    """What is held about somebody with these addresses."""
    digests = [consent.hash_address(address) for address in addresses if address]
    rows = PastAsk.objects.within(workspace_id).filter(digest__in=digests)
    return list(rows.order_by("asked_at", "appointment_time"))


def forget_over(workspace_id: UUID, *, now: datetime) -> int:
    """Drop what can no longer hold an ask back. Return how many that were."""
    return sql.execute(FORGET, workspace=workspace_id, now=now, oldest=TOO_OLD_TO_ASK)
