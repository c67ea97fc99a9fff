from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from core import tenancy
from patients.addresses import hash_address
from patients.models import Patient, Suppression, SuppressionReason
from patients.suppressions import lift_suppression, suppress_address
from tests.concurrency import run_concurrently
from tests.factories import PatientFactory, WorkspaceFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

PHONE, EMAIL = "+593991234567", "ana@example.com"


@pytest.fixture
def workspace() -> Workspace:
    workspace: Workspace = WorkspaceFactory.create()
    return workspace


def suppress(
    workspace: Workspace,
    address: str = PHONE,
    reason: SuppressionReason = SuppressionReason.REPLY,
) -> bool:
    with tenancy.within(workspace.pk):
        return suppress_address(workspace_id=workspace.pk, address=address, reason=reason)


def readmit(workspace: Workspace, address: str = PHONE) -> bool:
    with tenancy.within(workspace.pk):
        return lift_suppression(workspace_id=workspace.pk, address=address)


def suppressions(workspace: Workspace) -> list[tuple[str, str]]:
    with tenancy.within(workspace.pk):
        rows = Suppression.objects.within(workspace.pk).order_by("id")
        return [(row.address, row.reason) for row in rows]


def reload_patient(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def test_opt_out_marks_every_patient_with_the_address(workspace: Workspace) -> None:
    visits = [PatientFactory.create(workspace=workspace, phone=PHONE) for _ in range(2)]
    another = PatientFactory.create(workspace=workspace)
    elsewhere = PatientFactory.create(phone=PHONE)
    assert suppress(workspace)

    assert all(reload_patient(visit).opted_out_at for visit in visits)
    assert reload_patient(another).opted_out_at is None
    assert reload_patient(elsewhere).opted_out_at is None


def test_opt_out_is_kept_when_the_person_is_added_again(workspace: Workspace) -> None:
    suppress(workspace)
    PatientFactory.create(workspace=workspace, phone=PHONE)

    assert suppressions(workspace) == [(PHONE, SuppressionReason.REPLY)]


def test_second_opt_out_changes_nothing(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone=PHONE)
    assert suppress(workspace)
    first = reload_patient(patient).opted_out_at

    assert not suppress(workspace, reason=SuppressionReason.LINK)
    assert reload_patient(patient).opted_out_at == first
    assert suppressions(workspace) == [(PHONE, SuppressionReason.REPLY)]


@pytest.mark.parametrize("written", [EMAIL, "ANA@Example.COM", "  ana@example.com "])
def test_email_is_compared_without_case_and_blanks(written: str, workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone="", email=EMAIL)
    suppress(workspace, written)

    assert suppressions(workspace) == [(EMAIL, SuppressionReason.REPLY)]
    assert reload_patient(patient).opted_out_at


def test_unreachable_number_is_no_opt_out(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone=PHONE, email=EMAIL)
    suppress(workspace, reason=SuppressionReason.UNREACHABLE)

    assert reload_patient(patient).opted_out_at is None
    assert suppressions(workspace) == [(PHONE, SuppressionReason.UNREACHABLE)]


def test_opt_out_replaces_unreachable_as_the_reason(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone=PHONE)
    suppress(workspace, reason=SuppressionReason.UNREACHABLE)
    suppress(workspace, reason=SuppressionReason.REPLY)
    suppress(workspace, reason=SuppressionReason.UNREACHABLE)

    assert suppressions(workspace) == [(PHONE, SuppressionReason.REPLY)]
    assert reload_patient(patient).opted_out_at


def test_lifted_suppression_allows_messages(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone=PHONE)
    suppress(workspace)

    assert readmit(workspace)
    assert not readmit(workspace)
    assert reload_patient(patient).opted_out_at is None
    assert suppressions(workspace) == []


def test_suppression_by_an_erasure_cannot_be_lifted(workspace: Workspace) -> None:
    suppress(workspace, reason=SuppressionReason.ERASURE)

    assert not readmit(workspace)
    assert suppressions(workspace) == [(PHONE, SuppressionReason.ERASURE)]


def test_lifted_suppression_does_not_change_another_clinic(workspace: Workspace) -> None:
    other = WorkspaceFactory.create()
    suppress(workspace)
    suppress(other)
    readmit(workspace)

    assert len(suppressions(other)) == 1


def test_digest_matches_the_address_without_containing_it(settings: Settings) -> None:
    digest = hash_address(" Ana@Example.com")

    assert digest == hash_address(EMAIL)
    assert "ana" not in digest
    settings.ADDRESS_DIGEST_KEY = "another"
    assert digest != hash_address(EMAIL)


def test_suppression_stores_its_time(workspace: Workspace) -> None:
    suppress(workspace)
    with tenancy.within(workspace.pk):
        assert timezone.now() - Suppression.objects.get().at < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_concurrent_opt_outs_are_stored_once() -> None:
    workspace = WorkspaceFactory.create()

    assert sorted(run_concurrently(*[lambda: suppress(workspace)] * 3)) == [False, False, True]
    assert len(suppressions(workspace)) == 1
