"""Names with an address are refused, however it is disguised; other names are accepted."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from core import tenancy
from tests.core.api.calling import ApiClient
from tests.factories import CampaignFactory, PatientFactory, PracticeFactory, UserFactory
from workspaces.models import Practice, User
from workspaces.vetting.alarming_words import is_no_name
from workspaces.vetting.plain_names import carries_address, find_address, one_line, plain_name

ADDRESSES = [
    "https://evil.example",
    "evil.example",
    "evil . example",
    "evil[.]example",
    "evil{.}com",
    "evil (punto) com",
    "evil punto com",
    "evil dot com",
    "evil. com",
    "EVIL.COM",
    "ｅｖｉｌ.ｅｘａｍｐｌｅ",
    "evil․example",
    "evil。com",
    "xn--vil-dma.com",
    "e\u200bvil.exa\u200bmple",
    "evi\u00adl.example",
    "еvil.ехаmрle",
    "hxxps://evil.example/x",
    "http:/evil",
    "javascript://x",
    "www.evil",
    "www . evil",
    "Su banco: evil.com/pago",
    "(evil.com)",
    "evil.com:8080",
    "bit.ly/abc",
    "t.me/abc",
    "wa.me/593987654321",
    "dr.li/abc",
    "dra.com",
    "Dr.Perez.evil.com",
    "Dra.evil.co",
    "banco-pichincha.info",
    "Clínica evil.ec",
    "192.168.1.1",
    "juan@evil.ec",
    "juan @ evil . ec",
    "mailto:ana",
]
NAMES = [
    "Dr.Pérez",
    "Sta.Ana",
    "C.C. El Bosque",
    "Dra.Ma.José",
    "Dra. Ma. José Andrade",
    "Ma.del Carmen Ñauñay",
    "Ma.Es",
    "Lcda.Ma.Co",
    "J.C. Pérez",
    "Juan.Perez",
    "PEREZ.JUAN",
    "Dr. José A. Cruz Jr.",
    "Ana M.de los Ángeles",
    "Fco.Javier",
    "Ing.Co",
    "Dr.Li",
    "Dr. Li",
    "O'Higgins-Núñez",
    "João da Sá",
    "St. Mary's",
    "Clínica Sta. Rosa S.A.",
    "Hosp.Sta.Inés",
    "Médicos & Cía. Ltda.",
    "S.A.S.",
    "Centro Méd. La Paz",
    "Consultorio N.° 3",
    "Unidad Médica No.12",
    "Av. 6 de Dic. y Colón",
    "Clínica 24/7",
    "Punto Salud",
    "Clínica Punto de Encuentro",
    "Hospital 12 de Octubre",
    "A.C. de Camargo",
    "Control (3er mes)",
    "Dr.Perez/Dra.Lopez",
    "Consulta: control 1/2",
    "Rx. Tórax 12:30",
    "",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_address_is_found(text: str) -> None:
    assert carries_address(text)
    with pytest.raises(ValidationError):
        plain_name(text)


@pytest.mark.parametrize("text", NAMES)
def test_name_is_no_address(text: str) -> None:
    assert find_address(text) == ""
    plain_name(text)


@pytest.mark.parametrize("text", ["a." * 20_000, "a-" * 20_000 + ".", "1." * 20_000, " " * 40_000])
def test_long_text_takes_linear_time(text: str) -> None:
    """With a quadratic pattern this would take minutes."""
    carries_address(text)


@pytest.mark.parametrize(
    ("text", "is_none"),
    [
        ("Su cuenta fue bloqueada", True),
        ("Sua conta foi bloqueada", True),
        ("Your account is locked", True),
        ("Rosa Banco", False),
        ("Clave Cabrera, Luz", False),
        ("María Cuenta Quispe", False),
    ],
)
def test_phishing_sentence_is_no_name(text: str, is_none: bool) -> None:
    assert is_no_name(text) is is_none


@pytest.mark.parametrize("text", ["Sol\nBcc: a", "Sol\r\nLuna", "Sol\u2028Luna", "Sol\x85"])
def test_line_break_is_refused_and_removed_from_subjects(text: str) -> None:
    with pytest.raises(ValidationError):
        plain_name(text)
    assert len(one_line(text).splitlines()) == 1


EVIL = "Verifique en evil.example"


@pytest.fixture
def owner(client: Client, db: None) -> User:
    user: User = UserFactory.create(name="Ana Paz")
    client.force_login(user)
    return user


def test_member_cannot_be_named_like_an_address(client: Client, owner: User) -> None:
    client.post(reverse("profile"), {"name": EVIL, "phone": "", "language": ""})

    owner.refresh_from_db()
    assert owner.name == "Ana Paz"


def test_practice_cannot_be_named_like_an_address(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, name="Centro")
    page = client.get(reverse("practice_edit", args=[practice.pk]))
    sent = {name: value or "" for name, value in page.context["form"].initial.items()}
    client.post(reverse("practice_edit", args=[practice.pk]), sent | {"name": EVIL})

    with tenancy.platform("test"):
        assert Practice.objects.get().name == "Centro"


@pytest.mark.django_db
def test_api_refuses_a_practice_named_like_an_address() -> None:
    api_client = ApiClient()

    assert api_client.post("practices/", {"name": EVIL}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "workspace", "practice"])
def test_sign_up_refuses_a_name_with_an_address(client: Client, field: str) -> None:
    form_data = {
        "name": "Ana Paz",
        "workspace": "Clínica Sol",
        "practice": "Centro",
        "country": "EC",
        "email": "ana@sol.example",
        "password1": "tres-gatos-verdes",
    }

    answer = client.post(reverse("account_signup"), form_data | {field: EVIL})

    assert field in answer.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.django_db
def test_api_refuses_a_patient_named_like_an_address() -> None:
    api_client = ApiClient()
    campaign: Campaign = CampaignFactory.create(workspace=api_client.workspace)
    patient = {
        "campaign_id": str(campaign.pk),
        "name": EVIL,
        "phone": "0991234567",
        "appointment_time": "2026-11-20T09:00:00-05:00",
        "has_consent": True,
    }

    answer = api_client.post("patients/", patient)

    assert answer.status_code == 400
    assert "name_with_address" in answer.content.decode()


def test_form_refuses_a_patient_named_like_an_address(client: Client, owner: User) -> None:
    patient = PatientFactory.create(workspace=owner.workspace, name="Rosa Díaz")
    page = client.get(reverse("patient_edit", args=[patient.pk]))
    sent = {name: value or "" for name, value in page.context["form"].initial.items()}

    client.post(reverse("patient_edit", args=[patient.pk]), sent | {"name": EVIL})

    with tenancy.platform("test"):
        patient.refresh_from_db()
    assert patient.name == "Rosa Díaz"
