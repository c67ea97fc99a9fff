"""Stripe's API over HTTP, with API keys, idempotency and faults."""

import hashlib
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from dev.doubles.kit.serving import reset_connection
from dev.doubles.stripe import catalogue, checkout, customers, form, invoices, payments, portal
from dev.doubles.stripe.account import API_VERSION, Account, Answer, Record
from dev.doubles.stripe.endpoints import Call, Endpoint, expanded
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import listing, renewing

ENDPOINTS: list[Endpoint] = [
    *catalogue.ENDPOINTS,
    *customers.ENDPOINTS,
    *checkout.ENDPOINTS,
    *portal.ENDPOINTS,
    *listing.ENDPOINTS,
    *invoices.ENDPOINTS,
    *payments.ENDPOINTS,
]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Faults:
    """The faults that tests and visitors switch on."""

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
        self.faults = Faults()

    def routes(self) -> list[web.RouteDef]:
        known = [
            web.route(endpoint.method, endpoint.path, self._handler(endpoint))
            for endpoint in ENDPOINTS
        ]
        return [*known, web.route("*", "/v1/{rest:.*}", self._handler(Endpoint("*", "", refuse)))]

    def _handler(self, endpoint: Endpoint) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if self.faults.is_down:
                return reset_connection(request)
            text = (await request.read()).decode() if request.can_read_body else ""
            answer = self._answer(endpoint, request, text or request.query_string)
            if self.faults.answers_lost and request.method != "GET":
                self.faults.answers_lost -= 1
                return reset_connection(request)
            return answer

        return handle

    def _answer(self, endpoint: Endpoint, request: web.Request, text: str) -> web.Response:
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        digest = hashlib.sha256(f"{request.method} {request.path} {text}".encode()).hexdigest()
        try:
            self._check_headers(request)
            if self.faults.refusals:
                raise RefusedError.on_purpose(self.faults.refusals.popleft())
            if earlier := self.account.answers.get(key):
                if earlier.request != digest:
                    raise RefusedError(
                        400, "idempotency_error", f"The key {key} had other parameters before."
                    )
                return as_json(earlier.status, earlier.body)
            body = self._act(endpoint, request, text)
        except RefusedError as refusal:
            return as_json(refusal.status, refusal.body())
        if key:
            self.account.answers[key] = Answer(digest, 200, body)
        return as_json(200, body)

    def _act(self, endpoint: Endpoint, request: web.Request, text: str) -> Record:
        parameters = form.parse(text)
        renewing.catch_up(self.account)
        call = Call(self.account, parameters, request.path, request.match_info.get("id", ""))
        return expanded(self.account, endpoint.act(call), parameters.texts("expand"))

    def _check_headers(self, request: web.Request) -> None:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key != self.secret_key:
            raise RefusedError(401, "invalid_request_error", "Invalid API Key provided.")
        version = request.headers.get("Stripe-Version", API_VERSION)
        if version != API_VERSION:
            raise RefusedError.invalid(f"Invalid Stripe API version: {version}")


def refuse(call: Call) -> Record:
    raise RefusedError(
        404,
        "invalid_request_error",
        f"Unrecognized request URL ({call.path}). The double of Stripe does not have it.",
    )


def as_json(status: int, body: Record) -> web.Response:
    return web.json_response(
        body,
        status=status,
        headers={"Request-Id": f"req_{secrets.token_hex(8)}", "Stripe-Version": API_VERSION},
        dumps=lambda data: json.dumps(data, ensure_ascii=False),
    )
