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


def fresh(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def test_an_opt_out_marks_everyone_at_that_address(workspace: Workspace) -> None:
    visits = [PatientFactory.create(workspace=workspace, phone=PHONE) for _ in range(2)]
    another = PatientFactory.create(workspace=workspace)
    elsewhere = PatientFactory.create(phone=PHONE)
    assert suppress(workspace)

    assert all(fresh(visit).opted_out_at for visit in visits)
    assert fresh(another).opted_out_at is None
    assert fresh(elsewhere).opted_out_at is None


def test_an_opt_out_outlives_a_new_import_of_the_same_person(workspace: Workspace) -> None:
    suppress(workspace)
    PatientFactory.create(workspace=workspace, phone=PHONE)

    assert suppressions(workspace) == [(PHONE, SuppressionReason.REPLY)]


def test_a_second_opt_out_changes_nothing(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone=PHONE)
    assert suppress(workspace)
    first = fresh(patient).opted_out_at

    assert not suppress(workspace, reason=SuppressionReason.LINK)
    assert fresh(patient).opted_out_at == first
    assert suppressions(workspace) == [(PHONE, SuppressionReason.REPLY)]


@pytest.mark.parametrize("written", [EMAIL, "ANA@Example.COM", "  ana@example.com "])
def test_an_e_mail_is_the_same_however_it_is_written(written: str, workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone="", email=EMAIL)
    suppress(workspace, written)

    assert suppressions(workspace) == [(EMAIL, SuppressionReason.REPLY)]
    assert fresh(patient).opted_out_at


def test_a_dead_number_is_not_a_person_who_opted_out(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone=PHONE, email=EMAIL)
    suppress(workspace, reason=SuppressionReason.UNREACHABLE)

    assert fresh(patient).opted_out_at is None
    assert suppressions(workspace) == [(PHONE, SuppressionReason.UNREACHABLE)]


def test_a_persons_own_word_takes_the_place_of_a_dead_number(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone=PHONE)
    suppress(workspace, reason=SuppressionReason.UNREACHABLE)
    suppress(workspace, reason=SuppressionReason.REPLY)
    suppress(workspace, reason=SuppressionReason.UNREACHABLE)

    assert suppressions(workspace) == [(PHONE, SuppressionReason.REPLY)]
    assert fresh(patient).opted_out_at


def test_who_comes_back_may_be_written_to(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, phone=PHONE)
    suppress(workspace)

    assert readmit(workspace)
    assert not readmit(workspace)
    assert fresh(patient).opted_out_at is None
    assert suppressions(workspace) == []


def test_nobody_comes_back_from_an_erasure(workspace: Workspace) -> None:
    suppress(workspace, reason=SuppressionReason.ERASURE)

    assert not readmit(workspace)
    assert suppressions(workspace) == [(PHONE, SuppressionReason.ERASURE)]


def test_coming_back_here_changes_nothing_elsewhere(workspace: Workspace) -> None:
    other = WorkspaceFactory.create()
    suppress(workspace)
    suppress(other)
    readmit(workspace)

    assert len(suppressions(other)) == 1


def test_a_digest_is_recognised_and_cannot_be_read(settings: Settings) -> None:
    digest = hash_address(" Ana@Example.com")

    assert digest == hash_address(EMAIL)
    assert "ana" not in digest
    settings.ADDRESS_DIGEST_KEY = "another"
    assert digest != hash_address(EMAIL)


def test_the_time_of_an_opt_out_is_kept(workspace: Workspace) -> None:
    suppress(workspace)
    with tenancy.within(workspace.pk):
        assert timezone.now() - Suppression.objects.get().at < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_two_opt_outs_at_once_are_one() -> None:
    workspace = WorkspaceFactory.create()

    assert sorted(run_concurrently(*[lambda: suppress(workspace)] * 3)) == [False, False, True]
    assert len(suppressions(workspace)) == 1
