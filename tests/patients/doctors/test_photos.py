"""Photos of the doctors whom lists and patients name."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from core import tenancy
from patients.doctors.listing import list_doctors
from tests.factories import DoctorFactory, PatientFactory, UserFactory
from tests.pictures import as_upload
from workspaces.models import Picture, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    owner: User = UserFactory.create(role=Role.OWNER)
    client.force_login(owner)
    return owner


def upload(client: Client, name: str, *, size: tuple[int, int] = (400, 600)) -> Any:
    photo = as_upload(Image.new("RGB", size, "#c98f6b"), "JPEG")
    return client.post(reverse("doctor_photo"), {"name": name, "photo": photo})


def listed(owner: User) -> list[tuple[str, bool]]:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        return [(one.name, one.photo is not None) for one in list_doctors(owner.workspace)]


def test_doctor_of_a_patient_gets_a_photo(client: Client, owner: User) -> None:
    PatientFactory.create(workspace=owner.workspace, doctor_name="Dr. Andrés Cevallos")

    assert upload(client, "Dr. Andrés Cevallos").status_code == 302

    assert listed(owner) == [("Dr. Andrés Cevallos", True)]


def test_spellings_of_one_name_are_one_doctor(client: Client, owner: User) -> None:
    DoctorFactory.create(
        workspace=owner.workspace, key="maria lopez", name="Dra. María López", photo=None
    )
    for name in ("DRA MARIA LOPEZ", "María López"):
        PatientFactory.create(workspace=owner.workspace, doctor_name=name)

    assert listed(owner) == [("Dra. María López", False)]


def test_new_photo_replaces_the_old_one(client: Client, owner: User) -> None:
    DoctorFactory.create(workspace=owner.workspace, key="ana paz", name="Ana Paz")
    upload(client, "Ana Paz")

    with tenancy.platform("test"):
        assert Picture.objects.get().content_type == "image/webp"


def test_photo_can_be_removed(client: Client, owner: User) -> None:
    doctor = DoctorFactory.create(workspace=owner.workspace, key="ana paz", name="Ana Paz")

    client.post(reverse("doctor_photo_remove", args=[doctor.pk]))

    assert listed(owner) == [("Ana Paz", False)]
    with tenancy.platform("test"):
        assert not Picture.objects.exists()


def test_refused_photo_is_explained_at_the_doctor(client: Client, owner: User) -> None:
    DoctorFactory.create(workspace=owner.workspace, key="ana paz", name="Ana Paz", photo=None)

    response = upload(client, "Ana Paz", size=(20, 20))

    assert "field-error" in response.content.decode()
    assert listed(owner) == [("Ana Paz", False)]


def test_name_that_nobody_has_is_refused(client: Client, owner: User) -> None:
    assert upload(client, "Nadie Conocido").status_code == 409
