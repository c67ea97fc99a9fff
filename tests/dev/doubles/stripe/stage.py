"""Run the double of Stripe in a thread, and let tests change what happens there."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypeVar

import stripe
from django.test.utils import override_settings

from billing.stripe import portal, prices
from dev.doubles.stripe import catalogue, checkout, payments, snapshot, webhooks
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.server import Double
from dev.doubles.stripe.settings import SECRET_KEY, WEBHOOK_SECRET, Settings
from dev.doubles.stripe.subscriptions import cancelling, changing, renewing
from tests.dev.doubles.background import LoopThread

T = TypeVar("T")

GOOD_CARD = "4242424242424242"
DECLINED_LATER = "4000000000000341"
DECLINED = "4000000000000002"


@dataclass(frozen=True)
class SignedEvent:
    """An event as the webhook gets it."""

    id: str
    type: str
    body: bytes
    signature: str
    created: int

    @property
    def object(self) -> Any:
        return json.loads(self.body)["data"]["object"]


class StripeDouble:
    """The double, until the end of the `with`. It posts no events: `events()` returns them."""

    secret_key, webhook_secret = SECRET_KEY, WEBHOOK_SECRET

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._double = Double(Settings(port=0, webhook_url=""))
        self._thread.run(self._double.__aenter__())
        self.client = self.client_with()
        with self.in_use():
            prices.publish_prices(language="es")
            portal.configure_portal()
        catalogue.create_promotion(self.account, "BIENVENIDA20", percent_off=20)
        self._at_first = copy.deepcopy(self.account.records)
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._double.__aexit__(None, None, None))
        self._thread.stop()

    @property
    def account(self) -> Account:
        return self._double.account

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._double.port}"

    def client_with(self, key: str = SECRET_KEY, *, retries: int = 0) -> stripe.StripeClient:
        return stripe.StripeClient(
            key, base_addresses={"api": self.url}, max_network_retries=retries
        )

    def in_use(self) -> override_settings:
        """Return a context in which the product calls this double."""
        return override_settings(
            STRIPE_SECRET_KEY=self.secret_key,
            STRIPE_WEBHOOK_SECRET=self.webhook_secret,
            STRIPE_API_BASE_URL=self.url,
        )

    def load(self, account: Account) -> None:
        """Replace the account by a copy of another one."""
        text = json.dumps(snapshot.dump(account))

        def act() -> None:
            self.account.clear()
            snapshot.load(self.account, text)

        self._do(act)

    def reset(self) -> None:
        """Delete everything but the prices and the promotion code."""

        def act() -> None:
            self.account.clear()
            self.account.records.update(copy.deepcopy(self._at_first))
            self._double.api.faults.reset()

        self._do(act)

    def pay(self, session: str, *, card: str = GOOD_CARD, code: str = "") -> None:
        wanted = session.rpartition("/")[2]
        found = self.account.get("checkout.session", wanted)
        self._do(lambda: checkout.pay(self.account, found, card=card, code=code))

    def fail_next_invoice(self, subscription: str) -> None:
        self._do(lambda: self.account.failing.add(subscription))

    def advance(self, subscription: str) -> None:
        """On to the next period as if it began now."""
        found = self._subscription(subscription)
        self._do(lambda: renewing.bring_forward(self.account, found))

    def at(self, moment: datetime) -> None:
        """Its clock stands there from now on; what falls due until then happens."""

        def act() -> None:
            self.account.clock.moment = int(moment.timestamp())
            renewing.catch_up(self.account)

        self._do(act)

    def pay_open_invoice(self, subscription: str, *, card: str = GOOD_CARD) -> None:
        (invoice,) = renewing.open_invoices(self.account, self._subscription(subscription))
        self._do(lambda: renewing.pay_with(self.account, invoice, card))

    def refund(self, payment_intent: str, amount: int | None = None) -> str:
        charge = self._charge(payment_intent)
        made = self._do(lambda: payments.refund(self.account, charge, amount=amount))
        return str(made["id"])

    def dispute(self, payment_intent: str) -> str:
        charge = self._charge(payment_intent)
        return str(self._do(lambda: payments.open_dispute(self.account, charge))["id"])

    def close_dispute(self, dispute: str, *, won: bool = False) -> None:
        found = self.account.get("dispute", dispute)
        self._do(lambda: payments.close_dispute(self.account, found, won=won))

    def cancel(self, subscription: str, *, at_period_end: bool = False) -> None:
        """In the portal, which says when it ends and nothing of the period."""
        found = self._subscription(subscription)
        if at_period_end:
            self._do(lambda: cancelling.end_with_period(self.account, found))
        else:
            self._do(lambda: cancelling.end(self.account, found))

    def resume(self, subscription: str) -> None:
        found = self._subscription(subscription)
        self._do(lambda: cancelling.resume(self.account, found))

    def change_plan(self, subscription: str, lookup_key: str) -> None:
        found = self._subscription(subscription)
        (price,) = self.account.of("price", lookup_key=lookup_key)
        self._do(lambda: changing.change_price(self.account, found, price))

    def events(self) -> list[SignedEvent]:
        """Those that were not handed out before."""

        def act() -> list[Record]:
            fresh = [self.account.records[wanted] for wanted in self.account.undelivered]
            self.account.undelivered.clear()
            return fresh

        return [self._told(event) for event in self._do(act)]

    def signed(self, body: bytes) -> str:
        return webhooks.sign(WEBHOOK_SECRET, body)["Stripe-Signature"]

    def down(self, is_down: bool = True) -> None:
        self._double.api.faults.is_down = is_down

    def refuse(self, status: int, *, times: int = 1) -> None:
        self._double.api.faults.refusals.extend([status] * times)

    def lose_answers(self, *, times: int = 1) -> None:
        """What is asked for is done, and nobody hears that it was."""
        self._double.api.faults.answers_lost = times

    def _told(self, event: Record) -> SignedEvent:
        body = webhooks.body_of(event)
        return SignedEvent(event["id"], event["type"], body, self.signed(body), event["created"])

    def _subscription(self, wanted: str) -> Record:
        return self.account.get("subscription", wanted)

    def _charge(self, payment_intent: str) -> Record:
        intent = self.account.get("payment_intent", payment_intent)
        return self.account.get("charge", intent["latest_charge"])

    def _do(self, act: Callable[[], T]) -> T:
        """In its own thread, as its requests are."""

        async def run() -> T:
            return act()

        return self._thread.run(run())
