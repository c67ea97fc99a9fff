"""Passwords from breaches, and those that are easy to guess, are refused."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.factories import PracticeFactory, UserFactory
from workspaces.models import User
from workspaces.sign_in import breached_passwords

pytestmark = pytest.mark.django_db

GOOD = "cuatro palabras muy largas"
BREACHED = "caballo bateria grapa correcta"


def digest_of(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


class Breaches(BaseHTTPRequestHandler):
    """A double of the range API of Have I Been Pwned, which records its requests."""

    asked: list[str] = []
    status = 200

    def do_GET(self) -> None:
        self.asked.append(self.path)
        digest, padding = digest_of(BREACHED), digest_of(GOOD)
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(f"{'0' * 35}:4\r\n{digest[5:]}:31\r\n{padding[5:]}:0\r\n".encode())

    def log_message(self, *_args: object) -> None:
        """Do not log."""


@pytest.fixture
def service(settings: Settings) -> Iterator[type[Breaches]]:
    Breaches.asked.clear()
    Breaches.status = 200
    with ThreadingHTTPServer(("127.0.0.1", 0), Breaches) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.BREACHED_PASSWORDS_URL = f"http://127.0.0.1:{server.server_port}/range"
        yield Breaches
        server.shutdown()
        thread.join()


@pytest.fixture
def user() -> User:
    found: User = UserFactory.create(
        name="Dra. María Peña", email="mpena@sanlucas.ec", workspace__name="Clínica San Lucas"
    )
    PracticeFactory.create(workspace=found.workspace, name="Consultorio La Floresta")
    return found


def code_of(password: str, user: User | None = None) -> str:
    """Return the code of the validation error for a password, or an empty text."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return str(error.error_list[-1].code)
    return ""


def test_breached_password_is_refused_and_only_a_prefix_leaves(service: type[Breaches]) -> None:
    assert code_of(BREACHED) == "password_breached"

    (path,) = service.asked
    assert path == f"/range/{digest_of(BREACHED)[:5]}"


def test_padding_of_the_answer_is_no_breach(service: type[Breaches]) -> None:
    assert code_of(GOOD) == ""
    assert service.asked


def test_password_passes_when_the_service_fails(
    service: type[Breaches], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = 503
    assert code_of(BREACHED) == ""
    settings.BREACHED_PASSWORDS_URL = "http://127.0.0.1:9/range"
    assert code_of(BREACHED) == ""

    assert caplog.text.count("breached_passwords_not_asked") == 2
    assert BREACHED not in caplog.text


def test_silent_service_is_not_waited_for(
    service: type[Breaches], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(Breaches, "do_GET", lambda _self: release.wait(5) and None)
    monkeypatch.setattr(breached_passwords, "TIMEOUT_SECONDS", 0.05)

    assert code_of(BREACHED) == ""
    release.set()


def test_nothing_is_asked_without_the_setting() -> None:
    assert code_of(BREACHED) == ""


@pytest.mark.parametrize(
    "password",
    [
        "ClinicaSanLucas2026",
        "sanlucas-sanlucas",
        "María Peña 1985!",
        "mpena123456",
        "La Floresta #1",
        "qwertyuiop123",
        "asdfghjklñ1",
        "0987654321098",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "Contraseña2026",
    ],
)
def test_guessable_password_is_refused(password: str, user: User) -> None:
    assert code_of(password, user)


@pytest.mark.parametrize(
    "password",
    [GOOD, "tres gatos verdes", "Quito-llueve-en-abril", "peña del águila ronca", "x7#Kq!v9Lm2z"],
)
def test_own_words_pass(password: str, user: User) -> None:
    assert code_of(password, user) == ""


def test_name_of_the_clinic_is_refused_at_sign_up(client: Client) -> None:
    answer = client.post(
        reverse("account_signup"),
        {
            "name": "Inés Vaca",
            "workspace": "Dental Guayas",
            "practice": "Norte",
            "country": "EC",
            "email": "ines@example.com",
            "password1": "DentalGuayas2026",
        },
    )

    assert "fácil de adivinar" in answer.content.decode()
