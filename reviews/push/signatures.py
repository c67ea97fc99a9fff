"""Verify that a push comes from our Pub/Sub subscription: an OIDC token that Google signed."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import jwt
import structlog
from aiohttp import ClientError
from django.conf import settings
from django.core.cache import cache

from reviews.google import open_session
from reviews.google_hosts import ISSUER, certificates_url

log = structlog.get_logger("google")

# Google writes the issuer with and without the scheme.
ISSUERS = [ISSUER, ISSUER.removeprefix("https://")]
KEYS = "google-signing-keys"
# Google changes its keys every few weeks, and publishes new ones long before it uses them.
KEYS_KEPT = 6 * 3600
# Anybody can send a token with an unknown key, and must not make us ask Google each time.
ASKED, ASKED_AGAIN_AFTER = "google-signing-keys-asked", 60
CLOCK_TOLERANCE = 60


class ForgedPushError(Exception):
    """The token is missing, is not signed by Google, or is meant for somebody else."""


def verify_push(authorization: str) -> None:
    """Raise ForgedPushError unless the header has a token of our subscription."""
    scheme, _, token = authorization.partition(" ")
    audience, email = settings.GOOGLE_BUSINESS_PUSH_AUDIENCE, settings.GOOGLE_BUSINESS_PUSH_EMAIL
    if scheme.lower() != "bearer" or not audience or not email:
        raise ForgedPushError("no token, or this installation expects no pushes")
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        claims = jwt.decode(
            token,
            _signing_key(key_id),
            algorithms=["RS256"],
            audience=audience,
            issuer=ISSUERS,
            leeway=CLOCK_TOLERANCE,
            options={"require": ["exp", "iat", "iss", "aud"]},
        )
    except jwt.PyJWTError as error:
        raise ForgedPushError(type(error).__name__) from error
    if claims.get("email") != email or claims.get("email_verified") is not True:
        raise ForgedPushError("the token is another account's")


def _signing_key(key_id: object) -> Any:
    """Return Google's key with this id, from the cache or newly asked for."""
    kept: dict[str, Any] | None = cache.get(KEYS)
    keys = kept or {}
    if key_id not in keys and cache.add(ASKED, 1, ASKED_AGAIN_AFTER):
        keys = asyncio.run(_fetch_keys()) or keys
        cache.set(KEYS, keys, KEYS_KEPT)
    if not isinstance(key_id, str) or key_id not in keys:
        raise jwt.InvalidKeyError("The key is not one of Google's.")
    return jwt.PyJWK(keys[key_id], algorithm="RS256").key


async def _fetch_keys() -> dict[str, Any]:
    """Return Google's public keys by their ids, or nothing if Google does not answer."""
    try:
        async with open_session() as session, session.get(certificates_url()) as response:
            answer = json.loads(await response.read()) if response.status == HTTPStatus.OK else {}
            return {key["kid"]: key for key in answer["keys"] if key.get("kty") == "RSA"}
    except (ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        log.warning("google_keys_unavailable", error=type(error).__name__)
        return {}
