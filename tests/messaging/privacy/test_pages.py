"""What an owner does for a person who asks: finds, hands over, erases, brings back."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.models import AuditEvent
from patients.addresses import hash_address
from patients.models import Patient
from tests.factories import (
    ImportProblemFactory,
    PatientFactory,
    PracticeFactory,
    SuppressionFactory,
    UserFactory,
)
from tests.messaging.privacy.person import EMAIL, NAME, PHONE, PersonData, create_person_everywhere
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> PersonData:
    return create_person_everywhere()


@pytest.fixture
def owner(person: PersonData, client: Client) -> Client:
    client.force_login(UserFactory.create(workspace=person.workspace, language="en"))
    return client


def reload(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def search(client: Client, address: str) -> str:
    response = client.post(reverse("find_person"), {"address": address}, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def request_export(client: Client, patient: Patient, form: str) -> HttpResponse:
    """As the page offers it: with the appointments that are chosen beforehand."""
    path = reverse("patient_export", args=[patient.pk])
    offered = client.get(path).context["form"]
    chosen = [str(pk) for pk in offered["rows"].initial]
    response = client.post(path, {"format": form, "rows": chosen})
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize("typed", ["099 887 7665", PHONE, EMAIL.upper(), f"  {EMAIL} "])
def test_person_is_found_by_any_spelling_of_the_address(
    person: PersonData, owner: Client, typed: str
) -> None:
    PracticeFactory.create(workspace=person.workspace, country="EC")
    page = search(owner, typed)

    for part in (NAME, PHONE, EMAIL, "Rated 2 of 5", person.source.filename):
        assert part in page


def test_searched_address_is_not_in_the_url(person: PersonData, owner: Client) -> None:
    response = owner.post(reverse("find_person"), {"address": PHONE})

    assert response["Location"] == reverse("person", args=[person.patient.pk])


def test_suppressed_address_without_visits_is_found(person: PersonData, owner: Client) -> None:
    phone = "+593981234567"
    SuppressionFactory.create(
        workspace=person.workspace, address="", digest=hash_address(phone), reason="ERASURE"
    )

    assert "erased for good" in search(owner, phone)


def test_unknown_and_invalid_addresses_are_explained(owner: Client) -> None:
    assert "Nothing is held" in search(owner, "nadie@example.com")
    assert "There is no such phone number" in search(owner, "12")


def test_json_export_has_everything_with_times(person: PersonData, owner: Client) -> None:
    PatientFactory.create(workspace=person.workspace, name="Otra Persona", email="otra@example.com")
    response = request_export(owner, person.patient, "json")

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
        "file": person.source.filename,
        "row": 3,
        "uploaded_at": visit["list"]["uploaded_at"],
    }
    assert [message["rating"] for message in visit["messages"]] == [2, None, None]
    assert len(visit["replies"]) == len(visit["feedback"]) == 1
    assert visit["feedback"][0]["notes"]
    assert [NAME in note["text"] for note in visit["notes"]] == [True]
    assert exported["suppressions"][0]["address"] == PHONE
    assert [row["cells"][0] for row in exported["refused_rows"]] == ["Z.", "Z."]
    assert "Otra Persona" not in response.content.decode()
    assert "otra@example.com" not in response.content.decode()


def test_export_leaves_out_other_people_with_the_same_email(
    person: PersonData, owner: Client
) -> None:
    husband = PatientFactory.create(
        workspace=person.workspace, name="Luis", email=EMAIL, phone="+593991230000"
    )
    row = ImportProblemFactory.create(workspace=person.workspace, cells=["Luis", "0991230000"])

    for form in ("json", "page"):
        told = request_export(owner, person.patient, form).content.decode()
        assert NAME in told
        assert not any(part in told for part in ("Luis", husband.phone, *row.cells))


def test_printed_export_has_the_same_data(person: PersonData, owner: Client) -> None:
    response = request_export(owner, person.patient, "page")

    page = response.content.decode()
    for part in (NAME, PHONE, EMAIL, person.source.filename, "Rated 2 of 5"):
        assert part in page


def test_export_is_audited_without_names(person: PersonData, owner: Client) -> None:
    owner.get(reverse("person", args=[person.patient.pk]))
    owner.get(reverse("patient_export", args=[person.patient.pk]))
    request_export(owner, person.patient, "json")

    with tenancy.within(person.workspace.pk):
        [event] = AuditEvent.objects.filter(action="patient.export")
    assert event.entity_id == person.patient.pk
    told = f"{event.entity_name} {event.old} {event.new}"
    assert not any(part in told for part in (NAME, PHONE, EMAIL))


def test_erased_patient_is_restored(person: PersonData, owner: Client) -> None:
    pk = person.patient.pk
    page = owner.get(reverse("patient_erase", args=[pk])).content.decode()
    assert NAME in page
    response = owner.post(reverse("patient_erase", args=[pk]), {"rows": [str(pk)]}, follow=True)

    assert "Bring it back" in response.content.decode()
    assert reload(person.patient).data_deleted_at
    assert "Bring it back" in search(owner, PHONE)

    owner.post(reverse("patient_restore", args=[pk]))
    assert reload(person.patient).data_deleted_at is None


def test_erasing_spares_visits_that_were_not_chosen(person: PersonData, owner: Client) -> None:
    husband = PatientFactory.create(workspace=person.workspace, name="Luis", email=EMAIL)
    path = reverse("patient_erase", args=[person.patient.pk])
    page = owner.get(path)
    assert "different names" in page.content.decode()
    assert page.context["form"]["rows"].initial == [person.patient.pk]
    owner.post(path, {"rows": [str(person.patient.pk)]})

    assert reload(person.patient).data_deleted_at
    assert reload(husband).data_deleted_at is None


def test_erasing_without_a_choice_is_refused(person: PersonData, owner: Client) -> None:
    response = owner.post(reverse("patient_erase", args=[person.patient.pk]), {"sent": "1"})

    assert "Choose at least one appointment." in response.content.decode()
    assert reload(person.patient).data_deleted_at is None


def test_visit_of_another_person_cannot_be_erased(person: PersonData, owner: Client) -> None:
    other = PatientFactory.create(workspace=person.workspace)
    path = reverse("patient_erase", args=[person.patient.pk])
    owner.post(path, {"rows": [str(person.patient.pk), str(other.pk)]})

    assert reload(other).data_deleted_at is None


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
@pytest.mark.parametrize(
    "name", ["person", "patient_export", "patient_erase", "patient_restore", "find_person"]
)
def test_only_owners_are_allowed(person: PersonData, client: Client, role: str, name: str) -> None:
    client.force_login(UserFactory.create(workspace=person.workspace, role=role))
    path = reverse(name, args=[] if name == "find_person" else [person.patient.pk])

    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403


def test_query_count_does_not_grow_with_the_visits(
    person: PersonData, owner: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        PatientFactory.create(workspace=person.workspace, phone=PHONE)
    # Three of them note the activity of a session that has just begun, two count who waits, one is
    # the banner about Google, and one is the files that came with texts.
    with django_assert_max_num_queries(38):
        owner.get(reverse("person", args=[person.patient.pk]))
