"""Encrypt pushes and post them to the push services of browsers (RFC 8030 and 8291)."""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from core.guarded_session import open_guarded_session
from workspaces.models import Notification
from workspaces.notifications.kinds import PushText
from workspaces.notifications.push import keys
from workspaces.notifications.push.services import is_push_service

TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
MAX_CONNECTIONS = 10
# Push services keep a message this long for a phone that is off.
KEEP_SECONDS = 24 * 3600
MAX_RETRY_AFTER = timedelta(hours=6)
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
# Push services take 4096 bytes, and phones show two lines.
MAX_TITLE = 120
MAX_TEXT = 300


@dataclass(frozen=True)
class PushRequest:
    endpoint: str
    body: bytes
    topic: str
    urgency: str


@dataclass(frozen=True)
class PushAnswer:
    status: int | None = None
    retry_after: timedelta = timedelta()
    trouble: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and HTTPStatus(200) <= self.status < 300  # noqa: PLR2004

    @property
    def is_gone(self) -> bool:
        return self.status in GONE

    @property
    def may_be_repeated(self) -> bool:
        """Return whether another attempt may go well: not after a refusal of this very request."""
        if self.status is None:
            return self.trouble != "forbidden"
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or self.status >= 500  # noqa: PLR2004


def build_push(notification: Notification, text: PushText, *, is_urgent: bool) -> PushRequest:
    browser = notification.subscription
    assert browser
    # The worker replaces a notification with the same tag, so a second delivery is not seen twice.
    payload = {
        "title": text.title[:MAX_TITLE],
        "body": text.body[:MAX_TEXT],
        "path": notification.path,
        "tag": str(notification.pk),
    }
    body: bytes = http_ece.encrypt(
        json.dumps(payload, ensure_ascii=False).encode(),
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=keys.decode(browser.public_key),
        auth_secret=keys.decode(browser.secret),
    )
    return PushRequest(
        browser.endpoint,
        body,
        topic=keys.encode(notification.pk.bytes),
        urgency="high" if is_urgent else "normal",
    )


async def post_all(requests: Sequence[PushRequest]) -> list[PushAnswer]:
    async with open_guarded_session(
        max_connections=MAX_CONNECTIONS, timeout=TIMEOUT, agent="Reputation-Manager/1 (push)"
    ) as session:
        return list(await asyncio.gather(*(_post(session, request) for request in requests)))


async def _post(session: aiohttp.ClientSession, request: PushRequest) -> PushAnswer:
    """Return the answer, or why there was none; this never raises."""
    # The list of push services may have become shorter since the browser subscribed.
    if not is_push_service(request.endpoint):
        return PushAnswer(trouble="forbidden")
    url = URL(request.endpoint, encoded=True)
    try:
        async with session.post(
            url, data=request.body, headers=_headers(request, url), allow_redirects=False
        ) as response:
            return PushAnswer(response.status, _read_retry_after(response))
    except Exception as error:  # of one request only; the others of the batch go on
        return PushAnswer(trouble=type(error).__name__)


def _headers(request: PushRequest, url: URL) -> dict[str, str]:
    return {
        "Authorization": keys.authorization(str(url.origin())),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEEP_SECONDS),
        "Topic": request.topic,
        "Urgency": request.urgency,
    }


def _read_retry_after(response: aiohttp.ClientResponse) -> timedelta:
    """Return the seconds of Retry-After. A date in it is ignored: our own pauses do as well."""
    given = response.headers.get("Retry-After", "")
    seconds = int(given) if given.isdecimal() and len(given) < 10 else 0  # noqa: PLR2004
    return min(timedelta(seconds=seconds), MAX_RETRY_AFTER)
