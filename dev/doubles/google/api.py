"""Serve the APIs: faults, quotas, the access token, then the endpoint."""

import asyncio
import json
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from dev.doubles.google import profiles, reviews
from dev.doubles.google.counts import Counts
from dev.doubles.google.endpoints import Call, Endpoint
from dev.doubles.google.faults import Trouble
from dev.doubles.google.oauth import BUSINESS_SCOPE, Grants
from dev.doubles.google.problems import (
    ApiError,
    Json,
    by_code,
    insufficient_scope,
    not_found,
    quota_exceeded,
    unauthenticated,
)
from dev.doubles.google.state import State, User
from dev.doubles.kit.faults import Fate
from dev.doubles.kit.serving import reset_connection

ENDPOINTS = (*profiles.ENDPOINTS, *reviews.ENDPOINTS)


class Api:
    def __init__(self, state: State, grants: Grants, trouble: Trouble, counts: Counts) -> None:
        self.state = state
        self.grants = grants
        self.trouble = trouble
        self.counts = counts

    def routes(self) -> list[web.RouteDef]:
        return [
            *(web.route(each.method, each.path, self._serving(each)) for each in ENDPOINTS),
            web.route("*", "/v1/{rest:.*}", self._unknown),
            web.route("*", "/v4/{rest:.*}", self._unknown),
        ]

    async def _unknown(self, _request: web.Request) -> web.Response:
        error = not_found()
        return web.json_response(error.body(), status=error.code)

    def _serving(self, endpoint: Endpoint) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            self.counts.requests[f"{endpoint.method} {endpoint.path}"] += 1
            if self.trouble.resets():
                self.counts.answers["reset"] += 1
                return reset_connection(request)
            text = await request.text()
            if latency := self.trouble.latency():
                await asyncio.sleep(latency)
            fate = self.trouble.choose_fate()
            status, body = self._answer(endpoint, request, text, fate)
            if not fate.answered:
                self.counts.answers["dropped"] += 1
                return reset_connection(request)
            self.counts.answers[str(status)] += 1
            return as_json(status, body)

        return handle

    def _answer(
        self, endpoint: Endpoint, request: web.Request, text: str, fate: Fate
    ) -> tuple[int, Json]:
        quota = self.trouble.faults.quota
        try:
            if not self.counts.spend(endpoint.service, self.state.now(), quota):
                raise quota_exceeded(endpoint.service, quota)
            if fate.code and not fate.recorded:
                raise by_code(fate.code, endpoint.service, quota)
            answer = self._act(endpoint, request, text)
            if fate.code:
                raise by_code(fate.code, endpoint.service, quota)
        except ApiError as error:
            return error.code, error.body()
        return 200, answer

    def _act(self, endpoint: Endpoint, request: web.Request, text: str) -> Json:
        user = self._authenticate(endpoint, request)
        edits = self.trouble.faults.edit_quota
        if endpoint.is_edit:
            location = f"edits of locations/{request.match_info['location']}"
            if not self.counts.spend(location, self.state.now(), edits):
                raise quota_exceeded(endpoint.service, edits, per="minute per location")
        return endpoint.act(
            Call(
                state=self.state,
                trouble=self.trouble,
                user=user,
                base=str(request.url.origin()),
                match=request.match_info,
                query=request.query,
                body=_read_body(text),
            )
        )

    def _authenticate(self, endpoint: Endpoint, request: web.Request) -> User:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        found = self.grants.user_of(token) if scheme == "Bearer" else None
        if found is None:
            raise unauthenticated()
        if BUSINESS_SCOPE not in found.scopes:
            raise insufficient_scope(endpoint.service)
        return self.state.users[found.user]


def _read_body(text: str) -> Json:
    if not text:
        return {}
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "Invalid JSON payload received. Unknown name.")
    return body


def as_json(status: int, body: Any) -> web.Response:
    return web.Response(
        body=orjson.dumps(body), status=status, content_type="application/json", charset="utf-8"
    )
