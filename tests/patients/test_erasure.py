"""Hidden and silent at once, brought back exactly as it was, and never lifted by anyone else."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from patients import erasure
from patients.models import Patient, Suppression, SuppressionReason
from patients.suppressions import lift_suppression, suppress_address
from tests.concurrency import run_concurrently
from tests.factories import PatientFactory, UserFactory, WorkspaceFactory
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db

PHONE, EMAIL = "+593991234567", "ana@example.com"
Kept = list[tuple[str, str, str]]


@pytest.fixture
def workspace() -> Workspace:
    workspace: Workspace = WorkspaceFactory.create()
    return workspace


@pytest.fixture
def owner(workspace: Workspace) -> User:
    owner: User = UserFactory.create(workspace=workspace, name="Dra. Dueña")
    return owner


@pytest.fixture
def ana(workspace: Workspace) -> Patient:
    ana: Patient = PatientFactory.create(
        workspace=workspace, name="Ana Pérez", phone=PHONE, email=EMAIL
    )
    return ana


def erase(*patients: Patient, by: User | None = None, spared: tuple[Patient, ...] = ()) -> None:
    with tenancy.within(patients[0].workspace_id):
        erasure.erase_patients(patients=patients, spared=spared, by=by)


def restore(*patients: Patient, by: User | None = None) -> None:
    with tenancy.within(patients[0].workspace_id):
        erasure.restore_patients(patients=patients, by=by)


def suppress(workspace: Workspace, reason: SuppressionReason, address: str = PHONE) -> None:
    with tenancy.within(workspace.pk):
        suppress_address(workspace_id=workspace.pk, address=address, reason=reason)


def suppressions(workspace: Workspace) -> Kept:
    with tenancy.within(workspace.pk):
        rows = Suppression.objects.within(workspace).order_by("address")
        return [(row.address, row.reason, row.reason_before) for row in rows]


def everything(workspace: Workspace) -> list[list[dict[str, object]]]:
    """All that is known of its patients and of whom not to write to, but for when it changed."""
    with tenancy.within(workspace.pk):
        rows = [
            list(model.objects.within(workspace).order_by("pk").values())
            for model in (Patient, Suppression)
        ]
    return [[{**row, "updated_at": None} for row in found] for found in rows]


def reload_patient(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def test_erased_patient_is_hidden_and_all_addresses_are_suppressed(
    ana: Patient, workspace: Workspace
) -> None:
    erase(ana)

    assert reload_patient(ana).data_deleted_at
    assert suppressions(workspace) == [(PHONE, "ERASURE", ""), (EMAIL, "ERASURE", "")]


def test_address_shared_with_a_spared_patient_is_not_suppressed(
    ana: Patient, workspace: Workspace
) -> None:
    husband = PatientFactory.create(workspace=workspace, email=EMAIL)
    erase(ana, spared=(husband,))

    assert suppressions(workspace) == [(PHONE, "ERASURE", "")]
    assert reload_patient(husband).data_deleted_at is None


@pytest.mark.parametrize("reason", [r for r in SuppressionReason if r != "ERASURE"])
def test_restore_returns_the_same_data(
    reason: SuppressionReason, ana: Patient, workspace: Workspace
) -> None:
    suppress(workspace, reason)
    before = everything(workspace)

    erase(ana)
    assert everything(workspace) != before
    assert suppressions(workspace)[0] == (PHONE, "ERASURE", reason)
    restore(ana)

    assert everything(workspace) == before


def test_restored_patient_may_be_asked_again(ana: Patient, workspace: Workspace) -> None:
    before = everything(workspace)
    erase(ana)
    restore(ana)

    assert everything(workspace) == before
    assert suppressions(workspace) == []


def test_opt_out_after_the_erasure_is_kept_by_the_restore(
    ana: Patient, workspace: Workspace
) -> None:
    suppress(workspace, SuppressionReason.UNREACHABLE)
    erase(ana)
    suppress(workspace, SuppressionReason.REPLY)
    restore(ana)

    assert suppressions(workspace) == [(PHONE, "REPLY", "")]
    assert reload_patient(ana).opted_out_at


def test_start_does_not_lift_an_erasure(ana: Patient, workspace: Workspace) -> None:
    suppress(workspace, SuppressionReason.REPLY)
    erase(ana)
    with tenancy.within(workspace.pk):
        assert not lift_suppression(workspace_id=workspace.pk, address=PHONE)

    assert suppressions(workspace)[0] == (PHONE, "ERASURE", "REPLY")


def test_second_erasure_changes_nothing(ana: Patient, workspace: Workspace) -> None:
    erase(ana)
    before = everything(workspace)
    erase(ana)

    assert everything(workspace) == before


def test_restore_keeps_suppression_of_another_erased_patient(
    ana: Patient, workspace: Workspace
) -> None:
    other = PatientFactory.create(workspace=workspace, phone=PHONE)
    erase(ana)
    erase(other)
    restore(ana)

    assert suppressions(workspace) == [(PHONE, "ERASURE", "")]
    assert reload_patient(other).data_deleted_at


def test_restore_is_refused_after_the_grace(ana: Patient, settings: Settings) -> None:
    erase(ana)
    settings.ERASURE_GRACE_DAYS = 0

    with pytest.raises(ProblemError):
        restore(ana)
    assert reload_patient(ana).data_deleted_at


def test_grace_is_thirty_days(ana: Patient) -> None:
    erase(ana)

    assert settings.ERASURE_GRACE_DAYS == 30
    left = erasure.ends_at(reload_patient(ana)) - timezone.now()
    assert timedelta(days=29, hours=23) < left <= timedelta(days=30)


def test_erasure_and_restore_are_audited_without_personal_data(ana: Patient, owner: User) -> None:
    erase(ana, by=owner)
    restore(ana, by=owner)

    with tenancy.within(ana.workspace_id):
        events = list(AuditEvent.objects.filter(entity_id=ana.pk).order_by("at"))
    assert [event.action for event in events] == ["patient.erase", "patient.restore"]
    for event in events:
        assert event.actor_name == owner.name
        told = f"{event.entity_name} {event.old} {event.new}"
        assert not any(part in told for part in (ana.name, ana.phone, ana.email))


def test_erasure_does_not_change_another_clinic(ana: Patient) -> None:
    elsewhere = PatientFactory.create(phone=PHONE)
    erase(ana)

    assert reload_patient(elsewhere).data_deleted_at is None
    assert suppressions(elsewhere.workspace) == []


@pytest.mark.django_db(transaction=True)
def test_concurrent_opt_out_is_kept() -> None:
    workspace = WorkspaceFactory.create()
    for number in range(5):
        phone = f"+59399000000{number}"
        patient = PatientFactory.create(workspace=workspace, phone=phone)
        run_concurrently(
            lambda patient=patient: erase(patient),  # type: ignore[misc]
            lambda phone=phone: suppress(workspace, SuppressionReason.REPLY, phone),  # type: ignore[misc]
            lambda patient=patient: erase(patient),  # type: ignore[misc]
        )
        restore(patient)
        assert reload_patient(patient).opted_out_at
        assert suppressions(workspace)[number] == (phone, "REPLY", "")
