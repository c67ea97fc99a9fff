"""Push notifications as Pub/Sub does: signed, at least once, in any order."""

import base64
import json
import secrets
import time
from types import TracebackType
from typing import Any, Self

from dev.doubles.google.counts import Counts
from dev.doubles.google.endpoints import timestamp
from dev.doubles.google.faults import Trouble
from dev.doubles.google.signing import ISSUER, SigningKey
from dev.doubles.google.state import Change, Review, State
from dev.doubles.kit.delivery import Deliveries, Headers

TOKEN_SECONDS = 3600
ACKNOWLEDGEMENT_SECONDS = 10
# Google's service account of the subscription. Its id is the same in every token.
SERVICE_ACCOUNT = "113774264463038321964"


class Pushes:
    """The one push subscription: to the topic of the product, delivered to one address."""

    def __init__(
        self,
        *,
        url: str,
        topic: str,
        audience: str,
        email: str,
        key: SigningKey,
        state: State,
        trouble: Trouble,
        counts: Counts,
    ) -> None:
        self.url = url
        self.topic = topic
        # Pub/Sub takes the address itself if the subscription names no audience.
        self.audience = audience or url
        self.email = email
        self.state = state
        self.trouble = trouble
        self.counts = counts
        self.key = key
        self._generation = 0
        self._deliveries = Deliveries(
            headers={"Content-Type": "application/json", "User-Agent": "CloudPubSub-Google"},
            timeout=ACKNOWLEDGEMENT_SECONDS,
            at_once=8,
        )

    async def __aenter__(self) -> Self:
        await self._deliveries.__aenter__()
        self.state.on_change = self.push
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._deliveries.__aexit__(kind, error, trace)

    def forget(self) -> None:
        """Stop all pushes that were not delivered yet."""
        self._generation += 1

    def push(self, review: Review, change: Change) -> None:
        """Push the change, if the account of the location asks for it."""
        location = self.state.locations[review.location]
        account = self.state.accounts[location.account]
        is_wanted = account.topic == self.topic and change in account.notification_types
        if not is_wanted or location.lost or not self.url:
            return
        name = f"accounts/{account.id}/locations/{location.id}"
        delays = self.trouble.push_delays()
        self.counts.pushes["wanted"] += 1
        self.counts.pushes["lost"] += not delays
        self.counts.pushes["doubled"] += len(delays) > 1
        body = self.envelope(self._data(change, name, f"{name}/reviews/{review.id}"))
        generation = self._generation
        for delay in delays:
            self._deliveries.send(
                self.url,
                body,
                sign=self._sign,
                first_delay=delay,
                is_wanted=lambda: generation == self._generation,
                on_delivered=self._count_delivered,
            )

    def _count_delivered(self) -> None:
        self.counts.pushes["delivered"] += 1

    def _data(self, change: Change, location: str, review: str) -> dict[str, str]:
        if self.trouble.pushes_documented_names():
            return {"type": change, "locationName": location, "reviewName": review}
        return {"type": change, "location": location, "review": review}

    def envelope(self, data: dict[str, Any]) -> bytes:
        number, published = str(secrets.randbelow(10**16)), timestamp(self.state.now())
        message = {
            "data": base64.b64encode(json.dumps(data).encode()).decode(),
            "attributes": {},
            # Pub/Sub sends both spellings.
            "messageId": number,
            "message_id": number,
            "publishTime": published,
            "publish_time": published,
        }
        subscription = self.topic.replace("/topics/", "/subscriptions/")
        return json.dumps({"message": message, "subscription": f"{subscription}-push"}).encode()

    def _sign(self, _body: bytes) -> Headers:
        self.counts.pushes["attempts"] += 1
        return {"Authorization": f"Bearer {self.token()}"}

    def token(self, **claims: Any) -> str:
        """Return the OIDC token of a push. Claims replace its own, for forged ones."""
        # By the machine's clock, which the product checks it against.
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": self.audience,
            "azp": SERVICE_ACCOUNT,
            "sub": SERVICE_ACCOUNT,
            "email": self.email,
            "email_verified": True,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        return self.key.sign({**usual, **claims})
