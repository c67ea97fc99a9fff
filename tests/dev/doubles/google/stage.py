"""The double of Google and a stand-in for the product's push address, in a thread of their own.

with GoogleDouble() as google, google.in_use():
    tokens = google.grant()
    name = google.add_review(stars=5, comment="Muy amables.", author="Ana Torres")
"""

import base64
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from aiohttp import web
from django.test import override_settings

from dev.doubles.google.server import Double
from dev.doubles.google.settings import Settings
from dev.doubles.google.signing import SigningKey
from dev.doubles.google.state import State
from dev.doubles.kit.serving import listen
from tests.dev.doubles.background import LoopThread, eventually
from tests.dev.doubles.google.control import GoogleControl

T = TypeVar("T")


@dataclass(frozen=True)
class Push:
    """A push that the product received."""

    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def message_id(self) -> str:
        return str(self.body["message"]["messageId"])

    @property
    def data(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(base64.b64decode(self.body["message"]["data"]))
        return found

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")


@dataclass
class Product:
    """Receives pushes in place of the product, and responds with the statuses in `answers`."""

    port: int = 0
    pushes: list[Push] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/push"

    def received(self, *, count: int = 1) -> list[Push]:
        """Return the pushes, once there are at least `count`."""
        return eventually(lambda: self.pushes if len(self.pushes) >= count else [])

    async def receive(self, request: web.Request) -> web.Response:
        self.pushes.append(Push(json.loads(await request.text()), dict(request.headers)))
        return web.Response(status=self.answers.pop(0) if self.answers else 204)

    async def welcome(self, _request: web.Request) -> web.Response:
        """Answer a browser that the consent page has led back."""
        return web.Response(text="back")


class GoogleDouble(GoogleControl):
    """The double until the end of the `with`. Without `push_url` the pushes go to `product`."""

    def __init__(self, settings: Settings | None = None, *, push_url: str = "") -> None:
        self._settings = replace(settings or Settings(), port=0)
        self._push_url = push_url
        self.product = Product()
        super().__init__()

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._thread.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._thread.run(self._stack.aclose())
        self._thread.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.double.port}"

    @property
    def state(self) -> State:
        """What Google knows. Tests read it; changes go through the methods."""
        return self.double.state

    @property
    def push_url(self) -> str:
        return self.double.pushes.url

    def in_use(self, **settings: Any) -> override_settings:
        """Return a context in which the product calls this double."""
        usual = {
            "GOOGLE_BASE_URL": self.url,
            "GOOGLE_BUSINESS_CLIENT_ID": self._settings.client_id,
            "GOOGLE_BUSINESS_CLIENT_SECRET": self._settings.client_secret,
            "GOOGLE_BUSINESS_TOPIC": self._settings.topic,
            "GOOGLE_BUSINESS_PUSH_AUDIENCE": self.double.pushes.audience,
            "GOOGLE_BUSINESS_PUSH_EMAIL": self._settings.push_email,
        }
        return override_settings(**{**usual, **settings})

    def reset(self) -> None:
        """Return to the world, the grants and the faults of the start."""
        super().reset()
        self.product.pushes.clear()
        self.product.answers.clear()

    # Pushes

    def listen_for_pushes(self, account: str = "") -> None:
        """Set the notification setting of an account as the product does."""
        found = self.state.accounts[account or self.account]
        found.topic = self._settings.topic
        found.notification_types = ["NEW_REVIEW", "UPDATED_REVIEW"]

    def push_body(self, data: dict[str, Any]) -> bytes:
        """Return the body of a push with this data, for a test that posts it itself."""
        return self.double.pushes.envelope(data)

    def push_token(self, **claims: Any) -> str:
        """Return a token as Google signs it. Claims (aud, email, iss, exp…) replace its own."""
        return self.double.pushes.token(**claims)

    def forged_token(self, **claims: Any) -> str:
        """Return a token with the right claims that somebody else has signed."""
        pushes = self.double.pushes
        genuine, pushes.key = pushes.key, SigningKey()
        try:
            return pushes.token(**claims)
        finally:
            pushes.key = genuine

    async def _open(self) -> None:
        async with AsyncExitStack() as stack:
            application = web.Application()
            application.router.add_post("/{path:.*}", self.product.receive)
            application.router.add_get("/{path:.*}", self.product.welcome)
            self.product.port = await listen(stack, application, 0)
            settings = replace(self._settings, push_url=self._push_url or self.product.url)
            self.double = await stack.enter_async_context(Double(settings))
            self._stack = stack.pop_all()
