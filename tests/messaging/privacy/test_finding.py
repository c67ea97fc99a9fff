"""Which visits belong to one person, and which only seem to."""

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


def find(workspace: Workspace, address: str) -> FoundPerson:
    with tenancy.within(workspace.pk):
        return person_search.find_by_address(workspace, address)


def create_visit(workspace: Workspace, **fields: str) -> Patient:
    patient: Patient = PatientFactory.create(workspace=workspace, **{"phone": "", **fields})
    return patient


def test_visit_with_both_connects_phone_and_email(workspace: Workspace) -> None:
    by_phone = create_visit(workspace, phone=PHONE)
    with_both = create_visit(workspace, phone=PHONE, email=EMAIL)
    by_email = create_visit(workspace, email=EMAIL)
    create_visit(workspace, phone="+593990000000")

    for address in (PHONE, EMAIL):
        person = find(workspace, address)
        assert {one.pk for one in person.patients} == {by_phone.pk, with_both.pk, by_email.pk}
        assert person.addresses == [PHONE, EMAIL]


def test_chain_is_followed_one_step_and_its_next_address_listed(workspace: Workspace) -> None:
    """A family's e-mail must not lead from the mother over the father to his mother."""
    mother = create_visit(workspace, phone=PHONE, email=EMAIL)
    father = create_visit(workspace, phone=OLD_PHONE, email=EMAIL)
    create_visit(workspace, phone=OLD_PHONE, email="suegra@example.com")

    person = find(workspace, PHONE)

    assert {one.pk for one in person.patients} == {mother.pk, father.pk}
    assert person.other_addresses == [OLD_PHONE]


def test_names_are_compared_without_case_and_spaces(workspace: Workspace) -> None:
    create_visit(workspace, phone=PHONE, name="Ana Pérez")
    create_visit(workspace, phone=PHONE, name="ANA  PÉREZ")
    create_visit(workspace, phone=PHONE, name="Luis Pérez")

    assert len(find(workspace, PHONE).names) == 2


def test_phone_of_a_reception_has_too_many_visits(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_search, "MAX_VISITS", 3)
    rows = [create_visit(workspace, phone=PHONE) for _ in range(4)]

    person = find(workspace, PHONE)

    assert person.has_too_many
    assert [one.pk for one in person.patients] == [one.pk for one in rows[:0:-1]]


def test_erased_visits_are_listed_separately(workspace: Workspace) -> None:
    erased, stays = create_visit(workspace, phone=PHONE), create_visit(workspace, phone=PHONE)
    with tenancy.within(workspace.pk):
        erasure.erase_patients(patients=[erased], by=None)

    person = find(workspace, PHONE)

    assert [one.pk for one in person.erased] == [erased.pk]
    assert [one.pk for one in person.patients] == [stays.pk]
    assert [one.reason for one in person.suppressions] == ["ERASURE"]


@pytest.mark.parametrize("cell", ["0991234567", "099 123-4567", "+593 99 123 4567", "991234567.0"])
def test_refused_row_is_found_by_any_spelling_of_its_number(
    workspace: Workspace, cell: str
) -> None:
    row = ImportProblemFactory.create(workspace=workspace, cells=["Ana", cell, "hoy"])
    ImportProblemFactory.create(workspace=workspace, cells=["Ana", "0987654321", "hoy"])
    ImportProblemFactory.create(cells=["Ana", cell, "hoy"])

    person = find(workspace, PHONE)

    assert [one.pk for one in person.refused] == [row.pk]
    assert person.is_known


def test_person_of_another_workspace_is_not_found(workspace: Workspace) -> None:
    PatientFactory.create(phone=PHONE, email=EMAIL)

    assert not find(workspace, PHONE).is_known
