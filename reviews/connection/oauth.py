"""The calls of OAuth: the consent page, the exchange of its code, refreshing and revoking tokens.

They are not part of the Business Profile APIs, have no quota of ours and no bearer token, so they
are here and not in `reviews.google`.
"""

import asyncio
import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import aiohttp
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from reviews import google_hosts
from reviews.google import open_session
from reviews.google_errors import AccessLost, GoogleUnavailable, OverQuota, RequestRefused

BUSINESS_SCOPE = "https://www.googleapis.com/auth/business.manage"
SCOPES = f"{BUSINESS_SCOPE} openid email"

# Short, because a person or a locked row waits for it.
TIMEOUT = aiohttp.ClientTimeout(total=8, sock_connect=3)
USUAL_WAIT = 60.0
# Google has written its issuer in both ways.
ISSUERS = {google_hosts.ISSUER, "accounts.google.com"}


@dataclass(frozen=True)
class AccessToken:
    token: str = field(repr=False)
    expires_at: datetime
    may_manage: bool  # the scope to manage listings was given and is still there


@dataclass(frozen=True)
class Grant:
    """What a Google user gave us on the consent page."""

    google_user_id: str
    email: str
    # Empty if Google gave none: then the access would end within an hour.
    refresh_token: str = field(repr=False)
    access: AccessToken


def is_configured() -> bool:
    """Return whether this installation has a project at Google."""
    return bool(settings.GOOGLE_BUSINESS_CLIENT_ID and settings.GOOGLE_BUSINESS_CLIENT_SECRET)


def redirect_uri() -> str:
    """Return the address that Google sends the browser back to. It is registered at Google."""
    return f"{settings.SITE_URL}{reverse('google_return')}"


def build_consent_url(*, state: str, challenge: str, login_hint: str = "") -> str:
    """Return Google's consent page. Without `prompt=consent` it gives no refresh token again."""
    parameters = {
        "client_id": settings.GOOGLE_BUSINESS_CLIENT_ID,
        "redirect_uri": redirect_uri(),
        "response_type": "code",
        "scope": SCOPES,
        "access_type": "offline",
        "prompt": "consent",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    } | ({"login_hint": login_hint} if login_hint else {})
    return f"{google_hosts.consent_url()}?{urlencode(parameters)}"


def exchange_code(*, code: str, verifier: str) -> Grant:
    answer = _request_tokens(
        grant_type="authorization_code",
        code=code,
        code_verifier=verifier,
        redirect_uri=redirect_uri(),
    )
    claims = _read_claims(answer.get("id_token"))
    return Grant(
        google_user_id=str(claims["sub"]),
        email=str(claims.get("email", "")),
        refresh_token=str(answer.get("refresh_token", "")),
        access=_read_access(answer),
    )


def refresh(refresh_token: str) -> AccessToken:
    """Return a new access token. Raise AccessLost if the grant was withdrawn or has expired."""
    return _read_access(
        _request_tokens(grant_type="refresh_token", refresh_token=refresh_token),
    )


def revoke(token: str) -> None:
    """Withdraw all that the user of this token has granted to us. A dead token is no error."""
    status, answer = _post(google_hosts.revocation_url(), {"token": token})
    if status == HTTPStatus.OK or answer.get("error") == "invalid_token":
        return
    raise _as_error(status, answer)


def _request_tokens(**fields: str) -> dict[str, Any]:
    client = {
        "client_id": settings.GOOGLE_BUSINESS_CLIENT_ID,
        "client_secret": settings.GOOGLE_BUSINESS_CLIENT_SECRET,
    }
    status, answer = _post(google_hosts.token_url(), client | fields)
    if status == HTTPStatus.OK and answer.get("access_token"):
        return answer
    raise _as_error(status, answer)


def _post(url: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
    return asyncio.run(_post_form(url, fields))


async def _post_form(url: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
    try:
        async with (
            open_session() as session,
            session.post(url, data=fields, allow_redirects=False, timeout=TIMEOUT) as response,
        ):
            answer = await response.json(content_type=None)
            return response.status, answer if isinstance(answer, dict) else {}
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise GoogleUnavailable(f"No answer: {type(error).__name__}") from error


def _as_error(status: int, answer: dict[str, Any]) -> Exception:
    """Return the error of an answer. Its message has Google's code, and never what we sent."""
    code = str(answer.get("error", ""))
    message = f"{status} {code}"
    if code == "invalid_grant":
        return AccessLost(message)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return OverQuota(message, retry_after=USUAL_WAIT)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST:
        return GoogleUnavailable(message)
    return RequestRefused(message)


def _read_access(answer: dict[str, Any]) -> AccessToken:
    seconds = answer.get("expires_in")
    lifetime = timedelta(seconds=seconds if isinstance(seconds, int) else 0)
    return AccessToken(
        token=str(answer["access_token"]),
        expires_at=timezone.now() + lifetime,
        may_manage=BUSINESS_SCOPE in str(answer.get("scope", BUSINESS_SCOPE)).split(),
    )


def _read_claims(id_token: object) -> dict[str, Any]:
    """Return the claims of an id token.

    Its signature need not be checked, because it came from Google itself over TLS (OpenID Connect
    Core, 3.1.3.7).
    """
    try:
        _header, payload, _signature = str(id_token).split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        is_ours = (
            claims["aud"] == settings.GOOGLE_BUSINESS_CLIENT_ID
            and claims["iss"] in ISSUERS
            and claims["exp"] > timezone.now().timestamp()
            and bool(claims["sub"])
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RequestRefused("The id token cannot be read.") from error
    if not is_ours:
        raise RequestRefused("The id token is not for us.")
    return dict(claims)
