"""Copy Stripe's current state to our tables: read without a lock, write under the workspace's.

Two workers that read at the same time could write in the wrong order. So a worker reads again if
another one has written since: each written state was read after the previous one was written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from stripe import StripeClient

from billing.stripe import invoices, payments, stripe_objects, subscriptions
from billing.stripe.client import stripe_client
from billing.stripe.stripe_objects import StripePayment, Subscription
from core import tenancy
from core.sql import fetch
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall
from workspaces.models import Workspace

PLATFORM_REASON = "stripe"
MAX_READS = 5

# The database's clock, because it is the same for all workers.
NOW = "SELECT clock_timestamp() AS now"


class NotOursError(Exception):
    """Stripe's object belongs to no workspace, or to another one than its metadata names."""


class OvertakenError(Exception):
    """Other workers wrote after each of our reads."""


@dataclass(frozen=True)
class StripeAnswer:
    """What was read from Stripe. `subscriptions` is None if they were not read."""

    customer: str
    subscriptions: Sequence[Subscription] | None = None
    payments: Sequence[StripePayment] = ()

    @property
    def named_workspaces(self) -> set[str]:
        named = {each.workspace for each in self.subscriptions or ()}
        return (named | {each.workspace for each in self.payments}) - {""}


Ask = Callable[[StripeClient], StripeAnswer | None]


def sync_objects(ask: Ask, *, now: datetime, event: StoredCall | None = None) -> None:
    """Read from Stripe and write it. The event is marked as processed in the same transaction."""
    for _attempt in range(MAX_READS):
        asked_at = _database_clock()
        with stripe_client() as client:
            answer = ask(client)
        with tenancy.platform(PLATFORM_REASON):
            if answer is None or _write_answer(answer, asked_at=asked_at, now=now):
                if event:
                    calls.mark_processed({event.id: ""})
                return
    raise OvertakenError("others wrote in between each time; it is tried again")


def sync_customer(customer: str, *, now: datetime) -> None:
    """Do what an event about the customer's subscriptions does."""
    sync_objects(lambda client: read_subscriptions(client, customer), now=now)


def sync_payment(payment_intent: str, *, now: datetime) -> None:
    sync_objects(lambda client: read_payments(client, [payment_intent]), now=now)


def read_subscriptions(client: StripeClient, customer: str) -> StripeAnswer:
    if not customer:
        raise NotOursError("no customer")
    return StripeAnswer(customer, subscriptions=stripe_objects.list_subscriptions(client, customer))


def read_payments(client: StripeClient, payment_intents: Sequence[str]) -> StripeAnswer | None:
    """Read payments together with the subscriptions that they paid for.

    A refund takes back credits of the subscription's month, and its event may come before the one
    that brings those credits.
    """
    found = [stripe_objects.read_payment(client, each) for each in payment_intents]
    succeeded = [each for each in found if each]
    if not succeeded:
        return None
    customers = {each.customer for each in succeeded}
    if len(customers) > 1:
        raise NotOursError(f"one event, several customers: {', '.join(sorted(customers))}")
    customer = customers.pop()
    siblings = next((each.customer_subscriptions for each in succeeded if each.subscription), None)
    return StripeAnswer(customer, subscriptions=siblings, payments=succeeded)


def _write_answer(answer: StripeAnswer, *, asked_at: datetime, now: datetime) -> bool:
    """Write under the workspace's lock. Return False if another worker wrote after our read."""
    workspace = _lock_workspace_of(answer)
    if workspace.stripe_read_at and workspace.stripe_read_at >= asked_at:
        return False
    if answer.subscriptions is not None:
        subscriptions.write_subscriptions(workspace, answer.subscriptions, now=now)
    for paid in answer.payments:
        payments.write_payment(workspace, paid, now=now)
    Workspace.objects.filter(pk=workspace.pk).update(stripe_read_at=_database_clock())
    transaction.on_commit(partial(invoices.drop_cached_invoices, answer.customer), robust=True)
    return True


def _lock_workspace_of(answer: StripeAnswer) -> Workspace:
    """Lock and return the workspace of the customer. The metadata of the objects has to agree."""
    if not answer.customer:
        raise NotOursError("no customer")
    workspace = (
        Workspace.objects.select_for_update().filter(stripe_customer_id=answer.customer).first()
    )
    if workspace is None:
        raise NotOursError(f"unknown customer {answer.customer}")
    if others := answer.named_workspaces - {str(workspace.pk)}:
        raise NotOursError(
            f"customer {answer.customer} is workspace {workspace.pk}, and not {', '.join(others)}"
        )
    return workspace


def _database_clock() -> datetime:
    moment: datetime = fetch(NOW)[0]["now"]
    return moment
