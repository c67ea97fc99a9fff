import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.health import WORKER_SEEN
from config.tasks import heartbeat
from tests.factories import SenderFactory

pytestmark = pytest.mark.django_db


def test_live_needs_no_query(
    client: Client, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # a context manager factory
        response = client.get("/health/live")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_if_all_checks_pass(client: Client) -> None:
    heartbeat()

    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {
        "database": "ok",
        "redis": "ok",
        "migrations": "ok",
        "worker": "ok",
        "senders": "ok",
    }


@pytest.mark.django_db
def test_paused_sender_is_reported_and_status_is_200(client: Client) -> None:
    heartbeat()
    SenderFactory.create(workspace=None, paused_at=timezone.now())

    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json()["senders"] == "1 paused"


def test_not_ready_without_worker(client: Client) -> None:
    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["worker"] == "no"


def test_not_ready_if_worker_is_silent(client: Client) -> None:
    long_ago = timezone.now().timestamp() - settings.WORKER_SILENCE_LIMIT - 1
    cache.set(WORKER_SEEN, long_ago)

    assert client.get("/health/ready").json()["worker"] == "no"


@pytest.mark.django_db(transaction=True)
def test_ready_follows_database(client: Client) -> None:
    client.raise_request_exception = False
    there = connection.settings_dict["NAME"]

    client.cookies["sessionid"] = "someone"

    connection.close()
    connection.settings_dict["NAME"] = "gone"
    try:
        away = client.get("/health/ready")
        page = client.get("/accounts/login/")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = there

    assert (away.status_code, away.json()["database"]) == (503, "no")
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert client.get("/health/ready").json()["database"] == "ok"
    assert client.get("/accounts/login/").status_code == 200
