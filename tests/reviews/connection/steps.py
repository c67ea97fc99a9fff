"""What an owner does in the product and on Google's consent page, and what is stored then."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from django.test import Client, TestCase
from django.urls import reverse

from core import tenancy
from dev.doubles.google.oauth import BUSINESS_SCOPE
from reviews.models import GoogleConnection, GoogleLocation
from tests.background import run_sent_tasks
from tests.dev.doubles.google.stage import GoogleDouble
from workspaces.models import Practice, User, Workspace

T = TypeVar("T")

CLINIC_USER, OTHER_USER, EMPTY_USER = "1001", "1002", "1003"


@dataclass
class Clinic:
    client: Client
    google: GoogleDouble
    owner: User
    practice: Practice

    @property
    def workspace(self) -> Workspace:
        assert self.owner.workspace
        return self.owner.workspace

    def open_page(self, name: str = "google_connection") -> str:
        return text_of(self.client.get(reverse(name)))

    def press(self, name: str, /, **form: str) -> str:
        """Post a form, and return the page that it leads to."""
        return text_of(self.client.post(reverse(name), form, follow=True))

    def check_now(self, name: str = "google_check") -> str:
        """Press "Check now", have a worker ask Google, and return the page after that."""
        with run_sent_tasks(TestCase.captureOnCommitCallbacks):
            self.press(name)
        return self.open_page()

    def begin(self, **form: str) -> str:
        """Press "Connect Google". Return the address of Google's page."""
        response = self.client.post(reverse("google_connect"), form)
        assert response.status_code == 302, text_of(response)
        return str(response["Location"])

    def decide(
        self, consent: str, *, user: str = CLINIC_USER, action: str = "allow", scope: str = ""
    ) -> str:
        """Decide on Google's page. Return the address that leads back to the product."""
        form = {"user": user, "action": action, "scope": scope or BUSINESS_SCOPE}
        answer = requests.post(consent, data=form, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        target = urlsplit(answer.headers["Location"])
        return f"{target.path}?{target.query}"

    def return_by(self, address: str) -> str:
        return text_of(self.client.get(address, follow=True))

    def connect(self, **choice: str) -> str:
        """Connect Google. Return the page that the owner arrives at."""
        return self.return_by(self.decide(self.begin(), **choice))

    def follow(self, title: str = "Consultorio Centro", practice: Practice | None = None) -> str:
        """Choose a practice for the location of this title."""
        location = self.location(title)
        chosen = str((practice or self.practice).pk)
        return self.press("google_locations", **{f"location-{location.pk}": chosen})

    @property
    def connection(self) -> GoogleConnection:
        return stored(lambda: GoogleConnection.objects.get(workspace=self.workspace))

    @property
    def locations(self) -> list[GoogleLocation]:
        rows = GoogleLocation.objects.filter(workspace=self.workspace).order_by("title")
        rows = rows.select_related("practice")
        return stored(lambda: list(rows))

    def location(self, title: str = "Consultorio Centro") -> GoogleLocation:
        return next(row for row in self.locations if row.title == title)

    def change(self, row: Any, **values: Any) -> None:
        stored(lambda: type(row).objects.filter(pk=row.pk).update(**values))


def stored(read: Callable[[], T]) -> T:
    with tenancy.platform("test"):
        return read()


def text_of(response: Any) -> str:
    """Return the words of a page."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
