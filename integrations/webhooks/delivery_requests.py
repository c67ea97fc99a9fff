"""One call of an endpoint: signed, at an address that was checked, and never for long."""

import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver
from yarl import URL

from core import encryption
from integrations.models import DeliveryError, WebhookDelivery
from integrations.webhooks import signing
from integrations.webhooks.addresses import ForbiddenAddress, guarded_socket, what_is_wrong

log = structlog.get_logger("announcing")

LONGEST_CALL = 15.0
LONGEST_CONNECT = 5.0
# So much of an answer is read and kept; the rest is hung up on.
ANSWER_BYTES = 4096
ANSWER_AT_ONCE = 1024

# The first that fits: some of them are kinds of one another.
TROUBLES: list[tuple[type[Exception], DeliveryError]] = [
    (ForbiddenAddress, DeliveryError.ADDRESS),
    (encryption.UnreadableError, DeliveryError.SECRET),
    (TimeoutError, DeliveryError.TIMEOUT),
    (aiohttp.ClientConnectorDNSError, DeliveryError.NAME),
    (aiohttp.ClientSSLError, DeliveryError.TLS),
    (ssl.SSLError, DeliveryError.TLS),
    (aiohttp.ClientConnectorError, DeliveryError.CONNECT),
]


@dataclass(frozen=True)
class DeliveryRequest:
    """What is said to whom; the signature is made when it leaves, for it says when that was."""

    delivery_id: UUID
    url: str
    sealed_secrets: tuple[str, ...]
    event: str
    happened_at: datetime
    data: dict[str, Any]

    @property
    def body(self) -> bytes:
        said = _said(self.event, self.happened_at, self.data)
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class DeliveryOutcome:
    took_ms: int
    status_code: int | None = None
    answer: str = ""
    trouble: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status_code is not None and HTTPStatus(200) <= self.status_code < 300  # noqa: PLR2004

    @property
    def is_gone(self) -> bool:
        return self.status_code == HTTPStatus.GONE


def told(delivery: WebhookDelivery) -> str:
    """The body as people read it."""
    said = _said(delivery.event, delivery.created_at, delivery.data)
    return json.dumps(said, ensure_ascii=False, indent=2)


@asynccontextmanager
async def line(
    *, at_once: int, resolver: AbstractResolver | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """Nothing is carried over from one call to the next: no connection, no cookie, no address."""
    connector = aiohttp.TCPConnector(
        limit=at_once,
        force_close=True,
        use_dns_cache=False,
        resolver=resolver,
        socket_factory=guarded_socket,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=LONGEST_CALL, sock_connect=LONGEST_CONNECT),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=["Accept-Encoding"],
        headers={"User-Agent": "Reputation-Manager/1 (webhooks)"},
    ) as session:
        yield session


async def make(
    session: aiohttp.ClientSession, call: DeliveryRequest, *, now: datetime
) -> DeliveryOutcome:
    begun = time.monotonic()
    status_code, answer, trouble = None, "", ""
    try:
        status_code, answer = await _post(session, call, now)
    except Exception as error:
        trouble = _trouble(error)
        if trouble == DeliveryError.BROKEN:
            log.warning(
                "webhook_broken",
                delivery_id=str(call.delivery_id),
                error=type(error).__name__,
            )
    took = round((time.monotonic() - begun) * 1000)
    return DeliveryOutcome(took_ms=took, status_code=status_code, answer=answer, trouble=trouble)


def _said(event: str, happened_at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": event, "timestamp": happened_at.isoformat(), "data": data}


async def _post(
    session: aiohttp.ClientSession, call: DeliveryRequest, now: datetime
) -> tuple[int, str]:
    if what_is_wrong(call.url):
        raise ForbiddenAddress
    body = call.body
    headers = signing.headers(
        body,
        secrets=[encryption.unseal(sealed) for sealed in call.sealed_secrets],
        message_id=call.delivery_id,
        at=now,
    )
    async with session.post(
        URL(call.url),
        data=body,
        headers={"Content-Type": "application/json", **headers},
        allow_redirects=False,
    ) as response:
        return response.status, await _beginning(response)


async def _beginning(response: aiohttp.ClientResponse) -> str:
    read = b""
    while len(read) < ANSWER_BYTES and (more := await response.content.read(ANSWER_AT_ONCE)):
        read += more
    # NUL is the one character that PostgreSQL cannot keep.
    return read[:ANSWER_BYTES].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _trouble(error: Exception) -> DeliveryError:
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, ForbiddenAddress
    ):
        return DeliveryError.NAME
    return next(
        (trouble for kind, trouble in TROUBLES if isinstance(error, kind)), DeliveryError.BROKEN
    )
