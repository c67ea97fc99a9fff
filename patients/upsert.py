"""Patients as another system sends them, one or a thousand: judged like the rows of a list, and
what is known already is brought up to date instead of being left as it is.

Whoever has the same phone (without one, the same e-mail) and the same appointment in a campaign is
the same patient, so that everything may be sent again at any time.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from core import audit, sql
from patients import past_asks
from patients.imports import doctors, row_checks, saving, upload
from patients.imports.staging import stage
from patients.imports.timestamps import Moments
from patients.lists.cells import ListRow
from patients.lists.evidence import Evidence
from patients.lists.fields import Field
from patients.lists.person import ListedPerson, PersonReader, RefusalCode
from patients.lists.survey import ListColumn, Survey
from workspaces.models import User

AT_ONCE = 1_000

# What a list has in columns, by the names that programs use.
COLUMNS = {
    Field.NAME: "name",
    Field.PHONE: "phone",
    Field.EMAIL: "email",
    Field.APPOINTMENT_TIME: "appointment_time",
    Field.APPOINTMENT_TYPE: "appointment_type",
    Field.DOCTOR: "doctor_name",
    Field.CHANNEL: "preferred_channel",
    Field.LANGUAGE: "language",
}

# Of a known patient what was sent holds, and nothing else changes. A consent keeps its first words,
# and a new address may be of somebody who is away already.
SAVE = f"""
WITH saved AS ({saving.PATIENTS} RETURNING id, token),
changed AS (
    UPDATE patients_patient p SET
        updated_at = %(now)s,
        name = coalesce(s.name, p.name),
        email = coalesce(s.email, p.email),
        appointment_type = coalesce(s.appointment_type, p.appointment_type),
        doctor_name = CASE WHEN s.doctor_name IS NULL THEN p.doctor_name ELSE r.doctor_name END,
        preferred_channel = coalesce(s.preferred_channel, p.preferred_channel),
        language = coalesce(s.language, p.language),
        has_consent = coalesce(s.has_consent, p.has_consent),
        consent_at = CASE WHEN s.has_consent AND NOT p.has_consent THEN %(now)s
                          ELSE p.consent_at END,
        consent_words = CASE WHEN s.has_consent AND NOT p.has_consent THEN r.consent_words
                             ELSE p.consent_words END,
        consent_by = CASE WHEN s.has_consent AND NOT p.has_consent THEN %(by)s
                          ELSE p.consent_by END,
        opted_out_at = coalesce(p.opted_out_at, r.opted_out_at),
        asked_before_at = greatest(p.asked_before_at, r.asked_before_at),
        did_not_happen = coalesce(s.did_not_happen, p.did_not_happen)
    FROM import_row r
    JOIN jsonb_to_recordset(%(sent)s::jsonb) s(
        row int, name text, email text, appointment_type text, doctor_name text,
        preferred_channel text, language text, has_consent bool, did_not_happen bool)
      ON s.row = r.row
    WHERE r.outcome = 'known' AND p.id = r.patient_id AND p.workspace_id = %(workspace)s
      AND p.data_deleted_at IS NULL
      AND (s.name <> p.name OR s.email <> p.email OR s.appointment_type <> p.appointment_type
           OR (s.doctor_name IS NOT NULL AND r.doctor_name <> p.doctor_name)
           OR s.preferred_channel <> p.preferred_channel
           OR s.language <> p.language OR s.has_consent <> p.has_consent
           OR s.did_not_happen <> p.did_not_happen)
    RETURNING p.id, CASE WHEN p.asked_at IS NOT NULL THEN 'asked_lately'
                         WHEN p.did_not_happen THEN 'did_not_happen'
                         WHEN NOT p.has_consent THEN 'no_consent'
                         WHEN p.opted_out_at IS NOT NULL THEN 'opted_out' END AS reason
)
SELECT r.row, coalesce(r.details, '{{}}') AS details, r.ask_at, r.warning,
       coalesce(saved.id, r.patient_id) AS id,
       CASE WHEN r.outcome = 'refused' THEN 'refused'
            WHEN saved.id IS NOT NULL THEN 'created'
            WHEN changed.id IS NOT NULL THEN 'updated'
            WHEN r.reason = 'repeated' THEN 'repeated'
            WHEN r.outcome = 'known' THEN 'unchanged' END AS status,
       CASE WHEN changed.id IS NULL THEN r.reason
            WHEN changed.reason IS NULL AND r.ask_at IS NULL THEN 'too_old'
            ELSE changed.reason END AS reason
FROM import_row r
LEFT JOIN saved ON saved.token = r.token
LEFT JOIN changed ON changed.id = r.patient_id
ORDER BY r.row
"""  # noqa: S608 - of constants


# Whose e-mail is about to change though it may have been asked.
OLD_EMAILS = """
SELECT p.email, p.appointment_time, p.asked_at
FROM import_row r
JOIN patients_patient p ON p.id = r.patient_id
WHERE r.outcome = 'known' AND p.asked_at IS NOT NULL AND p.email <> '' AND p.email <> r.email
"""


class UpsertOutcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True)
class SentRecord:
    """One patient as sent: by the model's names, and those alone that were said."""

    row: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class UpsertResult:
    """`reason` says why nobody is asked because of it, or why it was not taken. `warning` says what
    was left out although it was taken."""

    row: int
    outcome: UpsertOutcome
    id: UUID | None
    reason: str | None
    details: Mapping[str, Any]
    ask_at: datetime | None
    warning: str | None


@transaction.atomic
def upsert_patients(
    *, campaign: Campaign, sent: Iterable[SentRecord], by: User, source: str
) -> list[UpsertResult]:
    """The campaign has its practice and workspace with it. `source` is the evidence of a consent
    that came without words of its own."""
    upload.must_take_lists(campaign)
    now = timezone.now()
    reading = RecordReader(campaign, sent, source=source)
    stage(
        reading.rows(),
        reader=reading,
        moments=Moments(campaign, now=now),
        # So few that looking for somebody to recognise would cost more than being ready to.
        with_digests=True,
        on_batch=lambda _tally: None,
    )
    row_checks.judge(campaign, with_digests=True)
    past_asks.remember_asks(_asks_of_old_emails(campaign))
    doctors.spell(campaign.workspace_id)
    rows = sql.fetch(
        SAVE,
        now=now,
        workspace=campaign.workspace_id,
        campaign=campaign.pk,
        source=None,
        by=by.name,
        sent=json.dumps(list(reading.changes())),
    )
    if any(row["status"] is None for row in rows):
        # Somebody else brought them in at this very moment.
        sql.execute(row_checks.KNOWN, campaign=campaign.pk)
        rows = _with_ids(rows)
    results = [_result(row) for row in rows]
    results = [_like_the_first(one, results, reading) for one in results]
    _record(campaign, results, by)
    return results


def find_refusal(campaign: Campaign, values: Mapping[str, Any]) -> RefusalCode | None:
    """Return why a patient could not be taken, or None. Nothing is stored."""
    reading = RecordReader(campaign, [SentRecord(0, values)], source="")
    found = [reading.read(row) for row in reading.rows()]
    return next((one for one in found if isinstance(one, RefusalCode)), None)


class RecordReader:
    """What was sent, with the eyes that read a list."""

    def __init__(self, campaign: Campaign, sent: Iterable[SentRecord], *, source: str) -> None:
        self.sent = {one.row: one.values for one in sent}
        self.people: dict[int, ListedPerson] = {}
        self.source = source
        practice = campaign.practice
        self.reader = PersonReader(
            survey=_survey(),
            mapping=COLUMNS,
            date_order="YMD",
            country=practice.country,
            zone=practice.zone,
            language=campaign.workspace.language,
        )

    def rows(self) -> Iterator[ListRow]:
        for number, values in self.sent.items():
            yield ListRow(number, [values.get(name) for name in COLUMNS.values()])

    def read(self, row: ListRow, /) -> ListedPerson | RefusalCode:
        person = self.reader.read(row)
        if isinstance(person, RefusalCode):
            return person
        values = self.sent[row.number]
        has_consent = bool(values.get("has_consent"))
        words = values.get("consent_words") or (self.source if has_consent else "")
        person = replace(
            person,
            has_consent=has_consent,
            consent_words=words,
            did_not_happen=values.get("did_not_happen"),
        )
        self.people[row.number] = person
        return person

    def changes(self) -> Iterator[dict[str, Any]]:
        """What a known patient gets, as it was understood."""
        for number, person in self.people.items():
            told = {
                "name": person.name,
                "email": person.email,
                "appointment_type": person.appointment_type,
                "doctor_name": person.doctor_name,
                "preferred_channel": person.channel,
                "language": person.language,
                "has_consent": person.has_consent,
                "did_not_happen": person.did_not_happen,
            }
            said = self.sent[number]
            yield {"row": number} | {name: told[name] for name in told if name in said}

    def first_like(self, row: int) -> int:
        """The row that counts for the same appointment of the same person, as judging has it."""
        this = _identity(self.people[row])
        same = [number for number, one in self.people.items() if _identity(one) == this]
        return min(same, key=lambda number: (self.people[number].did_not_happen is True, number))


def _asks_of_old_emails(campaign: Campaign) -> list[past_asks.PastAskFacts]:
    return [
        past_asks.PastAskFacts(
            campaign.workspace_id, row["email"], row["appointment_time"], row["asked_at"]
        )
        for row in sql.fetch(OLD_EMAILS)
    ]


def _identity(person: ListedPerson) -> tuple[str, datetime]:
    return person.phone or person.email, person.appointment_time


def _survey() -> Survey:
    """As of a list with one column for each, whose days have hours."""
    columns = [
        ListColumn(label=name, heading=name, index=place, evidence=Evidence(both=1))
        for place, name in enumerate(COLUMNS.values())
    ]
    return Survey("api", "", "", [], "", 0, columns, 0, "")


def _with_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = sql.fetch("SELECT row, patient_id FROM import_row WHERE patient_id IS NOT NULL")
    known = {row["row"]: row["patient_id"] for row in found}
    return [row | {"id": row["id"] or known.get(row["row"])} for row in rows]


def _like_the_first(
    one: UpsertResult, all_of_them: list[UpsertResult], reading: RecordReader
) -> UpsertResult:
    if one.outcome is not UpsertOutcome.REPEATED:
        return one
    first = reading.first_like(one.row)
    return replace(one, id=next(other.id for other in all_of_them if other.row == first))


def _result(row: dict[str, Any]) -> UpsertResult:
    return UpsertResult(
        row=row["row"],
        outcome=UpsertOutcome(row["status"] or UpsertOutcome.UNCHANGED),
        id=row["id"],
        reason=row["reason"],
        details=json.loads(row["details"]),
        ask_at=row["ask_at"] if row["reason"] is None else None,
        warning=row["warning"],
    )


def _record(campaign: Campaign, results: list[UpsertResult], by: User) -> None:
    """One line for all of them: who they are is not for the trail to keep."""
    counts = {
        outcome.value: sum(one.outcome == outcome for one in results)
        for outcome in (UpsertOutcome.CREATED, UpsertOutcome.UPDATED)
    }
    if any(counts.values()):
        audit.record("campaign.patients", campaign, by=by, name=campaign.name, new=counts)
