"""Who is asked next is the same in SQL, in Python, for the planner and on the pages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql, tenancy
from insights.home import outlook
from messaging.dispatch.planning import plan_messages
from patients import eligibility, holds, row_eligibility, suppressions
from patients.addresses import hash_address
from patients.models import Hold, Patient, Suppression, SuppressionReason
from patients.standing import standing_of
from tests.factories import ImportFactory, UserFactory, WorkspaceFactory
from tests.messaging.world import create_patient, running_campaign
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
generated = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

BY_SQL = f"""
SELECT pt.id, {eligibility.MAY_BE_PLANNED} AND {row_eligibility.IN_TIME} AS may_be_planned, ask.at
FROM (
    SELECT c.id, c.scheduled_hours_after, {eligibility.REST} AS rest, {eligibility.UNDO} AS undo
    FROM campaigns_campaign c JOIN workspaces_workspace w ON w.id = c.workspace_id
) c
JOIN patients_patient pt ON pt.campaign_id = c.id
CROSS JOIN LATERAL ({eligibility.ASK_FROM}) ask
WHERE pt.id = ANY(%(ids)s)
"""


class Row(NamedTuple):
    """A patient who waits, and what happened to the same phone or e-mail. Times are hours ago."""

    appointment: int
    has_consent: bool
    came_in_by_list: int | None
    asked_before: int | None
    same_address: str
    other_appointment: int
    other_asked: int | None
    blocked: str
    is_early: bool = False


# All are halves of an hour away from every limit of the rule.
ROWS = st.lists(
    st.builds(
        Row,
        appointment=st.one_of(st.integers(-30, 100), st.sampled_from([1, 2, 73, 74])),
        has_consent=st.sampled_from([True, True, True, False]),
        came_in_by_list=st.sampled_from([None, 0, 5]),
        asked_before=st.sampled_from([None, None, 10, 24, 40, 48]),
        same_address=st.sampled_from(["phone", "email"]),
        other_appointment=st.integers(0, 100),
        other_asked=st.sampled_from([None, None, 3, 23, 24, 47, 100]),
        blocked=st.sampled_from(["", "", "", "suppressed", "dead", "held"]),
        is_early=st.booleans(),
    ),
    min_size=1,
    max_size=15,
)


@pytest.fixture
def workspace() -> Workspace:
    made: Workspace = WorkspaceFactory.create(ask_again_after_days=2, undo_minutes=90)
    return made


@pytest.fixture
def campaign(workspace: Workspace) -> Campaign:
    return running_campaign(workspace, scheduled_hours_after=2)


@pytest.fixture
def user(workspace: Workspace) -> User:
    made: User = UserFactory.create(workspace=workspace)
    return made


def insert_rows(campaign: Campaign, rows: Sequence[Row], now: datetime) -> list[UUID]:
    """Insert the patients. The others of their address are in another campaign, and were asked."""
    listed = ImportFactory.create(workspace=campaign.workspace, campaign=campaign)
    elsewhere = running_campaign(campaign.workspace)
    half = timedelta(minutes=30)

    def ago(hours: int | None) -> datetime | None:
        return None if hours is None else now - hours * HOUR - half

    ids = []
    for number, row in enumerate(rows):
        patient = create_patient(
            campaign,
            phone=f"+59399{number:07d}",
            email=f"p{number}@example.com",
            has_consent=row.has_consent,
            source=listed if row.came_in_by_list is not None else None,
            asked_before_at=ago(row.asked_before),
        )
        appointment = ago(row.appointment)
        Patient.objects.filter(pk=patient.pk).update(
            appointment_time=appointment,
            created_at=ago(row.came_in_by_list or 0),
            ask_due_at=appointment if row.is_early else None,
        )
        if row.other_asked is not None:
            other = create_patient(
                elsewhere,
                asked_at=ago(row.other_asked),
                **{"phone": "", "email": ""}
                | {row.same_address: getattr(patient, row.same_address)},
            )
            Patient.objects.filter(pk=other.pk).update(appointment_time=ago(row.other_appointment))
        block(patient, row.blocked, now)
        ids.append(patient.pk)
    return ids


def block(patient: Patient, why: str, now: datetime) -> None:
    address = {"workspace": patient.workspace, "address": patient.phone}
    digest = hash_address(patient.phone)
    if why == "held":
        Hold.objects.create(**address, digest=digest, since=now)
    elif why:
        reason = SuppressionReason.UNREACHABLE if why == "dead" else SuppressionReason.STAFF
        Suppression.objects.create(**address, digest=digest, reason=reason, at=now)


# Each part of the rule alone: undo, an ask remembered, days of rest, the same appointment.
EACH_PART = [
    Row(10, True, 0, None, "phone", 50, None, ""),
    Row(10, True, None, 24, "phone", 50, None, ""),
    Row(10, True, None, None, "phone", 50, 24, ""),
    Row(10, True, None, None, "email", 50, 24, ""),
    Row(60, True, None, None, "phone", 60, 55, ""),
    Row(10, True, None, None, "phone", 50, None, "held"),
    Row(10, True, None, None, "phone", 50, None, "dead"),
    Row(0, True, None, None, "phone", 50, None, "", is_early=True),
    Row(72, True, None, None, "phone", 50, None, "", is_early=True),
]


@generated
@example(rows=EACH_PART)
@given(rows=ROWS)
def test_sql_python_planner_and_pages_agree_on_who_is_asked_and_when(
    campaign: Campaign, user: User, rows: list[Row]
) -> None:
    now = timezone.now()
    with tenancy.platform("test"):
        ids = insert_rows(campaign, rows, now)
        by_sql = {
            row["id"]: row["at"] if row["may_be_planned"] else None
            for row in sql.fetch(BY_SQL, ids=ids, now=now, oldest=OLDEST_USEFUL_ASK)
        }

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(outlook, "SHOWN", 100)
            promised = outlook.read_outlook(campaign.workspace, visible_to=user, campaign=campaign)
        for patient in Patient.objects.filter(pk__in=ids).select_related("campaign", "workspace"):
            may_be_planned = (
                row_eligibility.may_be_asked(patient)
                and row_eligibility.is_in_time(patient, now)
                and not suppressions.is_patient_suppressed(patient)
                and not holds.is_held(patient)
            )
            by_python = eligibility.ask_from(patient, now=now) if may_be_planned else None
            on_its_page = standing_of(patient).ask_at
            assert by_sql[patient.pk] == by_python
            assert (on_its_page is None) == (by_python is None)
            assert on_its_page is None or on_its_page - max(by_python or now, now) < HOUR / 2
        plan_messages(now=now)
        asked = Patient.objects.filter(pk__in=ids, asked_at=now).values_list("pk", flat=True)

        asks = {key: max(at, now) for key, at in by_sql.items() if at}
        assert set(asked) == {key for key, at in asks.items() if at == now}
        assert {ask.patient_id for ask in promised.asks} == asks.keys()
        assert promised.within_a_day == sum(at <= now + DAY for at in asks.values())
        transaction.set_rollback(True)


def test_outlook_counts_a_person_with_two_appointments_once(campaign: Campaign, user: User) -> None:
    first = create_patient(campaign, hours_ago=1, phone="+593991234567")
    create_patient(campaign, hours_ago=0, phone="+593991234567")

    with tenancy.within(campaign.workspace_id):
        promised = outlook.read_outlook(campaign.workspace, visible_to=user)

    assert [ask.patient_id for ask in promised.asks] == [first.pk]
    assert promised.within_a_day == 1


def test_page_of_patient_says_when_rest_ends_in_time(campaign: Campaign) -> None:
    patient = create_patient(campaign, phone="+593991234567")
    asked_at = timezone.now() - 40 * HOUR
    create_patient(campaign, hours_ago=43, phone="+593991234567", asked_at=asked_at)

    with tenancy.within(campaign.workspace_id):
        standing = standing_of(patient)

    assert (standing.reason, standing.ask_at) == ("", asked_at + 2 * DAY)
