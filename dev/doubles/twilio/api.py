"""Twilio's API over HTTP: create, fetch and list messages, the account, and contents."""

import asyncio
import base64
import json
from urllib.parse import parse_qsl

from aiohttp import web

from dev.doubles.kit.serving import reset_connection
from dev.doubles.twilio import creating, destinations
from dev.doubles.twilio.carrier import API_VERSION, Carrier
from dev.doubles.twilio.content_api import ContentApi, Handler, answer
from dev.doubles.twilio.contents import Contents
from dev.doubles.twilio.faults import Trouble
from dev.doubles.twilio.listing import Lister, as_json, rfc_2822
from dev.doubles.twilio.media import MediaStore
from dev.doubles.twilio.problems import RefusedError
from dev.doubles.twilio.state import State

ACCOUNT = f"/{API_VERSION}/Accounts/{{account}}"
OPTED_OUT = 21610
TOO_MANY = 20429


class Api:
    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        state: State,
        trouble: Trouble,
        carrier: Carrier,
        contents: Contents,
        media: MediaStore,
    ) -> None:
        self.account_sid = account_sid
        self.state = state
        self.trouble = trouble
        self.carrier = carrier
        self.contents = contents
        self.media = media
        self.content_api = ContentApi(account_sid, contents)
        self.lister = Lister(account_sid, state)
        credentials = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._authorization = f"Basic {credentials}"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{ACCOUNT}/Messages.json", self._facing_trouble(self.create)),
            web.get(f"{ACCOUNT}/Messages.json", self._facing_trouble(self.list)),
            web.get(f"{ACCOUNT}/Messages/{{message}}.json", self._facing_trouble(self.fetch)),
            web.get(
                f"{ACCOUNT}/Messages/{{message}}/Media/{{media}}",
                self._facing_trouble(self.media.redirect),
            ),
            web.get(f"{ACCOUNT}.json", self._facing_trouble(self.account)),
            *(
                web.route(method, path, self._facing_trouble(act))
                for method, path, act in self.content_api.routes()
            ),
            web.route("*", "/v1/{rest:.*}", self._facing_trouble(self.nothing)),
            web.route("*", "/v2/{rest:.*}", self._facing_trouble(self.nothing)),
            web.route("*", f"/{API_VERSION}/{{rest:.*}}", self._facing_trouble(self.nothing)),
        ]

    async def create(self, request: web.Request) -> web.Response:
        fields = parse_qsl((await request.read()).decode(errors="replace"), keep_blank_values=True)
        message = creating.read(dict(fields), self.contents)
        where = destinations.look_up(message.to, message.channel, self.trouble.faults.codes)
        if where.refusal:
            raise RefusedError(where.refusal, message.to)
        # With a Messaging Service the error comes later, in a callback, when a sender was picked.
        if not message.service and (message.line, message.person) in self.state.blocked:
            raise RefusedError(OPTED_OUT)
        self.carrier.take(message)
        return answer(as_json(message, self.account_sid), status=201)

    async def fetch(self, request: web.Request) -> web.Response:
        message = self.state.messages.get(request.match_info["message"])
        if not message:
            raise RefusedError(20404, request.path)
        return answer(as_json(message, self.account_sid, priced_after=self._priced_after))

    async def list(self, request: web.Request) -> web.Response:
        lag = self.trouble.faults.list_lag_ms / 1000
        page = self.lister.page(request.query, lag=lag, priced_after=self._priced_after)
        return answer(page)

    @property
    def _priced_after(self) -> float:
        return self.trouble.faults.price_ms / 1000

    async def account(self, _request: web.Request) -> web.Response:
        uri = f"/{API_VERSION}/Accounts/{self.account_sid}"
        described = {
            "sid": self.account_sid,
            "owner_account_sid": self.account_sid,
            "friendly_name": "Simulator",
            "status": "active",
            "type": "Full",
            "auth_token": None,
            "date_created": rfc_2822(0),
            "date_updated": rfc_2822(0),
            "subresource_uris": {"messages": f"{uri}/Messages.json"},
            "uri": f"{uri}.json",
        }
        return answer(json.dumps(described).encode())

    async def nothing(self, request: web.Request) -> web.Response:
        raise RefusedError(20404, request.path)

    def _facing_trouble(self, act: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if self.trouble.resets():
                return reset_connection(request)
            if pause := self.trouble.latency():
                await asyncio.sleep(pause)
            try:
                self._check_credentials(request)
                fate = self.trouble.choose_fate()
                if fate.code and not fate.recorded:
                    raise RefusedError(fate.code)
                response = await act(request)
                if fate.code:
                    raise RefusedError(fate.code)
            except RefusedError as refusal:
                return self._refused(refusal)
            if fate.answered or request.method == "GET":
                return response
            await asyncio.sleep(self.trouble.faults.drop_hold_ms / 1000)
            return reset_connection(request)

        return handle

    def _check_credentials(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != self._authorization:
            raise RefusedError(20003)
        if request.match_info.get("account", self.account_sid) != self.account_sid:
            raise RefusedError(20404, request.path)

    def _refused(self, refusal: RefusedError) -> web.Response:
        self.state.stats[f"refused {refusal.code}"] += 1
        response = answer(refusal.body(), status=refusal.status)
        if refusal.code == TOO_MANY:
            response.headers["Retry-After"] = str(self.trouble.faults.retry_after)
        return response
