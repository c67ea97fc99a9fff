"""Who belongs together, and who only seems to."""

import pytest

from core import tenancy
from messaging.privacy import person_search
from messaging.privacy.person_search import FoundPerson
from patients import erasure
from patients.models import Patient
from tests.factories import ImportProblemFactory, PatientFactory, WorkspaceFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

PHONE, OLD_PHONE, EMAIL = "+593991234567", "+593981111111", "ana@example.com"


@pytest.fixture
def workspace() -> Workspace:
    workspace: Workspace = WorkspaceFactory.create()
    return workspace


def at(workspace: Workspace, address: str) -> FoundPerson:
    with tenancy.within(workspace.pk):
        return person_search.find_by_address(workspace, address)


def visit(workspace: Workspace, **fields: str) -> Patient:
    patient: Patient = PatientFactory.create(workspace=workspace, **{"phone": "", **fields})
    return patient


def test_a_row_with_both_connects_phone_and_e_mail(workspace: Workspace) -> None:
    by_phone = visit(workspace, phone=PHONE)
    with_both = visit(workspace, phone=PHONE, email=EMAIL)
    by_email = visit(workspace, email=EMAIL)
    visit(workspace, phone="+593990000000")

    for address in (PHONE, EMAIL):
        person = at(workspace, address)
        assert {one.pk for one in person.patients} == {by_phone.pk, with_both.pk, by_email.pk}
        assert person.addresses == [PHONE, EMAIL]


def test_a_chain_is_followed_once_and_its_end_is_named(workspace: Workspace) -> None:
    """A family's e-mail must not lead from the mother over the father to his mother."""
    mother = visit(workspace, phone=PHONE, email=EMAIL)
    father = visit(workspace, phone=OLD_PHONE, email=EMAIL)
    visit(workspace, phone=OLD_PHONE, email="suegra@example.com")

    person = at(workspace, PHONE)

    assert {one.pk for one in person.patients} == {mother.pk, father.pk}
    assert person.other_addresses == [OLD_PHONE]


def test_different_names_are_seen_and_the_same_is_one(workspace: Workspace) -> None:
    visit(workspace, phone=PHONE, name="Ana Pérez")
    visit(workspace, phone=PHONE, name="ANA  PÉREZ")
    visit(workspace, phone=PHONE, name="Luis Pérez")

    assert len(at(workspace, PHONE).names) == 2


def test_the_number_of_a_reception_is_a_crowd(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_search, "MAX_VISITS", 3)
    rows = [visit(workspace, phone=PHONE) for _ in range(4)]

    person = at(workspace, PHONE)

    assert person.has_too_many
    assert [one.pk for one in person.patients] == [one.pk for one in rows[:0:-1]]


def test_erased_rows_are_found_apart_until_they_are_final(workspace: Workspace) -> None:
    erased, stays = visit(workspace, phone=PHONE), visit(workspace, phone=PHONE)
    with tenancy.within(workspace.pk):
        erasure.erase_patients(patients=[erased], by=None)

    person = at(workspace, PHONE)

    assert [one.pk for one in person.erased] == [erased.pk]
    assert [one.pk for one in person.patients] == [stays.pk]
    assert [one.reason for one in person.suppressions] == ["ERASURE"]


@pytest.mark.parametrize("cell", ["0991234567", "099 123-4567", "+593 99 123 4567", "991234567.0"])
def test_a_refused_row_is_found_however_its_number_is_typed(
    workspace: Workspace, cell: str
) -> None:
    row = ImportProblemFactory.create(workspace=workspace, cells=["Ana", cell, "hoy"])
    ImportProblemFactory.create(workspace=workspace, cells=["Ana", "0987654321", "hoy"])
    ImportProblemFactory.create(cells=["Ana", cell, "hoy"])

    person = at(workspace, PHONE)

    assert [one.pk for one in person.refused] == [row.pk]
    assert person.is_known


def test_nobody_is_found_elsewhere(workspace: Workspace) -> None:
    PatientFactory.create(phone=PHONE, email=EMAIL)

    assert not at(workspace, PHONE).is_known
