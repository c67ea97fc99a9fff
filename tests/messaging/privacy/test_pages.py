"""What an owner does for a person who asks: finds, hands over, erases, brings back."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.models import AuditEvent
from patients import consent
from patients.models import Patient
from tests.factories import (
    ImportProblemFactory,
    PatientFactory,
    PracticeFactory,
    SuppressionFactory,
    UserFactory,
)
from tests.messaging.privacy.person import EMAIL, NAME, PHONE, Held, everywhere
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Held:
    return everywhere()


@pytest.fixture
def owner(held: Held, client: Client) -> Client:
    client.force_login(UserFactory.create(workspace=held.workspace, language="en"))
    return client


def fresh(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def find(client: Client, address: str) -> str:
    response = client.post(reverse("find_person"), {"address": address}, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def hand_over(client: Client, patient: Patient, form: str) -> HttpResponse:
    """As the page offers it: with the appointments that are chosen beforehand."""
    path = reverse("patient_export", args=[patient.pk])
    offered = client.get(path).context["form"]
    chosen = [str(pk) for pk in offered["rows"].initial]
    response = client.post(path, {"format": form, "rows": chosen})
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize("typed", ["099 887 7665", PHONE, EMAIL.upper(), f"  {EMAIL} "])
def test_a_person_is_found_as_people_write_it(held: Held, owner: Client, typed: str) -> None:
    PracticeFactory.create(workspace=held.workspace, country="EC")
    page = find(owner, typed)

    for part in (NAME, PHONE, EMAIL, "Rated 2 of 5", held.listed.filename):
        assert part in page


def test_what_was_typed_stands_in_no_address(held: Held, owner: Client) -> None:
    response = owner.post(reverse("find_person"), {"address": PHONE})

    assert response["Location"] == reverse("person", args=[held.patient.pk])


def test_a_person_who_is_only_suppressed_is_found(held: Held, owner: Client) -> None:
    phone = "+593981234567"
    SuppressionFactory.create(
        workspace=held.workspace, address="", digest=consent.hash_address(phone), reason="ERASURE"
    )

    assert "erased for good" in find(owner, phone)


def test_nobody_is_nobody_and_a_slip_is_said(owner: Client) -> None:
    assert "Nothing is held" in find(owner, "nadie@example.com")
    assert "There is no such phone number" in find(owner, "12")


def test_the_export_for_programs_holds_everything_with_its_moment(
    held: Held, owner: Client
) -> None:
    PatientFactory.create(workspace=held.workspace, name="Otra Persona", email="otra@example.com")
    response = hand_over(owner, held.patient, "json")

    assert response["Content-Disposition"].startswith("attachment")
    exported: dict[str, Any] = json.loads(response.content)
    assert exported["format"] == "reputation-manager/person/1"
    assert exported["addresses"] == [PHONE, EMAIL]
    [visit] = exported["appointments"]
    assert (visit["name"], visit["phone"], visit["email"]) == (NAME, PHONE, EMAIL)
    assert visit["appointment_time"].endswith("-05:00")
    assert visit["consent"]["given"] is True
    assert visit["consent"]["words"]
    assert visit["list"] == {
        "file": held.listed.filename,
        "row": 3,
        "uploaded_at": visit["list"]["uploaded_at"],
    }
    assert [message["rating"] for message in visit["messages"]] == [2, None, None]
    assert len(visit["replies"]) == len(visit["feedback"]) == 1
    assert visit["feedback"][0]["notes"]
    assert exported["suppressions"][0]["address"] == PHONE
    assert [row["cells"][0] for row in exported["refused_rows"]] == ["Z.", "Z."]
    assert "Otra Persona" not in response.content.decode()
    assert "otra@example.com" not in response.content.decode()


def test_whoever_shares_an_e_mail_is_not_handed_over(held: Held, owner: Client) -> None:
    husband = PatientFactory.create(
        workspace=held.workspace, name="Luis", email=EMAIL, phone="+593991230000"
    )
    row = ImportProblemFactory.create(workspace=held.workspace, cells=["Luis", "0991230000"])

    for form in ("json", "page"):
        told = hand_over(owner, held.patient, form).content.decode()
        assert NAME in told
        assert not any(part in told for part in ("Luis", husband.phone, *row.cells))


def test_the_export_for_paper_says_the_same(held: Held, owner: Client) -> None:
    response = hand_over(owner, held.patient, "page")

    page = response.content.decode()
    for part in (NAME, PHONE, EMAIL, held.listed.filename, "Rated 2 of 5"):
        assert part in page


def test_an_export_is_written_down_and_names_nobody(held: Held, owner: Client) -> None:
    owner.get(reverse("person", args=[held.patient.pk]))
    owner.get(reverse("patient_export", args=[held.patient.pk]))
    hand_over(owner, held.patient, "json")

    with tenancy.within(held.workspace.pk):
        [event] = AuditEvent.objects.filter(action="patient.export")
    assert event.entity_id == held.patient.pk
    told = f"{event.entity_name} {event.old} {event.new}"
    assert not any(part in told for part in (NAME, PHONE, EMAIL))


def test_erased_and_brought_back(held: Held, owner: Client) -> None:
    pk = held.patient.pk
    page = owner.get(reverse("patient_erase", args=[pk])).content.decode()
    assert NAME in page
    response = owner.post(reverse("patient_erase", args=[pk]), {"rows": [str(pk)]}, follow=True)

    assert "Bring it back" in response.content.decode()
    assert fresh(held.patient).data_deleted_at
    assert "Bring it back" in find(owner, PHONE)

    owner.post(reverse("patient_restore", args=[pk]))
    assert fresh(held.patient).data_deleted_at is None


def test_whoever_is_left_out_stays(held: Held, owner: Client) -> None:
    husband = PatientFactory.create(workspace=held.workspace, name="Luis", email=EMAIL)
    path = reverse("patient_erase", args=[held.patient.pk])
    page = owner.get(path)
    assert "different names" in page.content.decode()
    assert page.context["form"]["rows"].initial == [held.patient.pk]
    owner.post(path, {"rows": [str(held.patient.pk)]})

    assert fresh(held.patient).data_deleted_at
    assert fresh(husband).data_deleted_at is None


def test_to_erase_nobody_is_a_slip(held: Held, owner: Client) -> None:
    response = owner.post(reverse("patient_erase", args=[held.patient.pk]), {"sent": "1"})

    assert "Choose at least one appointment." in response.content.decode()
    assert fresh(held.patient).data_deleted_at is None


def test_a_row_of_somebody_else_cannot_be_slipped_in(held: Held, owner: Client) -> None:
    other = PatientFactory.create(workspace=held.workspace)
    path = reverse("patient_erase", args=[held.patient.pk])
    owner.post(path, {"rows": [str(held.patient.pk), str(other.pk)]})

    assert fresh(other).data_deleted_at is None


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
@pytest.mark.parametrize(
    "name", ["person", "patient_export", "patient_erase", "patient_restore", "find_person"]
)
def test_only_owners_come_in(held: Held, client: Client, role: str, name: str) -> None:
    client.force_login(UserFactory.create(workspace=held.workspace, role=role))
    path = reverse(name, args=[] if name == "find_person" else [held.patient.pk])

    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403


def test_the_page_costs_the_same_for_one_visit_and_for_many(
    held: Held, owner: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        PatientFactory.create(workspace=held.workspace, phone=PHONE)
    # Three of them note the activity of a session that has just begun.
    with django_assert_max_num_queries(31):
        owner.get(reverse("person", args=[held.patient.pk]))
