"""Responses do not reveal who has an account, neither by content nor by the work they take."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from tests.background import collect_sent_tasks
from tests.config.test_signing_in import KNOWN, UNKNOWN, Capture, sign_in
from tests.config.test_signing_up import TYPED
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


class Counting(MD5PasswordHasher):
    """Counts the hashes, which take most of the time in production."""

    calls: ClassVar[Counter[str]] = Counter()

    def encode(self, password: str, salt: str) -> str:
        self.calls["hash"] += 1
        return str(super().encode(password, salt))


def measure_work(act: Callable[[Client], Any], capture: Capture) -> dict[str, Any]:
    """Return the response of a request, and the hashes, queries and tasks that it needed."""
    client = Client()
    client.get(reverse("account_login"))
    Counting.calls.clear()
    with (
        collect_sent_tasks() as orders,
        CaptureQueriesContext(connection) as queries,
        capture(execute=True),
    ):
        answer = act(client)
    shapes = [
        re.sub(r"'[^']*'|\bs\d+_x\d+", "?", query["sql"]).split(" WHERE ")[0]
        for query in queries.captured_queries
    ]
    return {
        "status": answer.status_code,
        "location": answer.get("Location"),
        "hashes": Counting.calls["hash"],
        "queries": Counter(shapes),
        "tasks": Counter(name for name, _ in orders),
        "page": re.sub(
            r'value="[^"]*"|[\w.]+@example.com|x-csrftoken[^}]*', "?", answer.content.decode()
        ),
    }


@pytest.mark.parametrize("name", ["sign_up", "sign_in", "new_password", "code"])
def test_known_and_unknown_address_get_same_response_and_work(
    name: str, settings: Settings, django_capture_on_commit_callbacks: Capture
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    UserFactory.create(email=KNOWN)

    def act(client: Client, email: str) -> Any:
        page, typed = {
            "sign_up": ("account_signup", TYPED | {"email": email}),
            "sign_in": ("account_login", {"login": email, "password": "esta no es"}),
            "new_password": ("account_reset_password", {"email": email}),
            "code": ("ask_for_code", {"email": email}),
        }[name]
        return client.post(reverse(page), typed)

    known = measure_work(lambda client: act(client, KNOWN), django_capture_on_commit_callbacks)
    unknown = measure_work(lambda client: act(client, UNKNOWN), django_capture_on_commit_callbacks)

    assert known == unknown
    assert sum(known["tasks"].values()) == 1
    assert known["hashes"] == (1 if name in {"sign_up", "sign_in"} else 0)


def test_account_without_password_needs_same_work(
    settings: Settings, django_capture_on_commit_callbacks: Capture
) -> None:
    """People who sign in with Google have no password."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    user = UserFactory.create(email=KNOWN)
    user.set_unusable_password()
    user.save()

    google = measure_work(
        lambda client: sign_in(client, KNOWN, "no"), django_capture_on_commit_callbacks
    )
    nobody = measure_work(
        lambda client: sign_in(client, UNKNOWN, "no"), django_capture_on_commit_callbacks
    )

    assert google == nobody


def test_adding_taken_address_needs_same_work(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    UserFactory.create(email=KNOWN)
    UserFactory.create(email="tomada@example.com")

    def ask(email: str) -> dict[str, Any]:
        client = Client()
        sign_in(client, KNOWN)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        change = {"email": email, "action_add": ""}
        return measure_work(
            lambda _: client.post(reverse("account_email"), change),
            django_capture_on_commit_callbacks,
        )

    taken = ask("tomada@example.com")

    assert taken["location"] == reverse("account_email_verification_sent")
    assert taken == ask(UNKNOWN)
