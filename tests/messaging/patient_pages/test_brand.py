"""Patients' pages with the clinic's logo, colour and doctor."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from core import pictures, tenancy
from core.pictures import EncodedPicture
from messaging.models import Message
from patients.doctors import editing
from patients.models import Patient
from tests.factories import (
    BrandFactory,
    MessageFactory,
    PictureFactory,
    PracticeFactory,
    UserFactory,
)
from tests.messaging.world import create_patient, running_campaign
from tests.pictures import as_upload, draw_logo
from workspaces.models import Picture

pytestmark = pytest.mark.django_db

LONG = (
    "Centro de Especialidades Médicas y Odontológicas Nuestra Señora de la Misericordia del Valle"
)
LARGEST_PAGE = 30_000
STATIC = settings.BASE_DIR / "messaging" / "static"


@pytest.fixture
def ask() -> Message:
    practice = PracticeFactory.create(name=LONG.ljust(120, "x"))
    patient = create_patient(
        running_campaign(practice=practice), doctor_name="LOPEZ MARIA", asked_at=timezone.now()
    )
    made: Message = MessageFactory.create(workspace=patient.workspace, patient=patient)
    return made


def add_brand(ask: Message, *, doctor: str = "") -> None:
    """Add the largest logo that there can be, and a photo of the doctor."""
    logo = PictureFactory.create(
        workspace=ask.workspace, data=bytes(pictures.MAX_LOGO_BYTES), width=480, height=192
    )
    BrandFactory.create(workspace=ask.workspace, logo=logo, show_doctor_photo=bool(doctor))
    if doctor:
        photo = EncodedPicture(bytes(pictures.MAX_PHOTO_BYTES), "image/webp", 176, 176)
        owner = UserFactory.create(workspace=ask.workspace)
        with tenancy.within(ask.workspace_id):
            Patient.objects.update(doctor_name=doctor)
            editing.save_photo(workspace=ask.workspace, name=doctor, photo=photo, by=owner)


def open_page(client: Client, ask: Message, page: str = "r") -> str:
    response = client.get(f"/{page}/{ask.patient.token}")
    assert not response.cookies
    return str(response.content.decode())


def test_star_page_with_everything_is_below_30_kb(client: Client, ask: Message) -> None:
    add_brand(ask, doctor="Dra. María López")
    page = open_page(client, ask)

    linked = re.findall(r'(?:src|href)="(/brand/[^"]+)"', page)
    assert len(linked) == 3
    size = len(page.encode()) + (STATIC / "messaging" / "patient.css").stat().st_size
    size += sum(len(client.get(path).content) for path in linked)
    assert size < LARGEST_PAGE
    assert "<script" not in page
    assert "style=" not in page


def test_page_without_a_brand_has_no_traces_of_one(client: Client, ask: Message) -> None:
    page = open_page(client, ask)

    assert "/brand/" not in page
    assert "<img" not in page


def test_logo_without_a_colour_keeps_the_standard_colours(client: Client, ask: Message) -> None:
    BrandFactory.create(workspace=ask.workspace, colour="")
    page = open_page(client, ask)

    assert 'class="logo"' in page
    assert page.count("stylesheet") == 1


@pytest.mark.parametrize("page", ["r", "f", "o"])
def test_every_page_has_logo_and_name(client: Client, ask: Message, page: str) -> None:
    add_brand(ask)
    html = open_page(client, ask, page)

    assert 'class="logo"' in html
    assert f'<p class="practice">{ask.campaign.practice.name}</p>' in html


def test_doctor_is_named_only_if_the_clinic_wants_it(client: Client, ask: Message) -> None:
    add_brand(ask)

    assert "LOPEZ" not in open_page(client, ask)


def test_doctor_without_a_photo_is_named(client: Client, ask: Message) -> None:
    BrandFactory.create(workspace=ask.workspace, show_doctor_photo=True)
    page = open_page(client, ask)

    assert "¿Cómo le fue con LOPEZ MARIA?" in page
    assert 'class="doctor"' in page
    assert page.count("<img") == 1


def test_photo_is_found_by_another_spelling_of_the_name(client: Client, ask: Message) -> None:
    add_brand(ask, doctor="Dra. María López")
    with tenancy.within(ask.workspace_id):
        Patient.objects.update(doctor_name="DRA MARIA LOPEZ")

    assert open_page(client, ask).count("<img") == 2


def test_visit_without_a_doctor_asks_as_before(client: Client, ask: Message) -> None:
    add_brand(ask, doctor="x")
    with tenancy.within(ask.workspace_id):
        Patient.objects.update(doctor_name="")

    assert "<h1>¿Cómo fue su visita?</h1>" in open_page(client, ask)


def test_text_that_is_no_name_is_not_shown(client: Client, ask: Message) -> None:
    BrandFactory.create(workspace=ask.workspace, show_doctor_photo=True)
    with tenancy.within(ask.workspace_id):
        Patient.objects.update(doctor_name="visite evil.example.com")

    assert "evil" not in open_page(client, ask)


def test_real_logo_fits_its_place(client: Client, ask: Message) -> None:
    encoded = pictures.encode_logo(as_upload(draw_logo()))
    with tenancy.within(ask.workspace_id):
        logo = Picture.objects.create(workspace=ask.workspace, **vars(encoded))
    BrandFactory.create(workspace=ask.workspace, logo=logo)

    assert f'width="{encoded.width // 2}"' in open_page(client, ask)
