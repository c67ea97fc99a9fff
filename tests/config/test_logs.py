"""Logs contain no personal data, wherever it appears in a request, a task or an error."""

import io
import logging
from collections.abc import Iterator
from typing import NoReturn

import pytest
import structlog
from celery import shared_task
from django.db import IntegrityError
from django.http import HttpRequest
from django.test import Client
from django.urls import include, path

from core import origin, tenancy
from tests.factories import PASSWORD, UserFactory
from workspaces.access import public

pytestmark = pytest.mark.django_db

CANARY = "Canaria Quishpe"
PHONE = "+593987650001"
EMAIL = "canaria@example.com"
TOKEN = "canary-token"


class BrokenError(Exception):
    pass


@public("a test breaks it")
def broken(request: HttpRequest, token: str) -> NoReturn:
    raise BrokenError(f"{CANARY} {PHONE} {token}")


@shared_task
def broken_task(name: str, phone: str) -> NoReturn:
    raise BrokenError(f"{name} {phone}")


urlpatterns = [path("broken/<str:token>/", broken), path("", include("config.urls"))]
handler500 = "config.errors.server_error"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return the log output, formatted as in production."""
    ours = next(
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )
    assert isinstance(ours, logging.StreamHandler)
    written = io.StringIO()
    before = ours.setStream(written)
    yield written
    ours.setStream(before)


def personal_data_in(written: io.StringIO) -> set[str]:
    text = written.getvalue()
    return {word for word in (CANARY, "Canaria", PHONE, EMAIL, TOKEN, PASSWORD) if word in text}


def test_database_error_logs_constraint_but_no_row(log: io.StringIO) -> None:
    UserFactory.create(email=EMAIL)

    try:
        UserFactory.create(email=EMAIL, name=CANARY)
    except IntegrityError as error:
        assert EMAIL in str(error)
        structlog.get_logger("test").exception("import failed")
        logging.getLogger("elsewhere").exception("import failed")

    assert log.getvalue().count("workspaces_user_email_unique") == 2
    assert not personal_data_in(log)


@pytest.mark.urls("tests.config.test_logs")
def test_exception_in_view_logs_place_in_code(log: io.StringIO, client: Client) -> None:
    client.raise_request_exception = False

    assert client.get(f"/broken/{TOKEN}/").status_code == 500

    assert "BrokenError" in log.getvalue()
    assert "test_logs.py" in log.getvalue()
    assert "broken/<str:token>/" in log.getvalue()
    assert not personal_data_in(log)


def test_failed_task_is_logged_without_arguments(log: io.StringIO) -> None:
    broken_task.apply(args=(CANARY,), kwargs={"phone": PHONE})

    assert "broken_task" in log.getvalue()
    assert "BrokenError" in log.getvalue()
    assert not personal_data_in(log)


def test_sign_in_logs_no_credentials(log: io.StringIO, client: Client) -> None:
    UserFactory.create(email=EMAIL, name=CANARY)

    for password in ("wrong", PASSWORD):
        client.post("/accounts/login/", {"login": EMAIL, "password": password})
    client.get(f"/nowhere/{TOKEN}/", {"email": EMAIL})

    assert "accounts/login/" in log.getvalue()
    assert not personal_data_in(log)


@pytest.mark.parametrize(
    "address",
    ["/webhooks/twilio/inbound/", "/webhooks/stripe/", "/webhooks/nobody/", "/api/v1/me/"],
)
def test_refused_call_is_not_logged_as_an_earlier_request(
    log: io.StringIO, client: Client, address: str
) -> None:
    user = UserFactory.create()
    client.force_login(user)
    earlier = client.get("/accounts/email/", HTTP_USER_AGENT="Clinic", REMOTE_ADDR="203.0.113.7")
    log.seek(0)
    log.truncate()

    # The test client runs the view in this thread, like a thread of the web server.
    response = Client().post(address, REMOTE_ADDR="198.51.100.9")

    assert response.status_code >= 400
    assert response["X-Request-Id"] in log.getvalue()
    for left in (str(user.pk), str(user.workspace_id), earlier["X-Request-Id"]):
        assert left not in log.getvalue()
    assert origin.current_origin() == origin.Origin("198.51.100.9", "")


def test_task_is_not_logged_as_the_one_before(log: io.StringIO) -> None:
    workspace = UserFactory.create().workspace
    assert workspace
    with tenancy.within(workspace.pk):
        structlog.get_logger("test").warning("first task")
    before = log.getvalue()

    structlog.get_logger("test").warning("second task")

    assert str(workspace.pk) in before
    assert str(workspace.pk) not in log.getvalue()[len(before) :]


def test_log_line_has_user_and_workspace(log: io.StringIO, client: Client) -> None:
    user = UserFactory.create()
    client.force_login(user)

    response = client.get("/accounts/email/")

    assert str(user.workspace_id) in log.getvalue()
    assert str(user.pk) in log.getvalue()
    assert response["X-Request-Id"] in log.getvalue()
    assert user.name not in log.getvalue()
