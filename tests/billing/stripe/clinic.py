"""A clinic that buys through our actions, pays at the double of Stripe, and receives its events."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.test import Client

from billing.models import CreditEntry, CreditLot, Payment, PaymentEvent
from billing.stripe import checkout, processing
from core import tenancy
from tests.dev.doubles.stripe.stage import SignedEvent, StripeDouble
from tests.factories import UserFactory, WorkspaceFactory
from workspaces import entitlements, plans
from workspaces.models import Entitlement, Plan, User, Workspace

WEBHOOK = "/webhooks/stripe/"


@dataclass
class Clinic:
    stripe: StripeDouble
    owner: User

    @property
    def workspace(self) -> Workspace:
        with tenancy.platform("test"):
            assert self.owner.workspace_id
            return Workspace.objects.get(pk=self.owner.workspace_id)

    def open_checkout(self, plan: Plan, *, yearly: bool = False) -> str:
        with tenancy.within(self.workspace.pk):
            return checkout.choose_plan(
                workspace=self.workspace, plan=plan, yearly=yearly, by=self.owner
            )

    def open_pack_checkout(self, number: int = 500) -> str:
        (pack,) = (each for each in plans.PACKS if each.credits == number)
        with tenancy.within(self.workspace.pk):
            return checkout.buy_pack(workspace=self.workspace, pack=pack, by=self.owner)

    def subscribe(self, plan: Plan = Plan.STARTER, *, yearly: bool = False) -> str:
        """Subscribe and pay at the double. Return the id of the subscription."""
        page = self.open_checkout(plan, yearly=yearly)
        before = self.subscriptions()
        self.stripe.pay(page)
        (new,) = set(self.subscriptions()) - set(before)
        return new

    def buy_pack(self, number: int = 500) -> str:
        """Buy and pay a pack. Return the id of the payment."""
        self.stripe.pay(self.open_pack_checkout(number))
        return self.payments()[-1]

    def subscriptions(self) -> list[str]:
        listed = self.stripe.client.v1.subscriptions.list(
            {"customer": self.customer, "status": "all", "limit": 100}
        )
        return [each.id for each in sorted(listed.data, key=lambda each: (each.created, each.id))]

    def payments(self) -> list[str]:
        listed = self.stripe.client.v1.payment_intents.list(
            {"customer": self.customer, "limit": 100}
        )
        return [each.id for each in reversed(listed.data)]

    @property
    def customer(self) -> str:
        return str(self.workspace.stripe_customer_id)

    def receive_events(
        self, *, now: datetime | None = None, shuffled: random.Random | None = None
    ) -> None:
        """Deliver all new events of the double and process them."""
        told = self.stripe.events()
        if shuffled:
            shuffled.shuffle(told)
        deliver(told)
        processing.process_events(now=now)

    def plan(self, now: datetime | None = None) -> Plan:
        with tenancy.platform("test"):
            return entitlements.limits_of(self.workspace, now=now).plan

    def credits(self) -> int:
        return self.workspace.message_credits


def open_clinic(stripe: StripeDouble, **more: Any) -> Clinic:
    workspace = WorkspaceFactory.create(plan=Plan.FREE, **more)
    return Clinic(stripe, UserFactory.create(workspace=workspace))


def deliver(told: Iterable[SignedEvent]) -> list[int]:
    return [post(each.body, each.signature) for each in told]


def post(body: bytes, signature: str) -> int:
    response = Client().post(
        WEBHOOK, body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return int(response.status_code)


def events(**by: Any) -> list[PaymentEvent]:
    with tenancy.platform("test"):
        return list(PaymentEvent.objects.filter(**by).order_by("id"))


def unprocessed_events() -> list[PaymentEvent]:
    return events(processed_at=None)


def entitlements_of(clinic: Clinic) -> list[tuple[str, str, datetime | None]]:
    with tenancy.platform("test"):
        found = Entitlement.objects.within(clinic.workspace).order_by("reference")
        return [(right.reference, right.plan, right.ends_at) for right in found]


def payments(clinic: Clinic) -> list[Payment]:
    with tenancy.platform("test"):
        return list(Payment.objects.within(clinic.workspace).order_by("paid_at", "id"))


def ledger(clinic: Clinic) -> dict[str, int]:
    """Return the amounts by cause."""
    with tenancy.platform("test"):
        found = CreditEntry.objects.within(clinic.workspace).order_by("created_at", "id")
        return {entry.cause: entry.amount for entry in found}


def balances(clinic: Clinic) -> tuple[int, int, int]:
    """Return the balance, the sum of the ledger and that of the lots, which must be equal."""
    with tenancy.platform("test"):
        entries = CreditEntry.objects.within(clinic.workspace).aggregate(sum=Sum("amount"))
        lots = CreditLot.objects.within(clinic.workspace).aggregate(sum=Sum("remaining"))
    return clinic.credits(), entries["sum"] or 0, lots["sum"] or 0
