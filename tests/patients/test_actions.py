from datetime import timedelta

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import CampaignStatus
from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from messaging.dispatch import planning
from messaging.models import Message
from patients import actions
from patients.actions import PatientDetails
from patients.addresses import hash_address
from patients.models import Patient, Suppression, SuppressionReason
from patients.suppressions import suppress_address
from tests.factories import CampaignFactory, PatientFactory, SuppressionFactory, UserFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db

PHONE, OTHER_PHONE, EMAIL = "+593991234567", "+593987654321", "ana@example.com"


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create(name="Dra. Paz")
    return user


@pytest.fixture
def patient(owner: User) -> Patient:
    patient: Patient = PatientFactory.create(
        workspace=owner.workspace, name="Ana Zoraida", phone=PHONE, email=EMAIL
    )
    return patient


def details(patient: Patient, **changed: str) -> PatientDetails:
    fields = PatientDetails.__dataclass_fields__
    return PatientDetails(**{field: getattr(patient, field) for field in fields} | changed)


def reload_patient(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def change(patient: Patient, by: User, **changed: str) -> None:
    with tenancy.within(patient.workspace_id):
        actions.change(patient=patient, details=details(patient, **changed), by=by)


def trail(patient: Patient) -> list[AuditEvent]:
    with tenancy.within(patient.workspace_id):
        return list(AuditEvent.objects.within(patient.workspace_id).order_by("pk"))


def test_change_is_saved_and_audited_without_personal_data(patient: Patient, owner: User) -> None:
    change(patient, owner, name="Eva Paz", phone=OTHER_PHONE, email="", language="en")

    now = reload_patient(patient)
    assert (now.name, now.phone, now.email, now.language) == ("Eva Paz", OTHER_PHONE, "", "en")
    (event,) = trail(patient)
    assert (event.action, event.entity_name) == ("patient.change", patient.campaign.name)
    assert event.old == {"name": "•••", "phone": "•••", "email": "•••", "language": "es"}
    assert event.new == {"name": "•••", "phone": "•••", "email": "", "language": "en"}


def test_unchanged_patient_is_not_audited(patient: Patient, owner: User) -> None:
    change(patient, owner)

    assert trail(patient) == []


def test_change_of_a_stale_state_is_refused(patient: Patient, owner: User) -> None:
    seen_at = patient.updated_at
    change(patient, owner, name="Eva")

    with pytest.raises(ProblemError), tenancy.within(patient.workspace_id):
        actions.change(
            patient=patient, details=details(patient, name="Ida"), by=owner, seen_at=seen_at
        )
    assert reload_patient(patient).name == "Eva"


def test_new_number_that_opted_out_is_not_written_to(patient: Patient, owner: User) -> None:
    with tenancy.within(patient.workspace_id):
        suppress_address(
            workspace_id=patient.workspace_id,
            address=OTHER_PHONE,
            reason=SuppressionReason.REPLY,
        )
    change(patient, owner, phone=OTHER_PHONE)

    assert reload_patient(patient).opted_out_at


def test_new_number_does_not_undo_an_opt_out(patient: Patient, owner: User) -> None:
    with tenancy.within(patient.workspace_id):
        actions.opt_out(patient=patient, by=owner)
    away = reload_patient(patient)
    change(away, owner, phone=OTHER_PHONE, email="")

    assert reload_patient(patient).opted_out_at == away.opted_out_at


def test_change_to_an_erased_address_is_refused(patient: Patient, owner: User) -> None:
    SuppressionFactory.create(
        workspace=owner.workspace,
        address="",
        digest=hash_address(OTHER_PHONE),
        reason=SuppressionReason.ERASURE,
    )

    with pytest.raises(ProblemError):
        change(patient, owner, phone=OTHER_PHONE)
    assert reload_patient(patient).phone == PHONE


def test_second_appointment_at_the_same_time_is_refused(patient: Patient, owner: User) -> None:
    PatientFactory.create(
        workspace=owner.workspace,
        campaign=patient.campaign,
        phone=OTHER_PHONE,
        appointment_time=patient.appointment_time,
    )

    with pytest.raises(ProblemError):
        change(patient, owner, phone=OTHER_PHONE)
    assert reload_patient(patient).phone == PHONE


def test_opt_out_applies_to_every_campaign(patient: Patient, owner: User) -> None:
    elsewhere = PatientFactory.create(workspace=owner.workspace, phone=PHONE)
    by_mail = PatientFactory.create(workspace=owner.workspace, phone="", email=EMAIL)
    with tenancy.within(patient.workspace_id):
        actions.opt_out(patient=patient, by=owner, note="por teléfono")
        kept = Suppression.objects.within(owner.workspace_id or patient.workspace_id)
        noted = {(row.address, row.reason, row.note, row.by) for row in kept}

    assert all(reload_patient(one).opted_out_at for one in (patient, elsewhere, by_mail))
    reason = SuppressionReason.STAFF
    assert noted == {(a, reason, "por teléfono", "Dra. Paz") for a in (PHONE, EMAIL)}
    (event,) = trail(patient)
    assert event.action == "patient.opt_out"
    assert PHONE not in str(vars(event))


def test_consent_is_recorded_with_its_evidence_and_withdrawn_without_losing_it(
    owner: User,
) -> None:
    patient = PatientFactory.create(
        workspace=owner.workspace, has_consent=False, consent_at=None, consent_words=""
    )
    with tenancy.within(patient.workspace_id):
        actions.record_consent(patient=patient, words="firmó la ficha", by=owner)
    given = reload_patient(patient)
    assert (given.has_consent, given.consent_words) == (True, "firmó la ficha")
    assert given.consent_by == "Dra. Paz"
    assert given.consent_at

    with tenancy.within(patient.workspace_id):
        actions.withdraw_consent(patient=patient, by=owner)
    withdrawn = reload_patient(patient)
    assert not withdrawn.has_consent
    assert withdrawn.consent_at == given.consent_at
    assert [event.action for event in trail(patient)] == ["patient.consent", "patient.withdraw"]


def plan_at_noon(patient: Patient) -> int:
    noon = timezone.now().replace(hour=17, minute=0)  # in Guayaquil
    with tenancy.platform("test"):
        Patient.objects.filter(pk=patient.pk).update(appointment_time=noon - timedelta(hours=3))
    return planning.plan_messages(now=noon)


@pytest.fixture
def due(owner: User) -> Patient:
    campaign = CampaignFactory.create(workspace=owner.workspace, status=CampaignStatus.ACTIVE)
    patient: Patient = PatientFactory.create(workspace=owner.workspace, campaign=campaign)
    return patient


def test_asked_patient_is_not_asked_again_after_a_move(due: Patient, owner: User) -> None:
    assert plan_at_noon(due) == 1
    with tenancy.within(due.workspace_id):
        later = reload_patient(due).appointment_time + timedelta(days=40)
        actions.move(patient=due, to=later, by=owner)

    assert planning.plan_messages(now=later + timedelta(hours=3)) == 0
    with tenancy.within(due.workspace_id):
        assert Message.objects.count() == 1


def test_moved_patient_is_asked_by_the_new_time(due: Patient, owner: User) -> None:
    to = timezone.now().replace(hour=14, minute=0, second=0) + timedelta(days=5)
    with tenancy.within(due.workspace_id):
        actions.move(patient=due, to=to, by=owner)

    assert planning.plan_messages(now=to + timedelta(hours=1)) == 0
    assert planning.plan_messages(now=to + timedelta(hours=3)) == 1
    (event,) = trail(due)
    assert event.action == "patient.move"


def test_erased_patient_cannot_be_changed(patient: Patient, owner: User) -> None:
    with tenancy.within(patient.workspace_id):
        Patient.objects.filter(pk=patient.pk).update(data_deleted_at=timezone.now())

    with pytest.raises(ProblemError):
        change(patient, owner, name="Eva")


def test_change_needs_few_queries(patient: Patient, owner: User) -> None:
    with (
        tenancy.within(patient.workspace_id),
        CaptureQueriesContext(connections[DEFAULT_DB_ALIAS]) as queries,
    ):
        actions.change(patient=patient, details=details(patient, phone=OTHER_PHONE), by=owner)

    assert len(queries) < 12
