"""The search over pages, patients, campaigns and acts."""

import re
from html import unescape
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import CampaignStatus
from config import search
from tests.factories import CampaignFactory, PatientFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create(language="en")
    return user


def results(user: User, typed: str = "") -> list[str]:
    """Return the addresses of the options in the palette."""
    client = Client()
    client.force_login(user)
    response = client.get(reverse("search"), {"q": typed}, headers={"HX-Request": "true"})
    assert response.status_code == HTTPStatus.OK
    found = re.findall(r'role="option"[^>]* href="([^"]+)"', response.content.decode())
    return [unescape(href) for href in found]


def test_without_words_pages_of_every_day_and_acts_are_shown(owner: User) -> None:
    found = results(owner)

    assert found[0] == reverse("home")
    assert reverse("month") in found
    assert reverse("campaign_new") in found
    assert reverse("billing") not in found


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("bill", "billing"),
        ("BILL", "billing"),
        ("invoices", "billing"),
        ("api", "keys"),
        ("new camp", "campaign_new"),
        ("profile", "profile"),
        ("settings", "settings"),
    ],
)
def test_pages_and_acts_are_found_by_beginnings_of_words(
    owner: User, typed: str, name: str
) -> None:
    assert reverse(name) in results(owner, typed)


def test_page_is_found_without_accents() -> None:
    user = UserFactory.create(language="es")

    assert reverse("billing") in results(user, "facturacion")


def test_page_whose_label_matches_comes_first(owner: User) -> None:
    assert results(owner, "texts")[0] == reverse("templates")


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_pages_of_other_roles_are_not_found(role: Role) -> None:
    user = UserFactory.create(role=role, language="en")

    assert results(user, "billing") == results(user, "invite") == []


def test_patient_is_found_by_name_and_phone(owner: User) -> None:
    patient = PatientFactory.create(
        workspace=owner.workspace, name="María Núñez", phone="+593991234567"
    )
    address = reverse("patient", args=[patient.pk])

    assert results(owner, "nun mar") == results(owner, "4567") == [address]


def test_one_letter_finds_no_patients(owner: User) -> None:
    patient = PatientFactory.create(workspace=owner.workspace, name="María Núñez")

    assert reverse("patient", args=[patient.pk]) not in results(owner, "m")


def test_many_patients_lead_to_the_list(owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, name="One")
    for number in range(search.MAX_RESULTS + 1):
        PatientFactory.create(workspace=owner.workspace, campaign=campaign, name=f"Zoila {number}")

    found = results(owner, "zoila")

    assert len(found) == search.MAX_RESULTS + 1
    assert found[-1] == f"{reverse('patients')}?q=zoila"


def test_doctor_finds_own_patients_and_campaigns_only(owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor, name="Zeta own")
    other = CampaignFactory.create(workspace=owner.workspace, created_by=owner, name="Zeta other")
    mine = PatientFactory.create(workspace=owner.workspace, campaign=own, name="Zeta")
    PatientFactory.create(workspace=owner.workspace, campaign=other, name="Zeta")

    assert results(doctor, "zeta") == [
        reverse("patient", args=[mine.pk]),
        reverse("campaign", args=[own.pk]),
    ]


def test_reception_finds_campaigns_that_take_lists_and_no_patients(owner: User) -> None:
    reception = UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST)
    takes = CampaignFactory.create(workspace=owner.workspace, name="Zeta")
    CampaignFactory.create(
        workspace=owner.workspace, name="Zeta over", status=CampaignStatus.CANCELLED
    )
    PatientFactory.create(workspace=owner.workspace, campaign=takes, name="Zeta")

    assert results(reception, "zeta") == [f"{reverse('imports')}?campaign={takes.pk}"]


def test_campaign_is_found_without_accents(owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, name="Odontología")

    assert results(owner, "odontologia") == [reverse("campaign", args=[campaign.pk])]


def test_page_has_form_and_links_without_script(owner: User, client: Client) -> None:
    client.force_login(owner)
    html = client.get(reverse("search"), {"q": "billing"}).content.decode()

    assert 'name="q" type="search" maxlength="100" value="billing"' in html
    assert f'<li><a href="{reverse("billing")}">' in html


@pytest.mark.parametrize("typed", ["%", "'", "\0", "x" * 500, "<script>", "@", "   "])
def test_odd_input_is_answered(owner: User, typed: str) -> None:
    results(owner, typed)


def test_too_many_searches_are_refused(
    owner: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RATE", "2/m/user")
    client.force_login(owner)

    codes = [client.get(reverse("search")).status_code for _ in range(3)]

    assert codes == [200, 200, 429]
