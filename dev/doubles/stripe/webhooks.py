"""Tells the product what happened, signed as Stripe signs, again and again until it listens."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from types import TracebackType
from typing import Self

import aiohttp

from dev.doubles.stripe.account import Account, Record

logger = logging.getLogger(__name__)

AT_ONCE = 4
PATIENCE = 20
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60


def body_of(event: Record) -> bytes:
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def sign(secret: str, body: bytes, *, at: int | None = None) -> str:
    at = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Postman:
    """Each event has its own patience: one that is refused holds up no other."""

    def __init__(self, account: Account, url: str, secret: str) -> None:
        self.account = account
        self.url = url
        self.secret = secret
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._counter = asyncio.Semaphore(AT_ONCE)
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
            headers={
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                "Content-Type": "application/json; charset=utf-8",
            },
        )
        self.account.heard = self.hand_over
        for wanted in self.account.untold:
            self.hand_over(self.account.records[wanted])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def hand_over(self, event: Record) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, event: Record) -> None:
        pause: float = FIRST_PAUSE
        # One that was forgotten meanwhile is nobody's news any more.
        while event["id"] in self.account.records:
            async with self._counter:
                heard = await self._post(event)
            if heard:
                event["pending_webhooks"] = 0
                if event["id"] in self.account.untold:
                    self.account.untold.remove(event["id"])
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(self, event: Record) -> bool:
        body = body_of(event)
        try:
            async with self._session.post(
                self.url,
                data=body,
                headers={"Stripe-Signature": sign(self.secret, body)},
                allow_redirects=False,
            ) as answer:
                await answer.read()
                return answer.ok and answer.status < 300  # noqa: PLR2004
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
