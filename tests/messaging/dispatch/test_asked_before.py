"""Nobody is asked twice about an appointment or too soon again, even after rows were anonymized."""

import itertools
import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from core.errors import ProblemError
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.models import Message
from messaging.privacy import retention
from patients import actions, past_asks
from patients.actions import PatientDetails
from patients.models import PastAsk, Patient
from patients.upsert import SentRecord, UpsertOutcome, UpsertResult, upsert_patients
from tests.factories import PatientFactory, UserFactory, WorkspaceFactory
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from tests.patients.imports.lists import get_patients, get_visit_time, import_list, make_row
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def clinic(**fields: Any) -> Workspace:
    workspace: Workspace = WorkspaceFactory.create(
        **{"keep_patients_days": 7, "ask_again_after_days": 30, "undo_minutes": 0} | fields
    )
    return workspace


def anonymize(workspace: Workspace, *, now: datetime | None = None) -> None:
    list(retention.run_retention(workspace_id=workspace.pk, now=now))


def reload_patient(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.get(pk=patient.pk)


def forgotten_after_ask(campaign: Campaign, *, days: int, **fields: Any) -> str:
    """Create a patient who was asked `days` ago and anonymized by retention. Return the phone."""
    asked_at = timezone.now() - days * DAY
    fields = {"phone": "+593991234567"} | fields
    patient = create_patient(campaign, hours_ago=days * 24 + 3, asked_at=asked_at, **fields)
    phone = str(patient.phone)
    anonymize(campaign.workspace)
    assert reload_patient(patient).phone == ""
    return phone


def sent_by_a_program(campaign: Campaign, at: datetime, **values: Any) -> UpsertResult:
    with tenancy.within(campaign.workspace_id):
        [result] = upsert_patients(
            campaign=campaign,
            sent=[SentRecord(0, {"appointment_time": at, "has_consent": True} | values)],
            by=UserFactory.create(workspace=campaign.workspace),
            source="API",
        )
    return result


def test_patient_forgotten_within_rest_is_not_asked_for_another_appointment() -> None:
    campaign = running_campaign(clinic())
    phone = forgotten_after_ask(campaign, days=8)

    listed = import_list(campaign, [make_row(phone=phone), make_row("Otra", "0990000001")])
    assert listed.forecast == {"asked_lately": 1}
    asked_too_early = plan_messages(now=timezone.now() + 2 * HOUR)

    assert asked_too_early == 1
    assert [one.name for one in get_patients(campaign) if one.asked_at and one.name] == ["Otra"]


def test_patient_forgotten_within_rest_is_asked_when_the_rest_ends_in_time() -> None:
    campaign = running_campaign(clinic(ask_again_after_days=9))
    phone = forgotten_after_ask(campaign, days=8)
    listed = import_list(campaign, [make_row(phone=phone)])

    assert listed.will_be_asked == 1
    assert listed.first_ask_at
    assert listed.first_ask_at > timezone.now() + 20 * HOUR
    assert plan_messages(now=timezone.now() + 23 * HOUR) == 0
    assert plan_messages(now=timezone.now() + 25 * HOUR) == 1


def test_patient_sent_by_a_program_within_rest_is_not_asked() -> None:
    campaign = running_campaign(clinic())
    phone = forgotten_after_ask(campaign, days=8)

    sent_by_a_program(campaign, timezone.now() - 3 * HOUR, phone=phone)

    assert plan_messages() == 0


def test_waiting_patient_learns_of_the_ask_when_another_row_is_forgotten() -> None:
    campaign = running_campaign(clinic())
    asked_at = timezone.now() - 8 * DAY
    old = create_patient(campaign, hours_ago=8 * 24 + 3, asked_at=asked_at)
    waiting = create_patient(campaign, phone=old.phone)
    by_email = create_patient(campaign, phone="", email="ana@example.com")
    create_patient(campaign, hours_ago=8 * 24, asked_at=asked_at, email="ana@example.com")
    anonymize(campaign.workspace)

    assert reload_patient(waiting).asked_before_at == asked_at
    assert reload_patient(by_email).asked_before_at == asked_at
    assert plan_messages() == 0


def test_row_that_slipped_past_the_import_is_held_back_by_the_claim() -> None:
    """As if retention had anonymized the other row during the import of this one."""
    sender = shared_sender()
    campaign = running_campaign(clinic())
    phone = forgotten_after_ask(campaign, days=8)
    create_patient(campaign, phone=phone)

    assert plan_messages() == 1
    assert claim_batch(sender=sender, limit=10) == []
    assert [(one.status, one.error) for one in find_messages()] == [("CANCELLED", "asked lately")]


def test_corrected_phone_does_not_let_the_old_one_be_asked_about_the_visit_again() -> None:
    """With a rest of one day, the list of yesterday could ask a second time."""
    campaign = running_campaign(clinic(ask_again_after_days=1))
    at = get_visit_time(hours_ago=30)
    patient = PatientFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        phone="+593991234567",
        appointment_time=at,
        asked_at=timezone.now() - 26 * HOUR,
    )
    with tenancy.within(campaign.workspace_id):
        actions.change(
            patient=patient,
            details=PatientDetails("Ana", "+593990000009", "", "SMS", "es"),
            by=UserFactory.create(workspace=campaign.workspace),
        )

    listed = import_list(campaign, [make_row(phone="0991234567", at=at)])
    result = sent_by_a_program(campaign, at, phone="0991234567")

    assert (listed.rows_new, listed.rows_known) == (0, 1)
    assert (result.outcome, result.reason) == (UpsertOutcome.UNCHANGED, "asked_lately")
    assert plan_messages() == 0


def test_changed_email_of_an_asked_patient_is_remembered() -> None:
    campaign = running_campaign(clinic())
    at = get_visit_time(hours_ago=3)
    values = {"phone": "0991234567", "email": "ana@example.com", "preferred_channel": "EMAIL"}
    sent_by_a_program(campaign, at, **values)
    assert plan_messages() == 1
    sent_by_a_program(campaign, at, **values | {"email": "otra@example.com"})

    sent_by_a_program(campaign, at + HOUR, phone="0990000001", email="ana@example.com")

    assert plan_messages() == 0


def test_moved_appointment_does_not_let_its_old_time_be_asked_again() -> None:
    campaign = running_campaign(clinic(ask_again_after_days=1))
    at = get_visit_time(hours_ago=30)
    phone = "+593991234567"
    patient = create_patient(campaign, phone=phone, asked_at=timezone.now() - 26 * HOUR)
    with tenancy.within(campaign.workspace_id):
        Patient.objects.filter(pk=patient.pk).update(appointment_time=at)
        by = UserFactory.create(workspace=campaign.workspace)
        actions.move(patient=patient, to=timezone.now() + 3 * DAY, by=by)

    assert import_list(campaign, [make_row(phone="0991234567", at=at)]).rows_new == 0
    assert plan_messages() == 0


def test_same_appointment_in_two_campaigns_is_asked_about_once() -> None:
    workspace = clinic(ask_again_after_days=1)
    at = timezone.now() - 50 * HOUR
    first = running_campaign(workspace)
    second = running_campaign(practice=first.practice)
    fields = {"workspace": workspace, "phone": "+593991234567", "appointment_time": at}
    PatientFactory.create(campaign=first, asked_at=timezone.now() - 30 * HOUR, **fields)
    PatientFactory.create(campaign=second, **fields)

    assert plan_messages() == 0


def test_people_who_share_an_email_are_not_asked_in_the_same_moment() -> None:
    campaign = running_campaign(clinic())
    earlier = create_patient(campaign, hours_ago=5, email="familia@example.com")
    later = create_patient(campaign, hours_ago=4, email="familia@example.com")

    assert plan_messages() == 1
    assert reload_patient(later).asked_at
    assert reload_patient(earlier).asked_at is None


def test_past_asks_are_dropped_when_they_can_hold_nobody_back() -> None:
    campaign = running_campaign(clinic())
    forgotten_after_ask(campaign, days=8)
    with tenancy.platform("test"):
        assert PastAsk.objects.count() == 1
    anonymize(campaign.workspace, now=timezone.now() + 21 * DAY)
    with tenancy.platform("test"):
        assert PastAsk.objects.count() == 1
    anonymize(campaign.workspace, now=timezone.now() + 23 * DAY)

    with tenancy.platform("test"):
        assert PastAsk.objects.count() == 0


def test_ask_that_cannot_matter_any_more_is_not_remembered() -> None:
    campaign = running_campaign(clinic(ask_again_after_days=5))
    forgotten_after_ask(campaign, days=8)

    with tenancy.platform("test"):
        assert PastAsk.objects.count() == 0


def test_another_clinic_may_ask_the_same_phone() -> None:
    phone = forgotten_after_ask(running_campaign(clinic()), days=8)
    import_list(running_campaign(clinic()), [make_row(phone=phone)])

    assert plan_messages(now=timezone.now() + 2 * HOUR) == 1


PHONES = [f"+59399123450{n}" for n in range(3)]
EMAILS = ["", "", "uno@example.com", "dos@example.com"]


@pytest.mark.parametrize("seed", range(3))
def test_no_address_is_asked_twice_whatever_happens_to_its_rows(seed: int) -> None:
    """Imports, API calls, plans, retention and corrections in any order, over three weeks."""
    chance = random.Random(seed)  # noqa: S311 - a story that comes back
    rest = chance.choice([1, 3, 10, 30])
    workspace = clinic(ask_again_after_days=rest)
    campaign = running_campaign(workspace, scheduled_hours_after=chance.choice([0, 2, 48]))
    by = UserFactory.create(workspace=workspace)
    start = timezone.now().replace(second=0, microsecond=0)
    visits = [start + chance.randrange(-4, 20) * DAY - 2 * HOUR for _ in range(6)]
    asked: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    sender = shared_sender()

    for step in range(45):
        now = start + step * 11 * HOUR
        with tenancy.within(workspace.pk):
            rows = [
                SentRecord(
                    number,
                    {
                        "phone": chance.choice(PHONES),
                        "email": chance.choice(EMAILS),
                        "appointment_time": chance.choice(visits),
                        "has_consent": True,
                    },
                )
                for number in range(3)
            ]
            upsert_patients(campaign=campaign, sent=rows, by=by, source="API")
            living = list(Patient.objects.within(workspace).filter(data_deleted_at=None))
            if living and chance.random() < 0.4:
                change_something(chance, chance.choice(living), visits, by)
        while plan_messages(now=now):
            pass
        leaving = {message.id for message in claim_batch(sender=sender, limit=100, now=now)}
        with tenancy.within(workspace.pk):
            for message in Message.objects.filter(pk__in=leaving).select_related("patient"):
                patient = message.patient
                for address in filter(None, (patient.phone, patient.email)):
                    asked[address].append((now, patient.appointment_time))
        if chance.random() < 0.5:
            anonymize(workspace, now=now)

    assert sum(map(len, asked.values())) >= 3
    for asks in asked.values():
        moments = [moment for moment, _visit in asks]
        assert all(later - earlier >= rest * DAY for earlier, later in itertools.pairwise(moments))
        assert len({visit for _moment, visit in asks}) == len(asks)


def change_something(
    chance: random.Random, patient: Patient, visits: list[datetime], by: Any
) -> None:
    """Do it as a member does. A refused change has no effect."""
    try:
        if chance.random() < 0.3:
            actions.move(patient=patient, to=chance.choice(visits), by=by)
        else:
            phone, email = chance.choice(PHONES), chance.choice(EMAILS)
            actions.change(
                patient=patient, details=PatientDetails("", phone, email, "SMS", "es"), by=by
            )
    except ProblemError:
        pass


def test_past_ask_contains_only_a_digest() -> None:
    campaign = running_campaign(clinic())
    phone = forgotten_after_ask(campaign, days=8)

    with tenancy.within(campaign.workspace_id):
        [past] = past_asks.past_asks_of(campaign.workspace_id, [phone])
        assert past_asks.past_asks_of(campaign.workspace_id, ["+593990000000"]) == []
    assert phone not in str(vars(past))
