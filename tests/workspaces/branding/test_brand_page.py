"""Owners choose logo and colour, and can undo it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.models import AuditEvent
from tests.factories import UserFactory
from tests.pictures import as_upload, draw_logo
from workspaces.branding import brands
from workspaces.models import Brand, Picture, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    owner: User = UserFactory.create(role=Role.OWNER)
    client.force_login(owner)
    return owner


def save(client: Client, **fields: Any) -> Any:
    return client.post(reverse("brand"), {"colour": "#1f6fb2", **fields})


def brand_of(owner: User) -> Brand:
    with tenancy.platform("test"):
        return Brand.objects.get(workspace__members=owner)


def count_pictures() -> int:
    with tenancy.platform("test"):
        return Picture.objects.count()


def acts(owner: User) -> list[str]:
    with tenancy.platform("test"):
        assert owner.workspace_id
        events = AuditEvent.objects.filter(workspace_id=owner.workspace_id)
        return list(events.order_by("pk").values_list("action", flat=True))


def test_saved_logo_and_colour_are_what_patients_see(client: Client, owner: User) -> None:
    response = save(client, logo=as_upload(draw_logo()), show_doctor_photo="on")

    assert response["Location"] == reverse("brand")
    with tenancy.within(brand_of(owner).workspace_id):
        shown = brands.find_brand(brand_of(owner).workspace_id)
    assert shown.logo
    assert shown.logo.width <= 240
    assert (shown.colour, shown.shows_doctor) == ("#1f6fb2", True)
    assert acts(owner) == ["brand.change", "brand.logo"]


def test_saving_without_a_file_keeps_the_logo(client: Client, owner: User) -> None:
    save(client, logo=as_upload(draw_logo()))
    save(client, colour="#8a1f4b")

    assert brand_of(owner).logo_id
    assert brand_of(owner).colour == "#8a1f4b"


def test_standard_colour_is_stored_as_none(client: Client, owner: User) -> None:
    save(client)
    save(client, colour="#14605A")

    assert brand_of(owner).colour == ""


def test_removed_logo_can_be_brought_back(client: Client, owner: User) -> None:
    save(client, logo=as_upload(draw_logo()))
    logo_id = brand_of(owner).logo_id

    client.post(reverse("brand_logo_remove"))
    assert brand_of(owner).logo_id is None
    client.post(reverse("brand_logo_restore"))

    assert brand_of(owner).logo_id == logo_id
    assert acts(owner)[-2:] == ["brand.remove_logo", "brand.restore_logo"]


def test_only_the_logo_before_is_kept(client: Client, owner: User) -> None:
    for colour in ("#111111", "#222222", "#333333"):
        save(client, logo=as_upload(draw_logo(colour=colour)))

    assert count_pictures() == 2


def test_nothing_to_bring_back_is_a_sentence(client: Client, owner: User) -> None:
    assert client.post(reverse("brand_logo_restore")).status_code == 409


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#1234567", "#12345g", "url(x)"])
def test_invalid_colour_is_refused(client: Client, owner: User, colour: str) -> None:
    response = save(client, colour=colour)

    assert response.status_code == 200
    with tenancy.platform("test"):
        assert not Brand.objects.exists()


def test_refused_picture_is_explained_and_nothing_is_saved(client: Client, owner: User) -> None:
    file = as_upload(draw_logo())
    file.file.truncate(300)  # type: ignore[union-attr]  # a file in memory

    response = save(client, logo=file)

    assert "field-error" in response.content.decode()
    assert count_pictures() == 0


def test_preview_tells_when_the_colour_was_darkened(client: Client, owner: User) -> None:
    url = reverse("brand_preview")

    assert "alert-warn" in client.get(url, {"colour": "#ffe600"}).content.decode()
    assert "alert-warn" not in client.get(url, {"colour": "#1f4f8a"}).content.decode()
    assert client.get(url, {"colour": "nonsense"}).status_code == 200


def test_sample_may_only_be_framed_by_us_and_posts_nowhere(client: Client, owner: User) -> None:
    response = client.get(reverse("star_page_sample"), {"colour": "#8a1f4b"})

    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "form-action 'none'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "/brand/8a1f4b.css" in response.content.decode()


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
@pytest.mark.parametrize("name", ["brand", "brand_logo_remove", "doctors", "star_page_sample"])
def test_only_owners_change_the_brand(client: Client, role: Role, name: str) -> None:
    client.force_login(UserFactory.create(role=role))

    assert client.post(reverse(name)).status_code == 403


def test_picture_is_cached_for_ever_and_sets_no_cookie(client: Client, owner: User) -> None:
    save(client, logo=as_upload(draw_logo()))
    with tenancy.platform("test"):
        token = Picture.objects.get().token

    response = Client().get(reverse("picture", args=[token]))

    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert not response.cookies


@pytest.mark.parametrize("colour", ["ffe600", "1f6fb2"])
def test_style_sheet_of_a_colour_has_nothing_but_colours(client: Client, colour: str) -> None:
    response = client.get(f"/brand/{colour}.css")

    assert f"#{colour}" in response.content.decode()
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize("colour", ["FFE600", "12345", "zzzzzz", "000000}body{}", "%00"])
def test_other_style_sheets_do_not_exist(client: Client, colour: str) -> None:
    assert client.get(f"/brand/{colour}.css").status_code == 404
