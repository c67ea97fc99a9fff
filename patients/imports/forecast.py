"""Who of those that stand in each other's way will be asked: the planner's rules, played ahead.

The planner asks whoever comes due first, of several appointments that are due together the latest,
and nobody whose phone or e-mail was asked within the workspace's days of rest. Most people of a
list stand in nobody's way and never come here.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

from django.db import connection

from campaigns.models import Campaign
from core import sql
from patients import eligibility, holds, suppressions
from patients.imports.timestamps import Moments
from patients.models import Import

WRITTEN_AT_ONCE = 5_000

# Addresses that stand more than once among those to be asked, were asked lately, or wait to be
# asked through another row. Each half finds the others by the index of patients by address.
CONTESTED = """
DROP TABLE IF EXISTS pg_temp.import_contested;
CREATE TEMPORARY TABLE import_contested ON COMMIT DROP AS
WITH wanted AS (
    SELECT row, phone, email, ask_at, asked_before_at, patient_id FROM import_row
    WHERE outcome <> 'refused' AND reason IS NULL
), others AS (
    SELECT other.address, w.ask_at, other.asked_at, other.appointment_time
    FROM wanted w
    CROSS JOIN LATERAL (
        SELECT p.phone AS address, p.asked_at, p.appointment_time FROM patients_patient p
        WHERE p.workspace_id = %(workspace)s AND p.phone = w.phone AND p.phone <> ''
          AND p.id IS DISTINCT FROM w.patient_id
        UNION ALL
        SELECT p.email, p.asked_at, p.appointment_time FROM patients_patient p
        WHERE p.workspace_id = %(workspace)s AND p.email = w.email AND p.email <> ''
          AND p.id IS DISTINCT FROM w.patient_id
    ) other
)
SELECT address, max(asked_at) AS asked_at
FROM (
    SELECT own.address, NULL::timestamptz AS asked_at
    FROM wanted CROSS JOIN LATERAL (VALUES (phone), (email)) own(address)
    WHERE own.address <> ''
    GROUP BY own.address HAVING count(*) > 1
    UNION ALL
    SELECT own.address, NULL
    FROM wanted CROSS JOIN LATERAL (VALUES (phone), (email)) own(address)
    WHERE own.address <> '' AND asked_before_at > ask_at - %(rest)s
    UNION ALL
    SELECT address, asked_at FROM others
    WHERE asked_at > ask_at - %(rest)s
       OR (asked_at IS NULL AND appointment_time > %(oldest)s)
) contested
GROUP BY address;
ANALYZE import_contested
"""

ASKED = "SELECT address, asked_at FROM import_contested WHERE asked_at IS NOT NULL"

OF_THE_LIST = """
SELECT r.row, r.phone, r.email, r.appointment_time, r.ask_at, r.asked_before_at
FROM import_row r
JOIN (
    SELECT r.row FROM import_row r JOIN import_contested i ON i.address = r.phone
    UNION
    SELECT r.row FROM import_row r JOIN import_contested i ON i.address = r.email
) contested USING (row)
WHERE r.outcome <> 'refused' AND r.reason IS NULL
ORDER BY r.ask_at
"""

# Of other running campaigns and of this one; those on this very list speak for themselves.
OF_OTHERS = f"""
SELECT pt.campaign_id, pt.phone, pt.email, pt.appointment_time, pt.asked_before_at
FROM patients_patient pt
JOIN campaigns_campaign c ON c.id = pt.campaign_id
WHERE pt.workspace_id = %(workspace)s
  AND (c.status = 'ACTIVE' OR c.id = %(campaign)s)
  AND {eligibility.MAY_BE_ASKED}
  AND pt.appointment_time > %(oldest)s
  AND pt.id IN (
      SELECT q.id FROM import_contested i CROSS JOIN LATERAL (
          SELECT p.id FROM patients_patient p
          WHERE p.workspace_id = %(workspace)s AND p.phone = i.address AND p.phone <> ''
          UNION ALL
          SELECT p.id FROM patients_patient p
          WHERE p.workspace_id = %(workspace)s AND p.email = i.address AND p.email <> ''
      ) q)
  AND pt.id NOT IN (SELECT patient_id FROM import_row WHERE patient_id IS NOT NULL)
  AND NOT {suppressions.IS_SUPPRESSED}
  AND NOT {holds.IS_HELD}
"""

WRITE = """
UPDATE import_row r SET ask_at = told.ask_at,
    reason = CASE WHEN told.ask_at IS NULL THEN 'asked_lately' END
FROM unnest(%(rows)s::int[], %(moments)s::timestamptz[]) AS told(row, ask_at)
WHERE r.row = told.row
"""


@dataclass(frozen=True, slots=True)
class Hope:
    """An appointment to be asked about at that moment; without a row it is of another list."""

    row: int | None
    phone: str
    email: str
    appointment_time: datetime
    ask_at: datetime
    moments: Moments
    # Through a row that no longer has the address.
    asked_before_at: datetime | None = None
    put_off: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.phone, self.email)))


class Queue:
    """Hopes by their moments. Those of the list come in that order and are never all held."""

    def __init__(self, ours: Iterable[Hope], others: Iterable[Hope]) -> None:
        self._ours = iter(ours)
        self._first = next(self._ours, None)
        self._heap: list[tuple[datetime, int, Hope]] = []
        self._order = count()
        for hope in others:
            self.push(hope)

    def push(self, hope: Hope) -> None:
        heapq.heappush(self._heap, (hope.ask_at, next(self._order), hope))

    def due(self) -> list[Hope]:
        """All of the earliest moment."""
        moments = [hope.ask_at for hope in (self._first, self._heap and self._heap[0][2]) if hope]
        due: list[Hope] = []
        while self._first and self._first.ask_at == min(moments):
            due.append(self._first)
            self._first = next(self._ours, None)
        while self._heap and self._heap[0][0] == min(moments):
            due.append(heapq.heappop(self._heap)[2])
        return due


def foresee(listed: Import, moments: Moments) -> None:
    rest = timedelta(days=listed.workspace.ask_again_after_days)
    values = {
        "workspace": listed.workspace_id,
        "campaign": listed.campaign_id,
        "rest": rest,
        "oldest": moments.now - eligibility.TOO_OLD_TO_ASK,
    }
    sql.execute(CONTESTED, **values)
    asked = {row["address"]: row["asked_at"] for row in sql.fetch(ASKED)}
    others = list(_of_others(moments, values))
    changes = play(_of_the_list(moments), others, asked=asked, rest=rest)
    while some := list(islice(changes, WRITTEN_AT_ONCE)):
        rows, told = zip(*some, strict=True)
        sql.execute(WRITE, rows=list(rows), moments=list(told))


def play(
    ours: Iterable[Hope], others: Iterable[Hope], *, asked: dict[str, datetime], rest: timedelta
) -> Iterator[tuple[int, datetime | None]]:
    """The rows of the list that are asked later than they hoped, or not at all."""
    queue, visits = Queue(ours, others), set[tuple[str, datetime]]()
    while due := queue.due():
        now, chosen, taken = due[0].ask_at, list[Hope](), set[str]()
        put_off: list[tuple[Hope, datetime]] = []
        by_phone = sorted(due, key=lambda hope: hope.phone)
        for hope in sorted(by_phone, key=lambda hope: hope.appointment_time, reverse=True):
            rests = [asked[address] + rest for address in hope.addresses if address in asked]
            if hope.asked_before_at:
                rests.append(hope.asked_before_at + rest)
            if rests and max(rests) > now:
                put_off.append((hope, max(rests)))
            elif taken.intersection(hope.addresses):
                put_off.append((hope, now + rest))
            else:
                chosen.append(hope)
                taken.update(hope.addresses)
        for hope in chosen:
            asked.update(dict.fromkeys(hope.addresses, now))
            if hope.row is not None and hope.put_off:
                yield hope.row, now
            visits.update((address, hope.appointment_time) for address in hope.addresses)
        for hope, until in put_off:
            # Nobody is asked twice about one appointment, however short the rest.
            is_same = any((one, hope.appointment_time) in visits for one in hope.addresses)
            if not is_same and (at := hope.moments.ask_from(until, hope.appointment_time)):
                queue.push(replace(hope, ask_at=at, put_off=True))
            elif hope.row is not None:
                yield hope.row, None


def _of_the_list(moments: Moments) -> Iterator[Hope]:
    """Through a cursor of the server's, which this transaction closes again."""
    with connection.connection.cursor(name="of_the_list") as cursor:
        cursor.itersize = WRITTEN_AT_ONCE
        cursor.execute(OF_THE_LIST)
        for row, phone, email, seen_at, ask_at, asked_before_at in cursor:
            yield Hope(row, phone, email, seen_at, ask_at, moments, asked_before_at)


def _of_others(moments: Moments, values: dict[str, Any]) -> Iterator[Hope]:
    rows = sql.fetch(OF_OTHERS, **values)
    campaigns = Campaign.objects.within(values["workspace"]).select_related("practice")
    theirs = {
        campaign.pk: Moments(campaign, now=moments.now)
        for campaign in campaigns.filter(pk__in={row["campaign_id"] for row in rows})
    }
    for row in rows:
        of_theirs, seen_at = theirs[row["campaign_id"]], row["appointment_time"]
        if ask_at := of_theirs.ask_at(seen_at):
            before = row["asked_before_at"]
            yield Hope(None, row["phone"], row["email"], seen_at, ask_at, of_theirs, before)
