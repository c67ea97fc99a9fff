"""A sign-up with Google uses the address that Google has confirmed."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from config.accounts.adapters import SocialAccountAdapter
from tests.factories import UserFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db

CONFIRMED = "ines@gmail.example"
TYPED = {"name": "Inés", "workspace": "Clínica Vaca", "practice": "Norte", "country": "EC"}


@pytest.fixture(autouse=True)
def _google_is_set_up(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": [{"client_id": "id", "secret": "s"}]}}


def coming_from_google(*, verified: bool) -> SocialLogin:
    request = RequestFactory().get("/")
    return SocialLogin(
        provider=get_adapter().get_provider(request, "google"),
        user=User(email=CONFIRMED),
        account=SocialAccount(provider="google", uid="1234"),
        email_addresses=[EmailAddress(email=CONFIRMED, verified=verified, primary=True)],
    )


def finish_sign_up(client: Client, **typed: str) -> Any:
    session = client.session
    session["socialaccount_sociallogin"] = coming_from_google(verified=True).serialize()
    session.save()
    return client.post(reverse("socialaccount_signup"), TYPED | typed)


def test_typed_address_is_replaced_with_that_of_google(client: Client) -> None:
    answer = finish_sign_up(client, email="victima@example.com")

    assert answer["Location"] == reverse("home")
    assert User.objects.get().email == CONFIRMED
    (address,) = EmailAddress.objects.all()
    assert (address.email, address.verified) == (CONFIRMED, True)
    assert client.get("/").status_code == 200


def test_unconfirmed_address_creates_no_account(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.session = SessionStore()
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]  # the middleware's
    with (
        context.request_context(request),
        pytest.raises(ImmediateHttpResponse) as refusal,
    ):
        SocialAccountAdapter(request).pre_social_login(request, coming_from_google(verified=False))

    assert refusal.value.response["Location"] == reverse("account_signup")


def test_second_sign_up_with_same_address_creates_no_account(client: Client) -> None:
    UserFactory.create(email=CONFIRMED)

    finish_sign_up(client)

    assert User.objects.count() == 1
