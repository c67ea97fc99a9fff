"""A sign-up cannot block somebody's address, and responses do not reveal accounts."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from config.accounts import sign_up as signing_up
from core import tenancy
from core.errors import ProblemError
from tests.background import run_sent_tasks
from tests.concurrency import run_concurrently
from tests.factories import InvitationFactory, UserFactory, WorkspaceFactory
from workspaces import tasks, team
from workspaces.models import Invitation, Role, User, Workspace
from workspaces.sign_in import mailed_codes

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Dra. Inés Vaca",
    "workspace": "Clínica Vaca",
    "practice": "Consultorio Norte",
    "country": "EC",
    "email": "ines@example.com",
    "password1": "cuatro palabras muy largas",
}
SIGN_UP = "/accounts/signup/"
CODE_PAGE = "/accounts/signup/code/"
Capture = DjangoCaptureOnCommitCallbacks


def sign_up(client: Client, capture: Capture, **changed: str) -> Any:
    with run_sent_tasks(capture):
        return client.post(SIGN_UP, TYPED | changed)


def code_in(text: str) -> str:
    found = re.search(r"(?m)^ {4}(\S+)$", text)
    assert found, text
    return found[1]


def last_code() -> str:
    return code_in(str(mail.outbox[-1].body))


def test_account_exists_only_after_code_is_entered(
    client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    answer = sign_up(client, django_capture_on_commit_callbacks)

    assert answer["Location"] == CODE_PAGE
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    with tenancy.platform("test"):
        assert not Workspace.objects.exists()

    answer = client.post(CODE_PAGE, {"code": last_code()})

    assert answer["Location"] == reverse("home")
    user = User.objects.get()
    assert (user.email, user.name, user.role) == ("ines@example.com", "Dra. Inés Vaca", "OWNER")
    assert user.check_password(TYPED["password1"])
    assert EmailAddress.objects.get().verified
    assert client.get("/").status_code == 200


def test_sign_up_of_a_stranger_does_not_keep_owner_from_joining(
    client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    owner = UserFactory.create()
    sign_up(Client(), django_capture_on_commit_callbacks)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        team.invite_member(
            workspace=owner.workspace, email=TYPED["email"], role=Role.DOCTOR, by=owner
        )
    sign_up(client, django_capture_on_commit_callbacks)
    client.post(CODE_PAGE, {"code": last_code()})

    assert User.objects.get(email=TYPED["email"]).name == TYPED["name"]


def test_sign_up_left_open_does_not_keep_invited_person_out(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    squatter = Client()
    sign_up(squatter, django_capture_on_commit_callbacks)
    code = last_code()
    token = "una-clave-que-nadie-adivina"
    InvitationFactory.create(email=TYPED["email"], token_digest=team.hash_token(token))

    joined = Client().post(
        f"/invitation/{token}/", {"name": "Inés", "password": "otras palabras muy largas"}
    )
    late = squatter.post(CODE_PAGE, {"code": code}, follow=True)

    assert joined["Location"] == reverse("home")
    assert "Alguien ya inicia sesión con este correo" in late.content.decode()
    user = User.objects.get(email=TYPED["email"])
    assert user.role == Role.DOCTOR
    with tenancy.platform("test"):
        assert Workspace.objects.count() == 1


def test_sign_up_can_be_finished_in_the_second_of_two_browsers(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    first, second = Client(), Client()
    sign_up(first, django_capture_on_commit_callbacks, password1="la del extraño es esta")
    sign_up(second, django_capture_on_commit_callbacks)

    second.post(CODE_PAGE, {"code": last_code()})

    assert User.objects.get().check_password(TYPED["password1"])


@pytest.mark.django_db(transaction=True)
def test_sign_up_and_invitation_at_once_make_one_account() -> None:
    token = "una-clave-que-nadie-adivina"
    invitation: Invitation = InvitationFactory.create(
        workspace=WorkspaceFactory.create(),
        email=TYPED["email"],
        token_digest=team.hash_token(token),
    )
    details = TYPED | {"timezone": "America/Guayaquil", "language": "es"}

    def act(change: Callable[[], User]) -> bool:
        try:
            change()
        except ProblemError:
            return False
        return True

    won = run_concurrently(
        partial(
            act,
            partial(signing_up.complete, email=invitation.email, password="x", details=details),
        ),
        partial(
            act,
            partial(team.accept_invitation, token=token, name="Inés", password="largas palabras"),
        ),
    )

    assert sorted(won) == [False, True]
    assert User.objects.filter(email=TYPED["email"]).count() == 1
    with tenancy.platform("test"):
        assert Workspace.objects.count() == (2 if won[0] else 1)


def test_session_of_a_sign_up_ends_soon_and_that_of_its_owner_does_not(
    client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    sign_up(client, django_capture_on_commit_callbacks)
    assert client.session.get_expiry_age() == mailed_codes.LIFE_SECONDS

    client.post(CODE_PAGE, {"code": last_code()})

    assert client.session.get_expiry_age() > 13 * 24 * 3600
    assert TYPED["workspace"] not in str(dict(client.session))


def test_ended_sign_ups_are_deleted_with_what_was_typed(
    client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    sign_up(client, django_capture_on_commit_callbacks)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    tasks.delete_expired_sessions()

    assert not Session.objects.exists()


def test_code_is_void_after_too_many_wrong_ones(
    client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    sign_up(client, django_capture_on_commit_callbacks)
    code = last_code()

    for _ in range(mailed_codes.MAX_ATTEMPTS):
        client.post(CODE_PAGE, {"code": "BBBB-BBBB"})
    answer = client.post(CODE_PAGE, {"code": code})

    assert answer["Location"] == SIGN_UP
    assert not User.objects.exists()


def test_code_is_void_when_its_time_is_over(
    client: Client,
    django_capture_on_commit_callbacks: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_up(client, django_capture_on_commit_callbacks)
    later = time.time() + mailed_codes.LIFE_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)

    assert client.post(CODE_PAGE, {"code": last_code()})["Location"] != reverse("home")
    assert not User.objects.exists()


def test_new_code_replaces_the_first(
    client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    sign_up(client, django_capture_on_commit_callbacks)
    first = last_code()
    with run_sent_tasks(django_capture_on_commit_callbacks):
        client.post(CODE_PAGE, {"action": "resend"})
    second = last_code()

    assert len(mail.outbox) == 2
    assert "no es correcto" in client.post(CODE_PAGE, {"code": first}).content.decode()
    assert client.post(CODE_PAGE, {"code": second})["Location"] == reverse("home")


def test_known_address_is_told_that_it_has_an_account(
    client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    UserFactory.create(email=TYPED["email"])

    answer = sign_up(client, django_capture_on_commit_callbacks)

    assert answer["Location"] == CODE_PAGE
    assert "ya tiene una cuenta" in mail.outbox[0].subject
    assert "password/reset" in mail.outbox[0].body


def test_one_mailbox_gets_few_mails_from_one_network(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    for _ in range(8):
        sign_up(Client(), django_capture_on_commit_callbacks)

    assert len(mail.outbox) == 3


def test_clinic_gets_the_language_that_was_chosen_on_the_landing_page(
    client: Client, django_capture_on_commit_callbacks: Capture
) -> None:
    landing = client.get("/?lang=en", headers={"accept-language": "es"}).content.decode()
    links = set(re.findall(rf'href="({SIGN_UP}[^"]*)"', landing))
    assert links
    assert all("lang=en" in link for link in links)

    page = client.get(f"{SIGN_UP}?lang=en", headers={"accept-language": "es"}).content.decode()
    sign_up(client, django_capture_on_commit_callbacks)
    mailed = str(mail.outbox[-1].subject)
    home = client.post(CODE_PAGE, {"code": last_code()}, follow=True).content.decode()

    assert "Open an account" in page
    assert "is your code" in mailed
    assert '<html lang="en"' in home
    with tenancy.platform("test"):
        assert Workspace.objects.get().language == "en"
    assert User.objects.get().language in ("", "en")


def test_unknown_language_in_the_address_is_not_remembered(client: Client) -> None:
    response = client.get(f"{SIGN_UP}?lang=tlh")

    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies
    assert '<html lang="es"' in response.content.decode()


def test_sign_in_page_takes_over_the_language(client: Client) -> None:
    page = client.get(f"{reverse('account_login')}?lang=en", headers={"accept-language": "es"})

    assert "Welcome back" in page.content.decode()
    assert "Welcome back" in client.get(reverse("account_login")).content.decode()
