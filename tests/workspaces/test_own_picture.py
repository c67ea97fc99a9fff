"""Members choose a picture of themselves, which their colleagues see."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from core import tenancy
from core.models import AuditEvent
from tests.factories import UserFactory
from tests.pictures import as_upload
from workspaces import team
from workspaces.models import Picture, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(client: Client) -> User:
    user = UserFactory.create(role=Role.DOCTOR, name="María López", language="en")
    client.force_login(user)
    return user


def upload(client: Client, *, colour: str = "#c98f6b") -> Any:
    file = as_upload(Image.new("RGB", (400, 600), colour), "JPEG")
    return client.post(reverse("profile_picture"), {"picture": file})


def stored_pictures() -> list[Picture]:
    with tenancy.platform("test"):
        return list(Picture.objects.all())


def test_picture_is_encoded_anew_and_shown_beside_the_name(client: Client, doctor: User) -> None:
    assert upload(client).status_code == 302

    [picture] = stored_pictures()
    address = reverse("member_picture", args=[picture.pk])
    assert address in client.get(reverse("profile")).content.decode()
    served = client.get(address)
    assert served["Content-Type"] == "image/webp"
    assert "private" in served["Cache-Control"]
    assert Image.open(BytesIO(served.content)).size == (176, 176)


def test_colleagues_see_it_and_others_do_not(client: Client, doctor: User) -> None:
    upload(client)
    [picture] = stored_pictures()
    address = reverse("member_picture", args=[picture.pk])
    owner = UserFactory.create(workspace=doctor.workspace, language="en")

    client.force_login(owner)
    assert address in client.get(reverse("team")).content.decode()
    assert address in client.get(reverse("audit")).content.decode()
    assert client.get(address).status_code == 200
    client.force_login(UserFactory.create())
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


def test_new_picture_replaces_the_old_one_and_can_be_removed(client: Client, doctor: User) -> None:
    upload(client)
    [first] = stored_pictures()
    upload(client, colour="#123456")
    [second] = stored_pictures()
    assert first.pk != second.pk

    client.post(reverse("profile_picture_remove"))

    doctor.refresh_from_db()
    assert doctor.picture_id is None
    assert stored_pictures() == []
    assert ">ML</span>" in client.get(reverse("profile")).content.decode()
    with tenancy.platform("test"):
        actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["profile.picture", "profile.picture", "profile.remove_picture"]


def test_file_that_is_no_picture_is_refused(client: Client, doctor: User) -> None:
    file = SimpleUploadedFile("me.png", b"<svg onload='alert(1)'></svg>", "image/png")

    response = client.post(reverse("profile_picture"), {"picture": file})

    assert "SVG" in response.content.decode()
    assert stored_pictures() == []


def test_picture_goes_with_its_member(client: Client, doctor: User) -> None:
    upload(client)
    owner = UserFactory.create(workspace=doctor.workspace)
    assert doctor.workspace

    with tenancy.within(doctor.workspace.pk):
        team.remove_member(workspace=doctor.workspace, member=doctor, by=owner)

    assert stored_pictures() == []
