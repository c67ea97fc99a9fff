"""Stripe's API over HTTP: who may, what is asked, whether it was asked before, what went wrong."""

import hashlib
import json
import secrets
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from dev.doubles.stripe import catalogue, customers, discounts, events, form, portal
from dev.doubles.stripe.account import API_VERSION, Account, Answer, Record
from dev.doubles.stripe.checkout import endpoints as checkout
from dev.doubles.stripe.checkout import sessions
from dev.doubles.stripe.endpoints import Call, Endpoint, shown
from dev.doubles.stripe.invoices import endpoints as invoices
from dev.doubles.stripe.payments import endpoints as payments
from dev.doubles.stripe.problems import RefusedError, trouble, unauthorized
from dev.doubles.stripe.subscriptions import endpoints as subscriptions
from dev.doubles.stripe.subscriptions import renewing

ENDPOINTS: list[Endpoint] = [
    *catalogue.ENDPOINTS,
    *customers.ENDPOINTS,
    *discounts.ENDPOINTS,
    *checkout.ENDPOINTS,
    *portal.ENDPOINTS,
    *subscriptions.ENDPOINTS,
    *invoices.ENDPOINTS,
    *payments.ENDPOINTS,
    *events.ENDPOINTS,
]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
BEFORE_THE_ACT = (400, 401, 404)


@dataclass
class Mood:
    """What goes wrong on purpose."""

    is_down: bool = False
    refusals: deque[int] = field(default_factory=deque)
    answers_lost: int = 0

    def reset(self) -> None:
        self.is_down, self.answers_lost = False, 0
        self.refusals.clear()


class Api:
    def __init__(self, account: Account, secret_key: str) -> None:
        self.account = account
        self.secret_key = secret_key
        self.mood = Mood()

    def routes(self) -> list[web.RouteDef]:
        known = [
            web.route(endpoint.method, endpoint.path, self._handler(endpoint))
            for endpoint in ENDPOINTS
        ]
        return [*known, web.route("*", "/v1/{rest:.*}", self._handler(Endpoint("*", "", nothing)))]

    def _handler(self, endpoint: Endpoint) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if self.mood.is_down:
                return cut(request)
            text = (await request.read()).decode() if request.can_read_body else ""
            key = request.headers.get("Idempotency-Key", "")
            answer = self._answer(endpoint, request, text or request.query_string, key)
            if self.mood.answers_lost and request.method != "GET":
                self.mood.answers_lost -= 1
                return cut(request)
            return answer

        return handle

    def _answer(
        self, endpoint: Endpoint, request: web.Request, text: str, key: str
    ) -> web.Response:
        try:
            self._let_in(request)
            if self.mood.refusals:
                raise trouble(self.mood.refusals.popleft())
            asked = hashlib.sha256(f"{request.method} {request.path} {text}".encode()).hexdigest()
            if request.method == "POST" and (before := self.account.answers.get(key)):
                if before.request != asked:
                    raise used_otherwise(key)
                return as_json(before.status, before.body, replayed=True)
            try:
                status, body = 200, self._act(endpoint, request, text)
            except RefusedError as refusal:
                status, body = refusal.status, refusal.body()
            if key and request.method == "POST" and status not in BEFORE_THE_ACT:
                self.account.remember(key, Answer(asked, status, body))
            return as_json(status, body)
        except RefusedError as refusal:
            return as_json(refusal.status, refusal.body())

    def _act(self, endpoint: Endpoint, request: web.Request, text: str) -> Record:
        asked = form.read(text, endpoint.accepts)
        renewing.catch_up(self.account)
        sessions.expire_old(self.account)
        call = Call(self.account, asked, request.path, request.match_info.get("id", ""))
        return shown(self.account, endpoint.act(call), asked.texts("expand"))

    def _let_in(self, request: web.Request) -> None:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key != self.secret_key:
            raise unauthorized(key)
        version = request.headers.get("Stripe-Version", API_VERSION)
        if version != API_VERSION:
            raise RefusedError.invalid(f"Invalid Stripe API version: {version}")


def nothing(call: Call) -> Record:
    raise RefusedError(
        404,
        "invalid_request_error",
        f"Unrecognized request URL ({call.path}). The double of Stripe does not have it.",
    )


def used_otherwise(key: str) -> RefusedError:
    return RefusedError(
        400,
        "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were first"
        f" used with. Try using a key other than '{key}' if you meant to execute a different"
        " request.",
    )


def as_json(status: int, body: Record, *, replayed: bool = False) -> web.Response:
    headers = {"Request-Id": f"req_{secrets.token_hex(8)}", "Stripe-Version": API_VERSION}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return web.Response(
        text=json.dumps(body, ensure_ascii=False),
        status=status,
        content_type="application/json",
        headers=headers,
    )


def cut(request: web.Request) -> web.Response:
    """Ends the connection as a crash would: with a reset, and without a word."""
    if transport := request.transport:
        if line := transport.get_extra_info("socket"):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
