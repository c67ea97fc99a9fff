"""A simulator and a stand-in for the product, running in a thread of their own."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl

import requests
from aiohttp import web

from dev.doubles.kit.serving import listen
from dev.doubles.twilio.faults import Faults
from dev.doubles.twilio.server import Simulator
from dev.doubles.twilio.settings import Settings
from tests.dev.doubles.background import LoopThread, eventually

T = TypeVar("T")

AT_ONCE = Faults(queued_ms=0, sent_ms=2, delivered_ms=2, read_ms=2)


@dataclass(frozen=True)
class Post:
    """A call that the product received."""

    url: str
    fields: dict[str, str]
    headers: dict[str, str]

    @property
    def sid(self) -> str:
        return self.fields["MessageSid"]

    @property
    def status(self) -> str:
        return self.fields["MessageStatus"]


@dataclass
class Product:
    """Receives webhooks in place of the product, and responds with the statuses in `answers`."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def received(self, path: str, *, count: int = 1) -> list[Post]:
        """Return the calls to a path, once there are at least `count`."""

        def look() -> list[Post]:
            posts = [post for post in self.posts if f"/{path}" in post.url]
            return posts if len(posts) >= count else []

        return eventually(look)

    async def receive(self, request: web.Request) -> web.Response:
        fields = dict(parse_qsl(await request.text(), keep_blank_values=True))
        url = f"http://{request.host}{request.raw_path}"
        self.posts.append(Post(url, fields, dict(request.headers)))
        return web.Response(status=self.answers.pop(0) if self.answers else 204)


class Stage:
    """Both, until the end of the `with`. `http` makes the requests of a visitor or of a test."""

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or Settings(faults=AT_ONCE)
        # One carrier, so that callbacks come in their order unless a fault says otherwise.
        self.settings = replace(settings, port=0, smtp_port=0, callbacks_at_once=1)
        self.product = Product()
        self.http = requests.Session()

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._thread.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._thread.run(self._stack.aclose())
        self._thread.stop()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.simulator.port}"

    def get(self, path: str, **query: str) -> Any:
        return self._json(self.http.get(self.base + path, params=query))

    def post(self, path: str, told: Any) -> Any:
        return self._json(self.http.post(self.base + path, json=told))

    def put(self, path: str, told: Any) -> Any:
        return self._json(self.http.put(self.base + path, json=told))

    def reply(self, person: str, body: str, **more: object) -> str:
        told = {"from": person, "to": "+15005550006", "body": body, **more}
        sid: str = self.post("/control/reply", told)["sid"]
        return sid

    def _json(self, answer: requests.Response) -> Any:
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    async def _open(self) -> None:
        async with AsyncExitStack() as stack:
            application = web.Application()
            application.router.add_post("/{path:.*}", self.product.receive)
            self.product.port = await listen(stack, application, 0)
            settings = replace(self.settings, inbound_url=self.product.url("inbound"))
            self.simulator = await stack.enter_async_context(Simulator(settings))
            self._stack = stack.pop_all()
