import errno
import re
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from pytest_django import Settings

from campaigns.models import CampaignStatus
from config import urls
from core import request_bodies
from tests.factories import CampaignFactory, StaffFactory, UserFactory, WorkspaceFactory
from workspaces.models import Role


@login_not_required
def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the database is away")


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a mistake of ours")


@login_not_required
def full(request: HttpRequest) -> HttpResponse:
    raise OSError(errno.ENOSPC, "No space left on device")


# Views for failures that cannot be caused on a real page.
urlpatterns = [path("away", away), path("broken", broken), path("full", full), *urls.urlpatterns]
handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def visitor() -> Client:
    """Return a client that gets error pages instead of exceptions."""
    return Client(raise_request_exception=False)


def signed_in(**who: Any) -> Client:
    client = Client()
    client.force_login(UserFactory.create(**who))
    return client


@pytest.mark.django_db
def test_not_found_page_links_home(client: Client) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert f'href="{reverse("home")}"' in text_of(response)


@pytest.mark.django_db
def test_not_found_page_keeps_navigation_of_members() -> None:
    response = signed_in().get("/nowhere/")

    assert response.status_code == 404
    assert f'href="{reverse("campaigns")}"' in text_of(response)


@pytest.mark.django_db
def test_forbidden_page_names_roles_with_permission() -> None:
    response = signed_in(role=Role.RECEPTIONIST).get(reverse("practices"))

    assert response.status_code == 403
    roles = re.findall(r'<li class="badge[^>]*>([^<]+)<', text_of(response))
    assert roles == ["Propietario", "Médico"]


@pytest.mark.django_db
def test_problem_page_has_message_for_htmx() -> None:
    workspace = WorkspaceFactory.create()
    campaign = CampaignFactory.create(workspace=workspace, status=CampaignStatus.COMPLETED)

    response = signed_in(workspace=workspace).post(reverse("campaign_activate", args=[campaign.pk]))

    assert response.status_code == 409
    (sentence,) = re.findall(r"<p[^>]* data-problem>([^<]+)</p>", text_of(response))
    assert len(sentence) > 20


@pytest.mark.django_db
def test_csrf_failure_explains_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("account_login"), {"login": "ana@example.com"})

    assert response.status_code == 403
    assert "data-renew" in text_of(response)
    assert 'data-back="stale"' in text_of(response)


@pytest.mark.django_db
def test_rate_limit_shows_page(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    ask = {"email": "ana@example.com"}
    client.post(reverse("account_reset_password"), ask)

    response = client.post(reverse("account_reset_password"), ask)

    assert response.status_code == 429
    assert "Un momento" in text_of(response)


@pytest.mark.django_db
def test_staff_get_error_page_too() -> None:
    client = Client()
    client.force_login(StaffFactory.create())

    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert f'href="{reverse("admin:index")}"' in text_of(response)


# These pages must not use the database. Without `django_db`, a query would fail.

both = pytest.mark.parametrize(
    ("address", "status", "spanish", "english"),
    [
        ("/away", 503, "Volvemos", "Back soon"),
        ("/broken", 500, "de nuestro lado", "Something broke on our side"),
    ],
)


@both
@pytest.mark.urls(__name__)
def test_failure_page_has_both_languages_for_unknown_visitor(
    visitor: Client, address: str, status: int, spanish: str, english: str
) -> None:
    response = visitor.get(address)

    assert response.status_code == status
    assert spanish in text_of(response)
    assert english in text_of(response)


@both
@pytest.mark.urls(__name__)
def test_failure_page_uses_language_of_cookie(
    visitor: Client, address: str, status: int, spanish: str, english: str
) -> None:
    visitor.cookies["django_language"] = "en"

    response = visitor.get(address)

    assert english in text_of(response)
    assert spanish not in text_of(response)


@pytest.mark.urls(__name__)
def test_failure_page_ignores_unknown_language(visitor: Client) -> None:
    visitor.cookies["django_language"] = "../xx"

    response = visitor.get("/away")

    assert response.status_code == 503
    assert "Back soon" in text_of(response)


@pytest.mark.urls(__name__)
def test_unavailable_database_sets_retry_after(visitor: Client) -> None:
    assert visitor.get("/away")["Retry-After"] == "10"


@pytest.mark.parametrize(
    ("language", "sentence"), [("es", "Es demasiado grande"), ("en", "That is too large")]
)
def test_too_large_form_is_refused_with_a_page(language: str, sentence: str) -> None:
    """The request is refused before sessions, so without a query."""
    client = Client(headers={"Accept-Language": language})
    form = {"login": "x" * (request_bodies.PAGES + 1)}

    response = client.post(reverse("account_login"), form)

    assert response.status_code == 413
    assert sentence in text_of(response)
    assert "256" in text_of(response)


def test_invalid_content_length_is_refused(client: Client) -> None:
    for address in (reverse("account_login"), "/webhooks/stripe/", "/api/v1/practices/"):
        response = client.generic("POST", address, b"", CONTENT_LENGTH="²")
        assert response.status_code == 400


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_full_disk_shows_page(visitor: Client) -> None:
    response = visitor.get("/full")

    assert response.status_code == 507
    assert "No se guardó nada" in text_of(response)
