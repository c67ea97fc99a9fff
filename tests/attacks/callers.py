"""Calls over HTTP, as a program with an API key and as a person in a browser make them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from workspaces.models import User

TIMEOUT = 30
CSRF_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Program:
    """Calls the API with a key."""

    site: str
    key: str

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self._call(path, json.dumps(body).encode(), "application/json")

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Answer:
        form = encode_multipart(BOUNDARY, {**fields, "file": ContentFile(content, name=name)})
        return self._call(path, form, MULTIPART_CONTENT)

    def get(self, path: str) -> Answer:
        return self._call(path, None, "")

    def _call(self, path: str, body: bytes | None, content_type: str) -> Answer:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": content_type}
        return call(Request(f"{self.site}/api/v1/{path}", data=body, headers=headers))


class Person:
    """Uses the pages. The session is made in the database, for signing in is not what is tried."""

    def __init__(self, site: str, user: User) -> None:
        browser = Client()
        browser.force_login(user)
        self.site = site
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = {settings.SESSION_COOKIE_NAME: session}

    def get(self, path: str) -> Answer:
        return self._call(path, None)

    def post(self, path: str, fields: Mapping[str, str], *, form: str) -> Answer:
        """Send the form that the page `form` shows."""
        page = self.get(form)
        token = CSRF_FIELD.search(page.text)
        assert token, f"{form} shows no form: {page.status}"
        return self._call(path, {**fields, "csrfmiddlewaretoken": token[1]})

    def _call(self, path: str, fields: Mapping[str, str] | None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Referer": self.site, "Origin": self.site}
        data = urlencode(fields).encode() if fields is not None else None
        return call(Request(f"{self.site}{path}", data=data, headers=headers), keep=self.cookies)


def is_reachable(url: str) -> bool:
    try:
        return call(Request(url)).status == HTTPStatus.OK
    except OSError:
        return False


def call(request: Request, *, keep: dict[str, str] | None = None) -> Answer:
    """Return the answer, also one that is an error. Store new cookies in `keep`."""
    try:
        with urlopen(request, timeout=TIMEOUT) as response:
            if keep is not None:
                for cookie in response.headers.get_all("Set-Cookie", []):
                    name, _, rest = cookie.partition("=")
                    keep[name] = rest.partition(";")[0]
            return Answer(response.status, response.read().decode(errors="replace"))
    except HTTPError as error:
        return Answer(error.code, error.read().decode(errors="replace"))
