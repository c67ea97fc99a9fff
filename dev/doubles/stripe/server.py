"""The server of the double: API, pages, webhooks and the file of its state."""

import asyncio
from contextlib import AsyncExitStack, suppress
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import web

from dev.doubles.kit.serving import listen, refuse_other_origins
from dev.doubles.kit.snapshot import StateFile
from dev.doubles.stripe import snapshot
from dev.doubles.stripe.account import Account
from dev.doubles.stripe.api import Api
from dev.doubles.stripe.pages.checkout import CheckoutPages
from dev.doubles.stripe.pages.papers import Papers
from dev.doubles.stripe.pages.portal import PortalPages
from dev.doubles.stripe.settings import Settings
from dev.doubles.stripe.subscriptions import renewing
from dev.doubles.stripe.webhooks import EventSender

MAX_REQUEST = 1_000_000
SECONDS_BETWEEN_RENEWALS = 60


class Double:
    """`async with Double(settings) as double:` listens on its port, on this machine only."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = settings.port
        self.account = Account()
        self.api = Api(self.account, settings.secret_key)
        self._application = web.Application(
            middlewares=[refuse_other_origins(api="/v1/")], client_max_size=MAX_REQUEST
        )
        pages = (CheckoutPages(self.account), PortalPages(self.account), Papers(self.account))
        for part in (self.api, *pages):
            self._application.add_routes(part.routes())

    async def __aenter__(self) -> Self:
        settings, account = self.settings, self.account
        async with AsyncExitStack() as stack:
            self.port = await listen(stack, self._application, self.port)
            account.url = f"http://localhost:{self.port}"
            keeper = StateFile(
                settings.state,
                load=partial(snapshot.load, account),
                dump=partial(snapshot.dump, account),
            )
            await stack.enter_async_context(keeper)
            if settings.webhook_url:
                await stack.enter_async_context(
                    EventSender(account, settings.webhook_url, settings.webhook_secret)
                )
            self._renewals = asyncio.create_task(self._renew_regularly())
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._renewals.cancel()
        with suppress(asyncio.CancelledError):
            await self._renewals
        await self._stack.aclose()

    async def _renew_regularly(self) -> None:
        while True:
            renewing.catch_up(self.account)
            await asyncio.sleep(SECONDS_BETWEEN_RENEWALS)
