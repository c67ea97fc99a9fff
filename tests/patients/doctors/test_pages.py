"""Settings → Doctors."""

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from patients.models import Doctor
from patients.people.doctor_names import doctor_key
from tests.factories import DoctorFactory, PatientFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    owner: User = UserFactory.create(role=Role.OWNER, language="en")
    client.force_login(owner)
    return owner


def create_doctor(owner: User, name: str) -> Doctor:
    PatientFactory.create(workspace=owner.workspace, doctor_name=name)
    doctor: Doctor = DoctorFactory.create(
        workspace=owner.workspace, key=doctor_key(name), name=name, photo=None
    )
    return doctor


def page(client: Client) -> str:
    return str(client.get(reverse("doctors")).content.decode())


def test_empty_page_says_where_doctors_come_from(client: Client, owner: User) -> None:
    assert "No doctors yet" in page(client)


def test_similar_name_is_reviewed_and_merged(client: Client, owner: User) -> None:
    old = create_doctor(owner, "Dr. María Pérez Gómez")
    new = create_doctor(owner, "Dra. Maria Perez")
    assert "Same as Dr. María Pérez Gómez" in page(client)

    client.post(reverse("doctor_merge", args=[new.pk]), {"into": old.pk, "review": "1"})

    assert "Names to review" not in page(client)
    assert "Dra. Maria Perez" in page(client)
    detail = client.get(reverse("doctor", args=[old.pk])).content.decode()
    assert reverse("doctor_separate", args=[new.pk]) in detail
    assert client.get(reverse("doctor", args=[new.pk])).url == reverse("doctor", args=[old.pk])  # type: ignore[attr-defined]


def test_undone_merge_is_up_for_review_again(client: Client, owner: User) -> None:
    old = create_doctor(owner, "Dr. María Pérez Gómez")
    new = create_doctor(owner, "Dra. Maria Perez")
    client.post(reverse("doctor_merge", args=[new.pk]), {"into": old.pk})
    client.post(reverse("doctor_separate", args=[new.pk]))

    assert "Names to review" in page(client)


def test_name_that_is_another_doctor_is_not_suggested_again(client: Client, owner: User) -> None:
    create_doctor(owner, "Dr. María Pérez Gómez")
    new = create_doctor(owner, "Dra. Maria Perez")
    client.post(reverse("doctor_keep_apart", args=[new.pk]))

    assert "Names to review" not in page(client)


def test_details_are_saved(client: Client, owner: User) -> None:
    doctor = create_doctor(owner, "ANA PAZ")
    values = {"name": "Dra. Ana Paz", "member": owner.pk, "listing": "ChIJN1t_tDeuEmsRUsoyG83frY4"}
    response = client.post(reverse("doctor", args=[doctor.pk]), values)

    assert response.status_code == 302
    assert "own Google reviews" in page(client)
    assert f"signs in as {owner.name}" in page(client)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"listing": "https://example.com"}, "not a link to a place on Google"),
        ({"name": "visit www.example.com"}, "field-error"),
    ],
)
def test_wrong_detail_is_explained(
    client: Client, owner: User, values: dict[str, str], problem: str
) -> None:
    doctor = create_doctor(owner, "Ana Paz")
    response = client.post(reverse("doctor", args=[doctor.pk]), {"name": "Ana Paz"} | values)

    assert problem in response.content.decode()


def test_saving_the_page_keeps_a_suspended_member(client: Client, owner: User) -> None:
    member = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, is_active=False)
    other = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, is_active=False)
    doctor = create_doctor(owner, "Ana Paz")
    with tenancy.within(doctor.workspace_id):
        Doctor.objects.filter(pk=doctor.pk).update(member=member)

    address = reverse("doctor", args=[doctor.pk])
    assert str(other.pk) not in client.get(address).content.decode()
    client.post(address, {"name": "Dra. Ana Paz", "member": member.pk})

    with tenancy.within(doctor.workspace_id):
        saved = Doctor.objects.get(pk=doctor.pk)
        assert (saved.shown, saved.member) == ("Dra. Ana Paz", member)


def test_member_of_another_clinic_is_no_choice(client: Client, owner: User) -> None:
    doctor, stranger = create_doctor(owner, "Ana Paz"), UserFactory.create()
    client.post(reverse("doctor", args=[doctor.pk]), {"name": "Ana Paz", "member": stranger.pk})

    with tenancy.within(doctor.workspace_id):
        assert Doctor.objects.get(pk=doctor.pk).member is None


def test_doctor_of_another_clinic_is_not_found(client: Client, owner: User) -> None:
    doctor, foreign = create_doctor(owner, "Ana Paz"), DoctorFactory.create()

    for name in ("doctor_merge", "doctor_separate", "doctor_keep_apart"):
        assert client.post(reverse(name, args=[foreign.pk])).status_code == 404
    merged = client.post(reverse("doctor_merge", args=[doctor.pk]), {"into": foreign.pk})
    assert merged.status_code == 409


def test_doctor_is_added(client: Client, owner: User) -> None:
    client.post(reverse("doctor_add"), {"name": "Dra. Ana Paz"})

    assert "Dra. Ana Paz" in page(client)
    assert client.post(reverse("doctor_add"), {"name": "ana paz"}).status_code == 409


def test_patients_are_shown_with_the_name_of_the_registry(client: Client, owner: User) -> None:
    old, new = create_doctor(owner, "Dra. Ana Paz"), create_doctor(owner, "A. Paz")
    client.post(reverse("doctor_merge", args=[new.pk]), {"into": old.pk})
    patient = PatientFactory.create(workspace=owner.workspace, doctor_name="A. Paz")

    assert "Dra. Ana Paz" in client.get(reverse("patient", args=[patient.pk])).content.decode()
    rows = client.get(reverse("patients") + "?as=csv")
    content = b"".join(rows).decode()
    assert content.count("Dra. Ana Paz") == 3
    assert "A. Paz" not in content
