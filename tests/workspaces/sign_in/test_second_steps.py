"""The secrets of second steps are encrypted in the database, and people can sign in."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings as product
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from core import encryption, tenancy
from integrations.models import WebhookEndpoint
from tests.factories import PASSWORD, UserFactory, WebhookEndpointFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def user() -> User:
    """A user with an authenticator app and recovery codes."""
    user = UserFactory.create()
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def code_now() -> str:
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))


def recovery_code(user: User) -> str:
    stored = Authenticator.objects.get(user=user, type="recovery_codes")
    return str(RecoveryCodes(stored).get_unused_codes()[0])


def sign_in(user: User, code: str) -> Any:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    answer = client.post(reverse("mfa_authenticate"), {"code": code})
    return answer, "_auth_user_id" in client.session


def stored_text() -> str:
    """Return the stored data of all authenticators as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        (text,) = cursor.fetchone()
    return str(text)


def data_of(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = Authenticator.objects.get(type=kind).data
    return found


def test_database_holds_no_secret_that_can_be_used(user: User) -> None:
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()

    text = stored_text()

    assert SECRET not in text
    assert not [code for code in codes if code in text]
    for sealed in (data_of("totp")["secret"], data_of("recovery_codes")["seed"]):
        assert encryption.is_sealed(sealed)
        assert not set(sealed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_authenticator_set_up_in_the_browser_is_sealed(client: Client) -> None:
    user = UserFactory.create()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post(reverse("mfa_activate_totp"), {"code": code})

    assert encryption.unseal(data_of("totp")["secret"]) == secret
    assert secret not in stored_text()


def test_people_sign_in_with_a_code_of_either_kind(user: User) -> None:
    assert sign_in(user, code_now())[1]
    recovery = recovery_code(user)
    assert sign_in(user, recovery)[1]
    assert not sign_in(user, recovery)[1]
    assert not sign_in(user, "000000")[1]


def test_key_is_replaced_without_anybody_noticing(user: User, settings: Settings) -> None:
    endpoint = WebhookEndpointFactory.create(earlier_secret="", earlier_secret_until=None)
    with tenancy.platform("test"):
        secret = encryption.unseal(endpoint.secret)
    settings.SEALING_KEYS = ["a new key", *product.SEALING_KEYS]
    assert sign_in(user, code_now())[1]

    call_command("reseal", verbosity=0)

    settings.SEALING_KEYS = ["a new key"]
    assert sign_in(user, recovery_code(user))[1]
    with tenancy.platform("test"):
        assert encryption.unseal(WebhookEndpoint.objects.get(pk=endpoint.pk).secret) == secret


def test_resealing_with_a_key_missing_changes_nothing(user: User, settings: Settings) -> None:
    before = stored_text()
    settings.SEALING_KEYS = ["a new key"]

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reseal", verbosity=0)

    assert stored_text() == before


@pytest.mark.parametrize("code", ["000000", SECRET])
def test_lost_key_lets_nobody_in_and_says_what_to_do(
    user: User, settings: Settings, code: str
) -> None:
    settings.SEALING_KEYS = ["another key"]

    answer, is_in = sign_in(user, code)

    assert not is_in
    assert answer.status_code == 409
    assert "segundo paso" in answer.content.decode()
