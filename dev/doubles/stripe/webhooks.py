"""Send events to the product, signed as Stripe signs them, until it accepts them."""

import hashlib
import hmac
import json
import time
from functools import partial
from types import TracebackType
from typing import Self

from dev.doubles.kit.delivery import Deliveries, Headers
from dev.doubles.stripe.account import Account, Record

FIRST_PAUSE = 0.5


def body_of(event: Record) -> bytes:
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def sign(secret: str, body: bytes) -> Headers:
    at = int(time.time())
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={digest}"}


class EventSender:
    def __init__(self, account: Account, url: str, secret: str) -> None:
        self.account = account
        self.url = url
        self.secret = secret
        self._deliveries = Deliveries(headers={"Content-Type": "application/json; charset=utf-8"})

    async def __aenter__(self) -> Self:
        await self._deliveries.__aenter__()
        self.account.on_event = self.send
        for wanted in self.account.undelivered:
            self.send(self.account.records[wanted])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._deliveries.__aexit__(kind, error, trace)

    def send(self, event: Record) -> None:
        self._deliveries.send(
            self.url,
            body_of(event),
            sign=partial(sign, self.secret),
            pause=FIRST_PAUSE,
            is_wanted=lambda: event["id"] in self.account.records,
            on_delivered=lambda: self._note_delivered(event),
        )

    def _note_delivered(self, event: Record) -> None:
        event["pending_webhooks"] = 0
        if event["id"] in self.account.undelivered:
            self.account.undelivered.remove(event["id"])
