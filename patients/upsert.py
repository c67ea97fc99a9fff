"""Create or update patients that another system sends: one, or up to a thousand at once.

They are checked like the rows of a list, but known patients are updated. A patient is known when
the campaign has one with the same phone (or e-mail, without a phone) and the same appointment time,
so a caller may send everything again at any time.
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
from patients import eligibility, past_asks, row_eligibility
from patients.imports import doctors, row_checks, saving, upload
from patients.imports.ask_times import AskTimes
from patients.imports.staging import StagedRow, stage
from patients.people.builder import PersonBuilder
from patients.people.facts import (
    AppointmentFacts,
    Person,
    PracticeContext,
    Refusal,
    SourceFormat,
)
from workspaces.models import User

MAX_RECORDS = 1_000

# The names of the API for facts that are called differently here.
LABELS = {"doctor": "doctor_name", "channel": "preferred_channel"}

# A known patient gets the values that were sent and keeps all others. A consent keeps the words and
# the time of its first record. The opt-out and the last ask of a new address are taken over.
SAVE = f"""
WITH saved AS ({saving.INSERT_PATIENTS} RETURNING id, token),
changed AS (
    UPDATE patients_patient pt SET
        updated_at = %(now)s,
        name = coalesce(s.name, pt.name),
        email = coalesce(s.email, pt.email),
        appointment_type = coalesce(s.appointment_type, pt.appointment_type),
        doctor_name = CASE WHEN s.doctor_name IS NULL THEN pt.doctor_name ELSE r.doctor_name END,
        preferred_channel = coalesce(s.preferred_channel, pt.preferred_channel),
        language = coalesce(s.language, pt.language),
        has_consent = coalesce(s.has_consent, pt.has_consent),
        consent_at = CASE WHEN s.has_consent AND NOT pt.has_consent THEN %(now)s
                          ELSE pt.consent_at END,
        consent_words = CASE WHEN s.has_consent AND NOT pt.has_consent THEN r.consent_words
                             ELSE pt.consent_words END,
        consent_by = CASE WHEN s.has_consent AND NOT pt.has_consent THEN %(by)s
                          ELSE pt.consent_by END,
        opted_out_at = coalesce(pt.opted_out_at, r.opted_out_at),
        asked_before_at = greatest(pt.asked_before_at, r.asked_before_at),
        did_not_happen = coalesce(s.did_not_happen, pt.did_not_happen)
    FROM import_row r
    JOIN jsonb_to_recordset(%(sent)s::jsonb) s(
        row int, name text, email text, appointment_type text, doctor_name text,
        preferred_channel text, language text, has_consent bool, did_not_happen bool)
      ON s.row = r.row
    WHERE r.outcome = 'known' AND pt.id = r.patient_id AND pt.workspace_id = %(workspace)s
      AND pt.data_deleted_at IS NULL
      AND (s.name <> pt.name OR s.email <> pt.email OR s.appointment_type <> pt.appointment_type
           OR (s.doctor_name IS NOT NULL AND r.doctor_name <> pt.doctor_name)
           OR s.preferred_channel <> pt.preferred_channel
           OR s.language <> pt.language OR s.has_consent <> pt.has_consent
           OR s.did_not_happen <> pt.did_not_happen)
    RETURNING pt.id, {eligibility.REASON_AGAINST_ASKING} AS reason
)
SELECT r.row, coalesce(r.details, '{{}}') AS details, r.ask_at, r.warning,
       coalesce(saved.id, r.patient_id) AS id,
       CASE WHEN r.outcome = 'refused' THEN 'refused'
            WHEN saved.id IS NOT NULL THEN 'created'
            WHEN changed.id IS NOT NULL THEN 'updated'
            WHEN r.reason = 'repeated' THEN 'repeated'
            WHEN r.outcome = 'known' THEN 'unchanged' END AS status,
       CASE WHEN changed.id IS NULL THEN r.reason
            WHEN changed.reason IS NOT NULL THEN changed.reason
            WHEN r.ask_at IS NULL THEN '{row_eligibility.TOO_OLD}'
            WHEN r.reason = '{row_eligibility.ASKED_LATELY}' THEN r.reason END AS reason
FROM import_row r
LEFT JOIN saved ON saved.token = r.token
LEFT JOIN changed ON changed.id = r.patient_id
ORDER BY r.row
"""  # noqa: S608 - built from constants


# Known patients who were asked at an e-mail that this call replaces.
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
    """One patient as sent, with the values that the caller named, by the model's field names."""

    row: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class UpsertResult:
    """What became of one record.

    `reason` says why the patient will not be asked, or why the record was refused. `warning` says
    which part was left out although the record was accepted.
    """

    row: int
    outcome: UpsertOutcome
    id: UUID | None
    reason: str | None
    details: Mapping[str, Any]
    ask_at: datetime | None
    warning: str | None


class RecordBatch:
    """The records of one call and the people that were built from them, by row number."""

    def __init__(self, campaign: Campaign, sent: Iterable[SentRecord], *, source: str) -> None:
        builder = _person_builder(campaign)
        self.values = {record.row: record.values for record in sent}
        self.results = {
            row: builder.build(_facts_from_values(values, source=source))
            for row, values in self.values.items()
        }
        self.people = {
            row: result for row, result in self.results.items() if isinstance(result, Person)
        }

    def staged_rows(self) -> Iterator[StagedRow]:
        return (StagedRow(row, result) for row, result in self.results.items())

    def changes_of_known(self) -> Iterator[dict[str, Any]]:
        """Yield what a known patient gets: the parsed values of the fields that were sent."""
        for row, person in self.people.items():
            parsed = {
                "name": person.name,
                "email": person.email,
                "appointment_type": person.appointment_type,
                "doctor_name": person.doctor_name,
                "preferred_channel": person.channel,
                "language": person.language,
                "has_consent": person.has_consent,
                "did_not_happen": person.did_not_happen,
            }
            sent = self.values[row]
            yield {"row": row} | {name: parsed[name] for name in parsed if name in sent}

    def has_doctors(self) -> bool:
        return any(person.doctor_name for person in self.people.values())

    def original_of(self, row: int) -> int:
        """Return the row that `row_checks.REPEATED` keeps for this appointment."""
        identity = _appointment_key(self.people[row])
        rows = [
            other for other, person in self.people.items() if _appointment_key(person) == identity
        ]
        return min(rows, key=lambda other: (self.people[other].did_not_happen is True, other))


@transaction.atomic
def upsert_patients(
    *, campaign: Campaign, sent: Iterable[SentRecord], by: User, source: str
) -> list[UpsertResult]:
    """Save the records, audit their number, and return a result for each."""
    results = save_records(campaign=campaign, sent=sent, by=by, source=source)
    _record_counts(campaign, results, by)
    return results


@transaction.atomic
def save_records(
    *, campaign: Campaign, sent: Iterable[SentRecord], by: User, source: str
) -> list[UpsertResult]:
    """Save the records and return a result for each. The caller audits it.

    The campaign must have its practice and workspace loaded. `source` becomes the evidence of a
    consent that was sent without words.
    """
    upload.require_open_campaign(campaign)
    now = timezone.now()
    batch = RecordBatch(campaign, sent, source=source)
    stage(
        batch.staged_rows(),
        ask_times=AskTimes(campaign, now=now),
        # Hashing so few addresses is cheaper than asking whether they are needed.
        with_digests=True,
        on_batch=lambda _tally: None,
    )
    row_checks.check_rows(campaign, with_digests=True)
    past_asks.remember_asks(_find_asks_of_old_emails(campaign))
    # A quarter of the queries of a batch, which one without doctors is spared.
    if batch.has_doctors():
        doctors.unify_spellings(campaign.workspace_id)
    results = [_result_of_row(row) for row in _save_staged(campaign, batch, now=now, by=by)]
    return [_with_id_of_original(result, results, batch) for result in results]


def _save_staged(
    campaign: Campaign, batch: RecordBatch, *, now: datetime, by: User
) -> list[dict[str, Any]]:
    """Insert and update the checked patients. Return a row with the outcome of each record."""
    rows = sql.fetch(
        SAVE,
        now=now,
        workspace=campaign.workspace_id,
        campaign=campaign.pk,
        source=None,
        by=by.name,
        sent=json.dumps(list(batch.changes_of_known())),
    )
    if all(row["status"] is not None for row in rows):
        return rows
    # Another transaction inserted some of these patients after our checks: read their ids.
    sql.execute(row_checks.KNOWN, campaign=campaign.pk)
    known = sql.fetch("SELECT row, patient_id FROM import_row WHERE patient_id IS NOT NULL")
    ids = {row["row"]: row["patient_id"] for row in known}
    return [row | {"id": row["id"] or ids.get(row["row"])} for row in rows]


def find_refusal(campaign: Campaign, values: Mapping[str, Any]) -> Refusal | None:
    """Return why a patient could not be saved, or None. Nothing is stored."""
    result = _person_builder(campaign).build(_facts_from_values(values, source=""))
    return result if isinstance(result, Refusal) else None


def _person_builder(campaign: Campaign) -> PersonBuilder:
    practice = campaign.practice
    return PersonBuilder(
        PracticeContext(
            country=practice.country,
            zone=practice.zone,
            language=campaign.workspace.language,
            now=timezone.now(),
        ),
        SourceFormat(labels=LABELS),
    )


def _facts_from_values(values: Mapping[str, Any], *, source: str) -> AppointmentFacts:
    """Return the facts in a JSON object, with `source` for a consent that came without words."""
    has_consent = bool(values.get("has_consent"))
    return AppointmentFacts(
        name=values.get("name"),
        phone=values.get("phone"),
        email=values.get("email"),
        appointment_time=values.get("appointment_time"),
        appointment_type=values.get("appointment_type"),
        doctor=values.get("doctor_name"),
        did_not_happen=values.get("did_not_happen"),
        consent=has_consent,
        consent_words=values.get("consent_words") or (source if has_consent else ""),
        channel=values.get("preferred_channel"),
        language=values.get("language"),
    )


def _find_asks_of_old_emails(campaign: Campaign) -> list[past_asks.PastAskFacts]:
    """Return the asks at e-mails that this call replaces, so that they still count afterwards."""
    return [
        past_asks.PastAskFacts(
            campaign.workspace_id, row["email"], row["appointment_time"], row["asked_at"]
        )
        for row in sql.fetch(OLD_EMAILS)
    ]


def _appointment_key(person: Person) -> tuple[str, datetime]:
    """Return what two records of one appointment have in common."""
    return person.phone or person.email, person.appointment_time


def _with_id_of_original(
    result: UpsertResult, results: list[UpsertResult], batch: RecordBatch
) -> UpsertResult:
    """Give a repeated record the id of the patient that the first one created or updated."""
    if result.outcome is not UpsertOutcome.REPEATED:
        return result
    original = batch.original_of(result.row)
    return replace(result, id=next(other.id for other in results if other.row == original))


def _result_of_row(row: dict[str, Any]) -> UpsertResult:
    return UpsertResult(
        row=row["row"],
        outcome=UpsertOutcome(row["status"] or UpsertOutcome.UNCHANGED),
        id=row["id"],
        reason=row["reason"],
        details=json.loads(row["details"]),
        ask_at=row["ask_at"] if row["reason"] is None else None,
        warning=row["warning"],
    )


def _record_counts(campaign: Campaign, results: list[UpsertResult], by: User) -> None:
    """Audit the call as one entry with counts. The audit trail must not hold personal data."""
    counts = {
        outcome.value: sum(result.outcome == outcome for result in results)
        for outcome in (UpsertOutcome.CREATED, UpsertOutcome.UPDATED)
    }
    if any(counts.values()):
        audit.record("campaign.patients", campaign, by=by, name=campaign.name, new=counts)
