"""Pages show how to contact support, and nothing if no contact is configured."""

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from config import errors
from core import tenancy
from messaging import senders
from tests.factories import CampaignFactory, UserFactory
from workspaces import support
from workspaces.models import SubscriptionStatus, User

pytestmark = pytest.mark.django_db

EMAIL = "ayuda@clinicas.example.com"


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(
        language="es", workspace__subscription_status=SubscriptionStatus.PAST_DUE
    )
    return user


def signing_in(client: Client, owner: User) -> str:
    return client.get(reverse("account_login"), headers={"Accept-Language": "es"}).content.decode()


def lost(client: Client, owner: User) -> str:
    client.force_login(owner)
    return client.get("/nowhere/").content.decode()


def refused(client: Client, owner: User) -> str:
    client.force_login(UserFactory.create(workspace=owner.workspace, role="DOCTOR", language="es"))
    return client.get(reverse("billing")).content.decode()


def broken(client: Client, owner: User) -> str:
    return errors.server_error(RequestFactory().get("/")).content.decode()


def billing(client: Client, owner: User) -> str:
    client.force_login(owner)
    return client.get(reverse("billing")).content.decode()


def banner(client: Client, owner: User) -> str:
    client.force_login(owner)
    return client.get(reverse("team")).content.decode()


def help_page(client: Client, owner: User) -> str:
    client.force_login(owner)
    return client.get(reverse("help")).content.decode()


PAGES = [signing_in, lost, refused, broken, billing, banner, help_page]
Page = Callable[[Client, User], str]


@pytest.mark.parametrize("page", PAGES)
def test_problem_page_shows_contact(
    client: Client, owner: User, settings: Settings, page: Page
) -> None:
    settings.SUPPORT_EMAIL = EMAIL
    settings.SUPPORT_WHATSAPP = "+593 99 123 4567"

    html = page(client, owner)

    assert f'href="mailto:{EMAIL}"' in html
    assert 'href="https://wa.me/593991234567"' in html


@pytest.mark.parametrize("page", PAGES)
def test_page_without_configured_contact_shows_none(
    client: Client, owner: User, page: Page
) -> None:
    html = page(client, owner)

    assert "scríbanos" not in html
    assert "rite to us" not in html
    assert reverse("help") in html


@pytest.mark.parametrize(
    ("language", "answer"), [("es", "escribe STOP o BAJA"), ("en", "writes STOP")]
)
def test_help_is_public(client: Client, language: str, answer: str) -> None:
    page = client.get(reverse("help"), headers={"Accept-Language": language})

    assert page.status_code == 200
    assert page.content.decode().count("<summary>") >= 8
    assert answer in page.content.decode()


def test_menu_links_to_help(client: Client, owner: User) -> None:
    page = banner(client, owner)
    menu = page[page.index('class="menu-panel"') : page.index("</details>")]

    assert f'href="{reverse("help")}"' in menu
    assert "Ayuda" in menu


@pytest.mark.parametrize(
    ("name", "value", "sentence", "href"),
    [
        ("EMAIL", EMAIL, f"Escríbanos a {EMAIL}.", f"mailto:{EMAIL}"),
        (
            "WHATSAPP",
            "+593 99 123 4567",
            "Escríbanos por WhatsApp: +593 99 123 4567.",
            "https://wa.me/593991234567",
        ),
        ("PHONE", "(02) 256-7890", "Llámenos: (02) 256-7890.", "tel:022567890"),
        (
            "URL",
            "https://ayuda.example.com/",
            "Nos encuentra en ayuda.example.com.",
            "https://ayuda.example.com/",
        ),
    ],
)
def test_contact_way_has_sentence_and_link(
    settings: Settings, name: str, value: str, sentence: str, href: str
) -> None:
    setattr(settings, f"SUPPORT_{name}", value)

    with translation.override("es"):
        assert support.how_to_ask() == sentence
        assert [way.href for way in support.contact_ways()] == [href]


def test_campaign_without_sender_shows_contact(settings: Settings) -> None:
    campaign = CampaignFactory.create()
    with tenancy.within(campaign.workspace_id), translation.override("es"):
        alone = senders.missing_for(campaign)
        settings.SUPPORT_EMAIL = EMAIL
        reachable = senders.missing_for(campaign)

    lacks = "Todavía no hay un remitente para SMS."
    assert alone == [f"{lacks} Consulte al equipo de la plataforma."]
    assert reachable == [f"{lacks} Escríbanos a {EMAIL}."]
