"""Attackers cannot lock an account's owner out, and responses do not reveal accounts."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from core import tenancy
from core.models import AuditEvent
from tests.background import collect_sent_tasks, run_sent_tasks
from tests.factories import PASSWORD, StaffFactory, UserFactory
from workspaces.models import KnownDevice, User
from workspaces.sign_in import known_devices

pytestmark = pytest.mark.django_db

Capture = DjangoCaptureOnCommitCallbacks
KNOWN, UNKNOWN = "conocida@example.com", "desconocida@example.com"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def user() -> User:
    found: User = UserFactory.create(email=KNOWN)
    return found


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def from_address(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def attack(email: str, *, attempts: int = 12) -> None:
    """Try wrong passwords, each from another network."""
    for number in range(attempts):
        sign_in(from_address(f"203.0.113.{number}"), email, "esta no es")


# Limits


def test_wrong_passwords_of_strangers_do_not_lock_known_browser_out(user: User) -> None:
    own = from_address("198.51.100.7")
    sign_in(own, KNOWN)
    own.post(reverse("account_logout"))

    attack(KNOWN)
    sign_in(own, KNOWN)

    assert is_in(own)


def test_strangers_in_the_same_network_do_not_lock_known_browser_out(user: User) -> None:
    """Patients in the waiting room share the reception's IP address."""
    own = from_address("198.51.100.7")
    sign_in(own, KNOWN)
    own.post(reverse("account_logout"))

    for number in range(40):
        sign_in(from_address("198.51.100.7"), f"{number}@example.com", "esta no es")
    sign_in(own, KNOWN)

    assert is_in(own)


def test_new_browser_gets_in_by_mail_while_passwords_are_tried_out(
    user: User, django_capture_on_commit_callbacks: Capture
) -> None:
    attack(KNOWN)
    own = from_address("198.51.100.8")
    refused = sign_in(own, KNOWN)
    assert not is_in(own)
    assert reverse("ask_for_code") in refused.content.decode()

    with run_sent_tasks(django_capture_on_commit_callbacks):
        own.post(reverse("ask_for_code"), {"email": KNOWN})
    found = re.search(r"(?m)^ {4}(\S+)$", str(mail.outbox[-1].body))
    assert found
    own.post(reverse("sign_in_code"), {"code": found[1]})

    assert is_in(own)
    own.post(reverse("account_logout"))
    attack(KNOWN)
    sign_in(own, KNOWN)
    assert is_in(own)


def test_guessing_is_limited_for_known_and_for_new_browsers(user: User) -> None:
    own = Client()
    sign_in(own, KNOWN)
    own.post(reverse("account_logout"))

    for client in (own, from_address("203.0.113.250")):
        for _ in range(5):
            assert "no son correctos" in sign_in(client, KNOWN, "no").content.decode()
        assert "Demasiados intentos" in sign_in(client, KNOWN).content.decode()
        assert not is_in(client)


def test_cookie_of_another_account_is_no_known_browser(user: User) -> None:
    UserFactory.create(email="atacante@example.com")
    attacker = Client()
    sign_in(attacker, "atacante@example.com")
    attacker.post(reverse("account_logout"))

    attack(KNOWN)

    assert "Demasiados intentos" in sign_in(attacker, KNOWN).content.decode()


def test_second_step_is_asked_for_after_the_code(
    user: User, client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    with run_sent_tasks(django_capture_on_commit_callbacks):
        client.post(reverse("ask_for_code"), {"email": KNOWN})
    found = re.search(r"(?m)^ {4}(\S+)$", str(mail.outbox[-1].body))
    assert found

    answer = client.post(reverse("sign_in_code"), {"code": found[1]})

    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def test_strangers_cannot_use_up_the_mails_of_known_browser(
    user: User, django_capture_on_commit_callbacks: Capture
) -> None:
    own = from_address("198.51.100.7")
    sign_in(own, KNOWN)
    own.post(reverse("account_logout"))
    for number in range(25):
        stranger = from_address(f"203.0.113.{number}")
        stranger.post(reverse("account_reset_password"), {"email": KNOWN})

    with run_sent_tasks(django_capture_on_commit_callbacks):
        own.post(reverse("account_reset_password"), {"email": KNOWN})

    assert len(mail.outbox) == 1


# Audit trail and mails


def trail(user: User) -> list[AuditEvent]:
    with tenancy.platform("test"):
        return list(AuditEvent.objects.filter(entity_id=user.pk).order_by("pk"))


def test_failures_leave_few_rows_however_many_there_are(
    user: User, django_capture_on_commit_callbacks: Capture
) -> None:
    with run_sent_tasks(django_capture_on_commit_callbacks):
        for number in range(30):
            client = from_address(f"203.0.113.{number}")
            sign_in(client, KNOWN, "esta no es", headers={"user-agent": FIREFOX})

    events = trail(user)
    assert [event.new["attempts_in_an_hour"] for event in events] == [1, 5, 25]
    assert {event.action for event in events} == {"sign_in.wrong_password"}
    assert events[0].address == "203.0.113.0"
    assert events[0].user_agent == FIREFOX
    assert KNOWN not in str([event.__dict__ for event in events])


def test_failure_of_unknown_address_leaves_no_row_and_no_address_in_the_log(
    user: User, django_capture_on_commit_callbacks: Capture, caplog: pytest.LogCaptureFixture
) -> None:
    with run_sent_tasks(django_capture_on_commit_callbacks):
        sign_in(Client(), UNKNOWN, "esta no es")

    with tenancy.platform("test"):
        assert not AuditEvent.objects.exists()
    assert "sign_in_failed" in caplog.text
    assert UNKNOWN not in caplog.text


def test_order_to_the_worker_cannot_be_read(user: User) -> None:
    with collect_sent_tasks() as orders:
        sign_in(Client(), KNOWN, "esta no es")

    assert orders
    assert KNOWN not in str(orders)


def test_new_browser_is_told_by_mail_but_not_the_first_one(
    user: User, django_capture_on_commit_callbacks: Capture
) -> None:
    first, second = Client(), Client()
    with run_sent_tasks(django_capture_on_commit_callbacks):
        sign_in(first, KNOWN)
        first.post(reverse("account_logout"))
        sign_in(first, KNOWN)
    assert not mail.outbox

    with run_sent_tasks(django_capture_on_commit_callbacks):
        sign_in(second, KNOWN, headers={"user-agent": FIREFOX})

    (message,) = mail.outbox
    assert message.to == [KNOWN]
    assert "Firefox" in message.body
    assert reverse("usersessions_list") in message.body
    assert [event.action for event in trail(user)] == ["sign_in.new_device"]


def test_platform_staff_are_told_of_new_browsers_too(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    staff = StaffFactory.create()
    with run_sent_tasks(django_capture_on_commit_callbacks):
        sign_in(Client(), staff.email)
        sign_in(Client(), staff.email)

    assert [message.to for message in mail.outbox] == [[staff.email]]


def test_device_cookie_is_kept_from_scripts_and_stored_as_digest(user: User) -> None:
    client = Client()
    sign_in(client, KNOWN)

    cookie = client.cookies[known_devices.cookie_name()]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in KnownDevice.objects.get().digest


def test_only_the_newest_browsers_are_kept(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_devices, "MAX_DEVICES", 3)

    for _ in range(known_devices.MAX_DEVICES + 3):
        sign_in(Client(), KNOWN)

    assert KnownDevice.objects.filter(user=user).count() == known_devices.MAX_DEVICES


def test_wrong_second_step_is_in_the_trail(
    user: User, client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    sign_in(client, KNOWN)

    with run_sent_tasks(django_capture_on_commit_callbacks):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert [event.action for event in trail(user)] == ["sign_in.wrong_code"]


def test_second_confirmed_address_signs_in_too(user: User) -> None:
    EmailAddress.objects.create(user=user, email="otra@example.com", verified=True)
    client = Client()

    sign_in(client, "OTRA@example.com")

    assert is_in(client)


def test_address_that_nobody_confirmed_signs_nobody_in(user: User) -> None:
    EmailAddress.objects.create(user=user, email="otra@example.com", verified=False)
    client = Client()

    sign_in(client, "otra@example.com")

    assert not is_in(client)


def test_code_cannot_be_guessed_by_asking_for_many(
    user: User, client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    for _ in range(3):
        client.post(reverse("ask_for_code"), {"email": KNOWN})

    refused = client.post(reverse("ask_for_code"), {"email": KNOWN})

    assert refused.status_code == 429
    assert "Espere diez minutos" in refused.content.decode()


@pytest.mark.parametrize(
    ("wanted", "reached"), [("/campaigns/", "/campaigns/"), ("https://evil.example/", "/")]
)
def test_code_leads_where_somebody_wanted_to_go_but_to_no_other_site(
    user: User,
    client: Client,
    django_capture_on_commit_callbacks: Capture,
    wanted: str,
    reached: str,
) -> None:
    with run_sent_tasks(django_capture_on_commit_callbacks):
        client.post(reverse("ask_for_code"), {"email": KNOWN, "next": wanted})
    found = re.search(r"(?m)^ {4}(\S+)$", str(mail.outbox[-1].body))
    assert found

    assert client.post(reverse("sign_in_code"), {"code": found[1]})["Location"] == reached
