"""The server of the double: OAuth, the APIs, pushes, the pages, and the control API."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from dev.doubles.google import snapshot, world
from dev.doubles.google.api import Api
from dev.doubles.google.control import Control
from dev.doubles.google.counts import Counts
from dev.doubles.google.faults import Trouble
from dev.doubles.google.oauth import Grants
from dev.doubles.google.oauth_server import PATHS, OAuthServer
from dev.doubles.google.pages.consent import ConsentPages
from dev.doubles.google.pages.place import PlacePages
from dev.doubles.google.pushes import Pushes
from dev.doubles.google.settings import Settings
from dev.doubles.google.signing import SigningKey
from dev.doubles.google.state import State
from dev.doubles.kit.serving import listen, refuse_other_origins
from dev.doubles.kit.snapshot import StateFile

LARGEST_REQUEST = 20_000_000


class Double:
    """`async with Double(settings) as double:` listens on its port, on this machine only."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = settings.port
        self.state = State()
        self.grants = Grants(self.state)
        self.trouble = Trouble(settings.faults)
        self.counts = Counts()
        self.key = SigningKey()
        # What the state file had at the start.
        self._kept = ""
        self.oauth = OAuthServer(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            key=self.key,
            state=self.state,
            grants=self.grants,
            trouble=self.trouble,
            counts=self.counts,
        )
        self.pushes = Pushes(
            url=settings.push_url,
            topic=settings.topic,
            audience=settings.push_audience,
            email=settings.push_email,
            key=self.key,
            state=self.state,
            trouble=self.trouble,
            counts=self.counts,
        )
        self.control = Control(
            state=self.state,
            grants=self.grants,
            trouble=self.trouble,
            counts=self.counts,
            restart=self.restart,
        )
        api = Api(self.state, self.grants, self.trouble, self.counts)
        self._application = web.Application(
            middlewares=[refuse_other_origins(api=("/v1/", "/v4/", *PATHS))],
            client_max_size=LARGEST_REQUEST,
        )
        pages = (
            ConsentPages(settings.client_id, self.state, self.grants),
            PlacePages(self.state),
        )
        for part in (api, self.oauth, self.control, *pages):
            self._application.add_routes(part.routes())
        self.restart()

    @property
    def paths(self) -> list[str]:
        return sorted({each.canonical for each in self._application.router.resources()})

    def restart(self) -> None:
        """Return to the world, the grants and the faults of the start."""
        self.state.clear()
        self.grants.clear()
        self.trouble.reset()
        self.counts.clear()
        self.pushes.forget()
        world.fill(self.state)
        if self._kept:
            self._load(self._kept)

    def _load(self, text: str) -> None:
        snapshot.load(self.state, self.grants, self.key, text)
        self._kept = text

    def _dump(self) -> dict[str, Any]:
        return snapshot.dump(self.state, self.grants, self.key)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(
                StateFile(self.settings.state, load=self._load, dump=self._dump)
            )
            await stack.enter_async_context(self.pushes)
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
