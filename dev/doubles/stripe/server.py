"""All of it, started and stopped together."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import web

from dev.doubles.kit.serving import HOST, refuse_other_origins
from dev.doubles.stripe.account import Account
from dev.doubles.stripe.api import Api
from dev.doubles.stripe.pages.checkout import CheckoutPages
from dev.doubles.stripe.pages.papers import Papers
from dev.doubles.stripe.pages.portal import PortalPages
from dev.doubles.stripe.settings import Settings
from dev.doubles.stripe.snapshot import Keeper
from dev.doubles.stripe.webhooks import Postman

LARGEST_REQUEST = 1_000_000
SECONDS_TO_CLOSE = 0.2
ROOMS = (CheckoutPages, PortalPages, Papers)


class Double:
    """`async with Double(settings) as double:` listens on its port, on this machine only."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = settings.port
        self.account = Account()
        self.api = Api(self.account, settings.secret_key)
        self._application = web.Application(
            middlewares=[refuse_other_origins(api="/v1/")], client_max_size=LARGEST_REQUEST
        )
        for rooms in (self.api, *(room(self.account) for room in ROOMS)):
            self._application.add_routes(rooms.routes())

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            runner = web.AppRunner(
                self._application, access_log=None, shutdown_timeout=SECONDS_TO_CLOSE
            )
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, HOST, self.port).start()
            self.port = runner.addresses[0][1]
            self.account.url = f"http://localhost:{self.port}"
            await stack.enter_async_context(Keeper(self.account, self.settings.state))
            if self.settings.webhook_url:
                postman = Postman(
                    self.account, self.settings.webhook_url, self.settings.webhook_secret
                )
                await stack.enter_async_context(postman)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()
