"""Forecast which of several appointments of one person will be asked about.

The planner asks about the appointment that is due first, or of several due at once the latest one,
and about none if the phone or e-mail was asked within the workspace's days of rest. This module
simulates it. Most rows share no address with anybody and are not part of the simulation.
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
from patients import eligibility, row_eligibility
from patients.imports.ask_times import AskTimes
from patients.models import Import

BATCH = 5_000

# Addresses that several rows want to use, that were asked recently, or that another patient is
# waiting to be asked at. The LATERAL halves use the indexes of patients by address.
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

FETCH_ASKED = "SELECT address, asked_at FROM import_contested WHERE asked_at IS NOT NULL"

FETCH_LIST_ROWS = """
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

# Patients of running campaigns and of this one who compete for these addresses. Those on the list
# itself are simulated by their rows.
FETCH_OTHER_PATIENTS = f"""
SELECT pt.campaign_id, pt.phone, pt.email, pt.appointment_time, pt.asked_before_at
FROM patients_patient pt
JOIN campaigns_campaign c ON c.id = pt.campaign_id
WHERE pt.workspace_id = %(workspace)s
  AND (c.status = 'ACTIVE' OR c.id = %(campaign)s)
  AND {eligibility.MAY_BE_PLANNED}
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
"""

UPDATE_ROWS = f"""
UPDATE import_row r SET ask_at = forecast.ask_at,
    reason = CASE WHEN forecast.ask_at IS NULL THEN '{row_eligibility.ASKED_LATELY}' END
FROM unnest(%(rows)s::int[], %(ask_times)s::timestamptz[]) AS forecast(row, ask_at)
WHERE r.row = forecast.row
"""


@dataclass(frozen=True, slots=True)
class PlannedAsk:
    """An appointment that is to be asked about at `ask_at`. `row` is None for other patients."""

    row: int | None
    phone: str
    email: str
    appointment_time: datetime
    ask_at: datetime
    ask_times: AskTimes
    # Of a patient whose data has been deleted since.
    asked_before_at: datetime | None = None
    put_off: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.phone, self.email)))


class AskQueue:
    """Planned asks by time. Those of the list arrive in that order and are never all in memory."""

    def __init__(self, ours: Iterable[PlannedAsk], others: Iterable[PlannedAsk]) -> None:
        self._ours = iter(ours)
        self._first = next(self._ours, None)
        self._heap: list[tuple[datetime, int, PlannedAsk]] = []
        self._order = count()
        for ask in others:
            self.push(ask)

    def push(self, ask: PlannedAsk) -> None:
        heapq.heappush(self._heap, (ask.ask_at, next(self._order), ask))

    def due(self) -> list[PlannedAsk]:
        """Remove and return all asks of the earliest time."""
        times = [ask.ask_at for ask in (self._first, self._heap and self._heap[0][2]) if ask]
        due: list[PlannedAsk] = []
        while self._first and self._first.ask_at == min(times):
            due.append(self._first)
            self._first = next(self._ours, None)
        while self._heap and self._heap[0][0] == min(times):
            due.append(heapq.heappop(self._heap)[2])
        return due


def forecast_asks(listed: Import, ask_times: AskTimes) -> None:
    """Set `ask_at` and `reason` of the rows that will be asked later than planned, or never."""
    rest = eligibility.rest_of(listed.workspace)
    values = {
        "workspace": listed.workspace_id,
        "campaign": listed.campaign_id,
        "rest": rest,
        "oldest": ask_times.now - row_eligibility.TOO_OLD_TO_ASK,
    }
    sql.execute(CONTESTED, **values)
    asked = {row["address"]: row["asked_at"] for row in sql.fetch(FETCH_ASKED)}
    others = list(_fetch_other_patients(ask_times, values))
    changes = simulate_planner(_fetch_list_rows(ask_times), others, asked=asked, rest=rest)
    while batch := list(islice(changes, BATCH)):
        rows, new_times = zip(*batch, strict=True)
        sql.execute(UPDATE_ROWS, rows=list(rows), ask_times=list(new_times))


def simulate_planner(
    ours: Iterable[PlannedAsk],
    others: Iterable[PlannedAsk],
    *,
    asked: dict[str, datetime],
    rest: timedelta,
) -> Iterator[tuple[int, datetime | None]]:
    """Yield the rows of the list that are asked later than planned, with None for never.

    `asked` has the time of the last ask of each address, and is updated.
    """
    queue, visits = AskQueue(ours, others), set[tuple[str, datetime]]()
    while due := queue.due():
        now, chosen, taken = due[0].ask_at, list[PlannedAsk](), set[str]()
        put_off: list[tuple[PlannedAsk, datetime]] = []
        by_phone = sorted(due, key=lambda ask: ask.phone)
        for ask in sorted(by_phone, key=lambda ask: ask.appointment_time, reverse=True):
            rests = [asked[address] + rest for address in ask.addresses if address in asked]
            if ask.asked_before_at:
                rests.append(ask.asked_before_at + rest)
            if rests and max(rests) > now:
                put_off.append((ask, max(rests)))
            elif taken.intersection(ask.addresses):
                put_off.append((ask, now + rest))
            else:
                chosen.append(ask)
                taken.update(ask.addresses)
        for ask in chosen:
            asked.update(dict.fromkeys(ask.addresses, now))
            if ask.row is not None and ask.put_off:
                yield ask.row, now
            visits.update((address, ask.appointment_time) for address in ask.addresses)
        for ask, until in put_off:
            # Nobody is asked twice about one appointment, even when the days of rest are short.
            is_same = any((address, ask.appointment_time) in visits for address in ask.addresses)
            if not is_same and (at := ask.ask_times.ask_from(until, ask.appointment_time)):
                queue.push(replace(ask, ask_at=at, put_off=True))
            elif ask.row is not None:
                yield ask.row, None


def _fetch_list_rows(ask_times: AskTimes) -> Iterator[PlannedAsk]:
    """Yield the rows through a server-side cursor, ordered by their ask times."""
    with connection.connection.cursor(name="list_rows") as cursor:
        cursor.itersize = BATCH
        cursor.execute(FETCH_LIST_ROWS)
        for row, phone, email, seen_at, ask_at, asked_before_at in cursor:
            yield PlannedAsk(row, phone, email, seen_at, ask_at, ask_times, asked_before_at)


def _fetch_other_patients(ask_times: AskTimes, values: dict[str, Any]) -> Iterator[PlannedAsk]:
    rows = sql.fetch(FETCH_OTHER_PATIENTS, **values)
    campaigns = Campaign.objects.within(values["workspace"]).select_related("practice")
    times_by_campaign = {
        campaign.pk: AskTimes(campaign, now=ask_times.now)
        for campaign in campaigns.filter(pk__in={row["campaign_id"] for row in rows})
    }
    for row in rows:
        their_times, seen_at = times_by_campaign[row["campaign_id"]], row["appointment_time"]
        if ask_at := their_times.ask_at(seen_at):
            before = row["asked_before_at"]
            yield PlannedAsk(None, row["phone"], row["email"], seen_at, ask_at, their_times, before)
