"""OAuth over HTTP: tokens, revocation, and the keys of signed tokens."""

import base64
import hmac
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from dev.doubles.google.counts import Counts
from dev.doubles.google.faults import Trouble
from dev.doubles.google.oauth import Grants, invalid_client
from dev.doubles.google.problems import OAuthError
from dev.doubles.google.signing import ISSUER, SigningKey
from dev.doubles.google.state import State

PATHS = ("/token", "/revoke", "/oauth2/")
ID_TOKEN_SECONDS = 3600


class OAuthServer:
    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        key: SigningKey,
        state: State,
        grants: Grants,
        trouble: Trouble,
        counts: Counts,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.state = state
        self.grants = grants
        self.trouble = trouble
        self.counts = counts
        self.key = key

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/token", self._answering("POST /token", self.token)),
            web.post("/revoke", self._answering("POST /revoke", self.revoke)),
            web.get("/oauth2/v3/certs", self.certs),
        ]

    def _answering(self, counted: str, act: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.counts.requests[counted] += 1
            if self.trouble.token_fails():
                body = {"error": "internal_failure", "error_description": "Backend Error"}
                return web.json_response(body, status=HTTPStatus.INTERNAL_SERVER_ERROR)
            try:
                return await act(request)
            except OAuthError as error:
                return web.json_response(error.body(), status=error.code)

        return handle

    async def certs(self, _request: web.Request) -> web.Response:
        self.counts.requests["GET /oauth2/v3/certs"] += 1
        return web.json_response(self.key.jwks())

    async def token(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self._check_client(request, form)
        kind = form.get("grant_type", "")
        if kind == "authorization_code":
            return web.json_response(self._exchange(form))
        if kind == "refresh_token":
            return web.json_response(self._refresh(form))
        raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {kind}")

    async def revoke(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.grants.revoke(str(form.get("token", "") or request.query.get("token", "")))
        return web.json_response({})

    def _check_client(self, request: web.Request, form: Mapping[str, str]) -> None:
        """Check the client's id and secret, in the form or as HTTP Basic."""
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            try:
                client, _, secret = base64.b64decode(encoded).decode().partition(":")
            except ValueError:
                raise invalid_client() from None
        if client != self.client_id:
            raise invalid_client()
        if not hmac.compare_digest(secret.encode(), self.client_secret.encode()):
            raise OAuthError("invalid_client", "Unauthorized", code=HTTPStatus.UNAUTHORIZED)

    def _exchange(self, form: Mapping[str, str]) -> dict[str, Any]:
        code = self.grants.exchange(
            form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", "")
        )
        answer = self._access(code.user, code.scopes)
        if code.is_offline:
            answer["refresh_token"] = self.grants.new_refresh_token(code.user, code.scopes)
        if "openid" in code.scopes:
            answer["id_token"] = self._id_token(code.user, code.scopes)
        return answer

    def _refresh(self, form: Mapping[str, str]) -> dict[str, Any]:
        grant = self.grants.refresh(form.get("refresh_token", ""))
        return self._access(grant.user, grant.scopes)

    def _access(self, user: str, scopes: list[str]) -> dict[str, Any]:
        seconds = self.trouble.faults.token_seconds
        return {
            "access_token": self.grants.new_access_token(user, scopes, seconds),
            "expires_in": max(seconds - 1, 0),
            "scope": " ".join(scopes),
            "token_type": "Bearer",
        }

    def _id_token(self, user: str, scopes: list[str]) -> str:
        now, known = int(time.time()), self.state.users[user]
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "azp": self.client_id,
            "aud": self.client_id,
            "sub": user,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
        }
        if {"email", "https://www.googleapis.com/auth/userinfo.email"} & {*scopes}:
            claims |= {"email": known.email, "email_verified": True}
        return self.key.sign(claims)
