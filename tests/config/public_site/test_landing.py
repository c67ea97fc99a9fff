import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.factories import UserFactory
from workspaces.models import Plan
from workspaces.plans import PLANS

pytestmark = pytest.mark.django_db


def test_visitor_sees_the_landing_page(client: Client) -> None:
    response = client.get("/", headers={"accept-language": "en"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "Know how each visit went" in page
    assert all(str(terms.plan.label) in page for terms in PLANS.values())
    assert reverse("account_signup") in page
    assert not response.cookies
    assert "<script" not in page


def test_language_in_the_address_wins_over_the_browser(client: Client) -> None:
    response = client.get("/?lang=es", headers={"accept-language": "en"})

    page = response.content.decode()
    assert response["Content-Language"] == "es"
    assert "Sepa cómo fue cada visita" in page
    assert '<html lang="es">' in page
    assert f"{reverse('pricing')}?lang=es" in page
    assert not response.cookies


def test_page_names_its_languages_and_its_own_address(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://opiniones.example.com"

    page = client.get("/?lang=en").content.decode()

    assert '<link rel="canonical" href="https://opiniones.example.com/?lang=en">' in page
    assert 'hreflang="es" href="https://opiniones.example.com/?lang=es"' in page
    assert 'hreflang="x-default" href="https://opiniones.example.com/"' in page


def test_unknown_language_is_ignored(client: Client) -> None:
    response = client.get('/?lang="><i>', headers={"accept-language": "en"})

    assert response["Content-Language"] == "en"
    assert "><i>" not in response.content.decode()


def test_member_sees_home_at_the_same_address(client: Client) -> None:
    client.force_login(UserFactory.create(language="en"))

    page = client.get("/").content.decode()

    assert "Know how each visit went" not in page
    assert reverse("account_logout") in page


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/?period=90", {}),
        ("/?practice=x", {}),
        ("/", {"HX-Request": "true"}),
        ("/campaigns/", {}),
    ],
)
def test_address_of_a_member_leads_to_the_sign_in_page(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    response = client.get(path, headers=headers)

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_private_installation_has_no_landing_page(client: Client, settings: Settings) -> None:
    settings.PUBLIC_SITE = False

    assert client.get("/")["Location"].startswith(reverse("account_login"))
    assert client.get(reverse("pricing"))["X-Robots-Tag"] == "noindex"


def test_button_of_a_plan_remembers_it_through_the_sign_up(client: Client) -> None:
    page = client.get("/pricing/?pay=yearly").content.decode()

    wanted = f"next=%2Fbilling%2F%3Fplan%3D{Plan.STARTER}%26pay%3Dyearly%23plans"
    assert wanted in page
    sign_up = client.get(f"/accounts/signup/?{wanted}").content.decode()
    assert f'value="/billing/?plan={Plan.STARTER}&amp;pay=yearly#plans"' in sign_up
    for name in ("legal_terms", "legal_processing", "legal_privacy"):
        assert reverse(name) in sign_up
