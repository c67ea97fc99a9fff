"""Sends one HTTP request to an endpoint: signed, to a checked address, with a short timeout."""

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
from core.guarded_session import open_guarded_session
from core.outgoing_addresses import ForbiddenAddress, find_url_fault
from integrations.models import DeliveryError, WebhookDelivery
from integrations.webhooks import signing

log = structlog.get_logger("webhooks")

TIMEOUT_SECONDS = 15.0
CONNECT_TIMEOUT_SECONDS = 5.0
# How much of an answer is read and kept. After that the connection is closed.
ANSWER_BYTES = 4096
ANSWER_CHUNK = 1024

# The first class that fits counts: some are subclasses of others.
ERRORS: list[tuple[type[Exception], DeliveryError]] = [
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
    """What is sent and where. It is signed when it is sent, because the signature has the time."""

    delivery_id: UUID
    url: str
    sealed_secrets: tuple[str, ...]
    event: str
    happened_at: datetime
    data: dict[str, Any]

    @property
    def body(self) -> bytes:
        payload = _build_payload(self.event, self.happened_at, self.data)
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class DeliveryOutcome:
    took_ms: int
    status_code: int | None = None
    answer: str = ""
    trouble: str = ""

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and HTTPStatus(200) <= self.status_code < 300  # noqa: PLR2004

    @property
    def is_gone(self) -> bool:
        return self.status_code == HTTPStatus.GONE


def format_body(delivery: WebhookDelivery) -> str:
    """Return the body of a delivery, indented for people."""
    payload = _build_payload(delivery.event, delivery.created_at, delivery.data)
    return json.dumps(payload, ensure_ascii=False, indent=2)


@asynccontextmanager
async def open_session(
    *, max_connections: int, resolver: AbstractResolver | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session with our time limits and name."""
    async with open_guarded_session(
        max_connections=max_connections,
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, sock_connect=CONNECT_TIMEOUT_SECONDS),
        agent="Reputation-Manager/1 (webhooks)",
        resolver=resolver,
    ) as session:
        yield session


async def send(
    session: aiohttp.ClientSession, request: DeliveryRequest, *, now: datetime
) -> DeliveryOutcome:
    """Send the request. Return the answer, or why there was none; this never raises."""
    started = time.monotonic()
    status_code, answer, trouble = None, "", ""
    try:
        status_code, answer = await _post(session, request, now)
    except Exception as error:
        trouble = _name_of_error(error)
        if trouble == DeliveryError.BROKEN:
            log.warning(
                "webhook_broken",
                delivery_id=str(request.delivery_id),
                error=type(error).__name__,
            )
    took = round((time.monotonic() - started) * 1000)
    return DeliveryOutcome(took_ms=took, status_code=status_code, answer=answer, trouble=trouble)


def _build_payload(event: str, happened_at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": event, "timestamp": happened_at.isoformat(), "data": data}


async def _post(
    session: aiohttp.ClientSession, request: DeliveryRequest, now: datetime
) -> tuple[int, str]:
    if find_url_fault(request.url):
        raise ForbiddenAddress
    body = request.body
    headers = signing.build_headers(
        body,
        secrets=[encryption.unseal(sealed) for sealed in request.sealed_secrets],
        message_id=request.delivery_id,
        at=now,
    )
    async with session.post(
        URL(request.url),
        data=body,
        headers={"Content-Type": "application/json", **headers},
        allow_redirects=False,
    ) as response:
        return response.status, await _read_beginning(response)


async def _read_beginning(response: aiohttp.ClientResponse) -> str:
    content = b""
    while len(content) < ANSWER_BYTES and (chunk := await response.content.read(ANSWER_CHUNK)):
        content += chunk
    # NUL is the one character that PostgreSQL cannot keep.
    return (
        content[:ANSWER_BYTES].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )


def _name_of_error(error: Exception) -> DeliveryError:
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, ForbiddenAddress
    ):
        return DeliveryError.NAME
    return next((name for kind, name in ERRORS if isinstance(error, kind)), DeliveryError.BROKEN)
