"""The push service (RFC 8030), and a control API to subscribe, read messages and set answers."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from dev.doubles.kit.control import json_object, reporting_errors, text_of
from dev.doubles.kit.serving import HOST, listen, refuse_other_origins
from dev.doubles.push.browser import Browser
from dev.doubles.push.settings import Settings
from workspaces.notifications.push.keys import decode, encode

LARGEST_REQUEST = 4096


@dataclass(frozen=True)
class Answer:
    """What the service answers instead of taking a push."""

    status: int
    retry_after: int | None = None


class Double:
    """`async with Double(settings) as double:` listens on its port, on this machine only."""

    def __init__(self, settings: Settings) -> None:
        self.port = settings.port
        self.browsers: dict[str, Browser] = {}
        self.headers: list[Mapping[str, str]] = []
        # The next answers, in order. After them every push is taken.
        self.answers: list[Answer] = []
        self._application = web.Application(
            middlewares=[refuse_other_origins(api="/push/")], client_max_size=LARGEST_REQUEST
        )
        self._application.add_routes(
            [
                web.post("/push/{name}", self._push),
                web.post("/browsers", reporting_errors(self._subscribe)),
                web.get("/browsers/{name}", self._show),
                web.post("/answers", reporting_errors(self._set_answer)),
            ]
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.port = await listen(stack, self._application, self.port)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    def subscribe(self, name: str) -> Browser:
        return self.browsers.setdefault(name, Browser(name))

    def endpoint_of(self, browser: Browser) -> str:
        return f"{self.origin}/push/{browser.name}"

    async def _push(self, request: web.Request) -> web.Response:
        if self.answers:
            answer = self.answers.pop(0)
            after = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
            return web.Response(status=answer.status, headers=after)
        browser = self.browsers.get(request.match_info["name"])
        if browser is None:
            return web.Response(status=HTTPStatus.GONE)
        if not self._is_signed(request.headers.get("Authorization", "")):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        if "TTL" not in request.headers or request.headers["Content-Encoding"] != "aes128gcm":
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        browser.take(await request.read())
        self.headers.append(dict(request.headers))
        return web.Response(status=HTTPStatus.CREATED)

    def _is_signed(self, authorization: str) -> bool:
        """Check the token of RFC 8292 with the key that comes with it."""
        scheme, _, values = authorization.partition(" ")
        pairs = dict(part.strip().partition("=")[::2] for part in values.split(","))
        if scheme != "vapid" or not {"t", "k"} <= pairs.keys():
            return False
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(pairs["k"]))
            jwt.decode(pairs["t"], key, algorithms=["ES256"], audience=self.origin)
        except (ValueError, jwt.InvalidTokenError):
            return False
        return True

    async def _subscribe(self, request: web.Request) -> web.Response:
        browser = self.subscribe(text_of(await json_object(request), "name"))
        keys = {"p256dh": browser.public_key, "auth": encode(browser.secret)}
        return web.json_response({"endpoint": self.endpoint_of(browser), "keys": keys})

    async def _show(self, request: web.Request) -> web.Response:
        browser = self.browsers.get(request.match_info["name"])
        shown: list[dict[str, Any]] = browser.shown() if browser else []
        return web.json_response(shown)

    async def _set_answer(self, request: web.Request) -> web.Response:
        body = await json_object(request)
        status, after = body.get("status"), body.get("retry_after")
        if not isinstance(status, int) or not (after is None or isinstance(after, int)):
            raise ValueError("status and retry_after take numbers.")
        self.answers.append(Answer(status, after))
        return web.json_response({})
