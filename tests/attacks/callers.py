"""Call the product over HTTP, as a program with an API key or as a user in a browser."""

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
class CallResult:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class ApiCaller:
    """Call the API with a key."""

    site: str
    key: str

    def post(self, path: str, body: Mapping[str, Any]) -> CallResult:
        return self._call(path, json.dumps(body).encode(), "application/json")

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> CallResult:
        form = encode_multipart(BOUNDARY, {**fields, "file": ContentFile(content, name=name)})
        return self._call(path, form, MULTIPART_CONTENT)

    def get(self, path: str) -> CallResult:
        return self._call(path, None, "")

    def _call(self, path: str, body: bytes | None, content_type: str) -> CallResult:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": content_type}
        return call(Request(f"{self.site}/api/v1/{path}", data=body, headers=headers))


class BrowserUser:
    """Use the pages. The session is created directly, because signing in is not attacked here."""

    def __init__(self, site: str, user: User) -> None:
        client = Client()
        client.force_login(user)
        self.site = site
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = {settings.SESSION_COOKIE_NAME: session}

    def get(self, path: str) -> CallResult:
        return self._call(path, None)

    def post(self, path: str, fields: Mapping[str, str], *, form: str) -> CallResult:
        """Post the fields with the CSRF token of the page `form`."""
        page = self.get(form)
        token = CSRF_FIELD.search(page.text)
        assert token, f"{form} shows no form: {page.status}"
        return self._call(path, {**fields, "csrfmiddlewaretoken": token[1]})

    def _call(self, path: str, fields: Mapping[str, str] | None) -> CallResult:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Referer": self.site, "Origin": self.site}
        data = urlencode(fields).encode() if fields is not None else None
        return call(Request(f"{self.site}{path}", data=data, headers=headers), cookies=self.cookies)


def is_reachable(url: str) -> bool:
    try:
        return call(Request(url)).status == HTTPStatus.OK
    except OSError:
        return False


def call(request: Request, *, cookies: dict[str, str] | None = None) -> CallResult:
    """Return the response, also an error. Store its cookies in `cookies`."""
    try:
        with urlopen(request, timeout=TIMEOUT) as response:
            if cookies is not None:
                for cookie in response.headers.get_all("Set-Cookie", []):
                    name, _, rest = cookie.partition("=")
                    cookies[name] = rest.partition(";")[0]
            return CallResult(response.status, response.read().decode(errors="replace"))
    except HTTPError as error:
        return CallResult(error.code, error.read().decode(errors="replace"))
