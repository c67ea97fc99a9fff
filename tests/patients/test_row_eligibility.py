"""The rules about whom we may write to say the same in SQL, as `Q` and in Python."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql, tenancy
from patients import row_eligibility, suppressions
from patients.addresses import hash_address
from patients.models import Patient, PatientState, Suppression, SuppressionReason
from patients.states import state_of
from tests.factories import CampaignFactory, WorkspaceFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)
PHONES, EMAILS = ["+593991234501", "+593991234502"], ["ana@example.com", "luis@example.com"]
# The fixtures are made once for all examples; each example takes its own rows back.
generated = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

BY_SQL = f"""
SELECT pt.id, {row_eligibility.MAY_BE_WRITTEN_TO} AS may_be_written_to,
       {row_eligibility.MAY_BE_ASKED} AS may_be_asked,
       {row_eligibility.IN_TIME} AS in_time, coalesce({row_eligibility.REASON}, '') AS reason,
       coalesce({row_eligibility.REASON_AGAINST_ASKING}, '') AS reason_against_asking
FROM patients_patient pt JOIN campaigns_campaign c ON c.id = pt.campaign_id
WHERE pt.id = ANY(%(ids)s)
"""

BY_ADDRESS = f"""
SELECT {suppressions.IS_SUPPRESSED} AS yes FROM patients_patient pt WHERE pt.id = %(id)s
"""

BY_DIGEST = f"""
SELECT coalesce(bool_or({suppressions.IS_SUPPRESSED_BY_DIGEST}), false) AS yes
FROM unnest(%(workspaces)s::uuid[], %(digests)s::text[]) AS d(workspace_id, digest)
"""


class Row(NamedTuple):
    asked: bool
    has_consent: bool
    opted_out: bool
    erased: bool
    did_not_happen: bool
    delay: int
    hours_ago: int
    is_early: bool


# Hours around the last moment that is in time, and anywhere.
HOURS = st.one_of(st.integers(-30, 200), st.sampled_from([71, 72, 73, 95, 96, 97]))
ROWS = st.lists(
    st.builds(
        Row,
        asked=st.booleans(),
        has_consent=st.booleans(),
        opted_out=st.booleans(),
        erased=st.booleans(),
        did_not_happen=st.booleans(),
        delay=st.sampled_from([0, 24]),
        hours_ago=HOURS,
        is_early=st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


class Suppressed(NamedTuple):
    is_ours: bool
    address: str
    is_erased: bool


SUPPRESSED = st.lists(
    st.builds(
        Suppressed,
        is_ours=st.booleans(),
        address=st.sampled_from(PHONES + EMAILS),
        is_erased=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda one: (one.is_ours, one.address),
)


@pytest.fixture
def workspace() -> Workspace:
    made: Workspace = WorkspaceFactory.create()
    return made


@pytest.fixture
def campaigns(workspace: Workspace) -> dict[int, Campaign]:
    return {
        delay: CampaignFactory.create(workspace=workspace, scheduled_hours_after=delay)
        for delay in (0, 24)
    }


def insert_patients(campaigns: dict[int, Campaign], rows: Sequence[Row]) -> list[UUID]:
    patients = [
        Patient(
            workspace_id=campaigns[row.delay].workspace_id,
            campaign=campaigns[row.delay],
            phone=f"+59399{number:07d}",
            appointment_time=NOW - timedelta(hours=row.hours_ago),
            ask_due_at=NOW - timedelta(hours=row.hours_ago) if row.is_early else None,
            asked_at=NOW if row.asked else None,
            has_consent=row.has_consent,
            consent_at=NOW if row.has_consent else None,
            opted_out_at=NOW if row.opted_out else None,
            data_deleted_at=NOW if row.erased else None,
            did_not_happen=row.did_not_happen,
        )
        for number, row in enumerate(rows)
    ]
    return [patient.pk for patient in Patient.objects.bulk_create(patients)]


def insert_suppressions(workspace: Workspace, rows: Sequence[Suppressed]) -> None:
    other = WorkspaceFactory.create()
    Suppression.objects.bulk_create(
        Suppression(
            workspace=workspace if row.is_ours else other,
            address="" if row.is_erased else row.address,
            digest=hash_address(row.address),
            reason=SuppressionReason.ERASURE if row.is_erased else SuppressionReason.REPLY,
            at=NOW,
        )
        for row in rows
    )


@generated
@given(rows=ROWS)
def test_sql_q_and_python_agree_on_who_may_be_asked(
    campaigns: dict[int, Campaign], rows: list[Row]
) -> None:
    with tenancy.platform("test"):
        ids = insert_patients(campaigns, rows)

        by_sql = {
            row["id"]: row for row in sql.fetch(BY_SQL, ids=ids, now=NOW, oldest=OLDEST_USEFUL_ASK)
        }
        stored = Patient.objects.filter(pk__in=ids)
        by_q = set(stored.filter(row_eligibility.MAY_BE_ASKED_Q).values_list("pk", flat=True))
        in_time_by_q = set(
            stored.filter(row_eligibility.in_time_q(NOW)).values_list("pk", flat=True)
        )
        by_index = set(stored.filter(row_eligibility.TO_ASK_INDEX).values_list("pk", flat=True))

        for patient in stored.select_related("campaign"):
            told = by_sql[patient.pk]
            assert told["reason"] == row_eligibility.reason_against(patient)
            assert told["reason_against_asking"] == row_eligibility.reason_against_asking(patient)
            assert told["may_be_written_to"] == row_eligibility.may_be_written_to(patient)
            assert told["may_be_asked"] == row_eligibility.may_be_asked(patient)
            assert told["may_be_asked"] == (patient.pk in by_q)
            assert told["in_time"] == row_eligibility.is_in_time(patient, NOW)
            assert told["in_time"] == (patient.pk in in_time_by_q)
        assert by_q <= by_index
        transaction.set_rollback(True)


BY_PRECEDENCE = ["opted_out", "asked", "no_consent", "did_not_happen", "waiting", "missed"]


@generated
@given(rows=ROWS)
def test_list_filters_show_each_patient_in_the_state_of_its_row(
    campaigns: dict[int, Campaign], rows: list[Row]
) -> None:
    with tenancy.platform("test"):
        ids = insert_patients(campaigns, [row._replace(erased=False) for row in rows])
        stored = Patient.objects.filter(pk__in=ids)

        listed = {
            name: set(stored.in_state(name, NOW).values_list("pk", flat=True))
            for name in PatientState.values
        }

        for patient in stored.select_related("campaign"):
            applying = [name for name in BY_PRECEDENCE if patient.pk in listed[name]]
            assert state_of(patient, NOW) == applying[0]
            may_be_asked = row_eligibility.may_be_asked(patient)
            in_time = row_eligibility.is_in_time(patient, NOW)
            assert (patient.pk in listed["waiting"]) == (may_be_asked and in_time)
            assert (patient.pk in listed["missed"]) == (may_be_asked and not in_time)
        transaction.set_rollback(True)


@generated
@given(phone=st.sampled_from(["", *PHONES]), email=st.sampled_from(["", *EMAILS]), rows=SUPPRESSED)
def test_sql_and_python_agree_on_which_patient_is_suppressed(
    workspace: Workspace,
    campaigns: dict[int, Campaign],
    phone: str,
    email: str,
    rows: list[Suppressed],
) -> None:
    with tenancy.platform("test"):
        patient = Patient.objects.create(
            workspace=workspace,
            campaign=campaigns[0],
            phone=phone or (PHONES[0] if not email else ""),
            email=email,
            appointment_time=NOW,
        )
        insert_suppressions(workspace, rows)
        addresses = [address for address in (patient.phone, patient.email) if address]
        ours = [row for row in rows if row.is_ours and row.address in addresses]

        by_python = suppressions.is_patient_suppressed(patient)
        [by_address] = sql.fetch(BY_ADDRESS, id=patient.pk)
        [by_digest] = sql.fetch(
            BY_DIGEST,
            workspaces=[workspace.pk] * len(addresses),
            digests=[hash_address(address) for address in addresses],
        )

        assert by_python == by_digest["yes"] == bool(ours)
        # What the database cannot see is only what was erased.
        assert by_address["yes"] == any(not row.is_erased for row in ours)
        transaction.set_rollback(True)
