"""The server of the double: API, pages, webhooks and mail."""

from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import web

from dev.doubles.kit.serving import HOST, listen, refuse_other_origins
from dev.doubles.kit.snapshot import StateFile
from dev.doubles.twilio import snapshot
from dev.doubles.twilio.api import Api
from dev.doubles.twilio.bouncing import Bouncer
from dev.doubles.twilio.carrier import API_VERSION, Carrier
from dev.doubles.twilio.contents import Contents
from dev.doubles.twilio.control import Control
from dev.doubles.twilio.faults import Trouble
from dev.doubles.twilio.inbound import Inbox
from dev.doubles.twilio.mailbox import Mailbox
from dev.doubles.twilio.media import MediaStore
from dev.doubles.twilio.pages import Pages
from dev.doubles.twilio.settings import Settings
from dev.doubles.twilio.state import State
from dev.doubles.twilio.template_desk import TemplateDesk
from dev.doubles.twilio.webhooks import Postman

LARGEST_REQUEST = 1_000_000


class Simulator:
    """`async with Simulator(settings) as simulator:` listens on its port and its smtp_port."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port, self.smtp_port = settings.port, settings.smtp_port
        account, token = settings.account_sid, settings.auth_token
        self.state = State(settings.keep)
        self.trouble = Trouble(settings.faults)
        self.contents = Contents()
        self.postman = Postman(token, settings.callbacks_at_once)
        self.bouncer = Bouncer(settings.mail_reports_url, settings.mail_reports_secret)
        carrier = Carrier(account, self.state, self.trouble, self.postman)
        inbox = Inbox(
            account_sid=account,
            url=settings.inbound_url,
            advanced_opt_out=settings.advanced_opt_out,
            state=self.state,
            carrier=carrier,
            postman=self.postman,
        )
        store = MediaStore(self.state)
        api = Api(
            account_sid=account,
            auth_token=token,
            state=self.state,
            trouble=self.trouble,
            carrier=carrier,
            contents=self.contents,
            media=store,
        )
        control = Control(
            account_sid=account,
            state=self.state,
            trouble=self.trouble,
            inbox=inbox,
            contents=self.contents,
            postman=self.postman,
        )
        desk = TemplateDesk(self.contents)
        self._application = web.Application(
            middlewares=[refuse_other_origins(api=(f"/{API_VERSION}/", "/v1/", "/v2/"))],
            client_max_size=LARGEST_REQUEST,
        )
        pages = Pages(self.state)
        for routes in (
            api.routes(),
            control.routes(),
            pages.routes(),
            store.routes(),
            desk.routes(),
        ):
            self._application.add_routes(routes)

    async def __aenter__(self) -> Self:
        if self.settings.contents:
            self.contents.load(self.settings.contents)
        async with AsyncExitStack() as stack:
            if self.settings.state:
                keeper = StateFile(
                    self.settings.state,
                    load=partial(snapshot.load, self.state),
                    dump=partial(snapshot.dump, self.state),
                )
                await stack.enter_async_context(keeper)
            await stack.enter_async_context(self.postman)
            await stack.enter_async_context(self.bouncer)
            self.port = await listen(stack, self._application, self.port)
            mailbox = await Mailbox(self.state, self.bouncer).listen(HOST, self.smtp_port)
            stack.callback(mailbox.close)
            self.smtp_port = mailbox.sockets[0].getsockname()[1]
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()
