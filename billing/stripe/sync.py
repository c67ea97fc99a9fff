"""From Stripe's present state to ours: asked without a lock, written under the workspace's.

Two that ask at the same time could write in the wrong order. So what was asked before somebody
else wrote is asked again: each written state was read after the one before it was written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from stripe import StripeClient

from billing.stripe import invoices, payments, stripe_objects, subscriptions
from billing.stripe.client import stripe_client
from billing.stripe.stripe_objects import Paid, Subscription
from core import tenancy
from core.sql import fetch
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall
from workspaces.models import Workspace

DOOR = "stripe"
MOST_OVERTAKEN = 5

# By the database's clock, for it is the same for all who ask.
NOW = "SELECT clock_timestamp() AS now"


class NotOursError(Exception):
    """What Stripe says belongs to no workspace, or not to the one that it names."""


class OvertakenError(Exception):
    """Others wrote each time that we had asked."""


@dataclass(frozen=True)
class StripeAnswer:
    """All that Stripe says about what was asked for. No subscriptions: they were not asked for."""

    customer: str
    subscriptions: Sequence[Subscription] | None = None
    payments: Sequence[Paid] = ()

    @property
    def named_workspaces(self) -> set[str]:
        named = {each.workspace for each in self.subscriptions or ()}
        return (named | {each.workspace for each in self.payments}) - {""}


Ask = Callable[[StripeClient], StripeAnswer | None]


def sync(ask: Ask, *, now: datetime, event: StoredCall | None = None) -> None:
    """An event is done with its effect, in one transaction, or neither happens."""
    for _again in range(MOST_OVERTAKEN):
        asked_at = _database_clock()
        with stripe_client() as client:
            answer = ask(client)
        with tenancy.platform(DOOR):
            if answer is None or _write(answer, asked_at=asked_at, now=now):
                if event:
                    calls.mark_processed({event.id: ""})
                return
    raise OvertakenError("others wrote in between each time; it is tried again")


def sync_customer(customer: str, *, now: datetime) -> None:
    """As an event about the customer's subscriptions would."""
    sync(lambda client: about_subscriptions(client, customer), now=now)


def sync_payment(payment_intent: str, *, now: datetime) -> None:
    sync(lambda client: about_payments(client, [payment_intent]), now=now)


def about_subscriptions(client: StripeClient, customer: str) -> StripeAnswer:
    if not customer:
        raise NotOursError("no customer")
    return StripeAnswer(customer, subscriptions=stripe_objects.subscriptions(client, customer))


def about_payments(client: StripeClient, payment_intents: Sequence[str]) -> StripeAnswer | None:
    """With the subscriptions that they paid for: a refund takes of credits that are there by then,
    in whatever order one hears of the two."""
    found = [stripe_objects.payment(client, each) for each in payment_intents]
    succeeded = [each for each in found if each]
    if not succeeded:
        return None
    customers = {each.customer for each in succeeded}
    if len(customers) > 1:
        raise NotOursError(f"one event, several customers: {', '.join(sorted(customers))}")
    customer = customers.pop()
    siblings = next((each.siblings for each in succeeded if each.subscription), None)
    return StripeAnswer(customer, subscriptions=siblings, payments=succeeded)


def _write(answer: StripeAnswer, *, asked_at: datetime, now: datetime) -> bool:
    """False if it has to be asked again."""
    workspace = _workspace(answer)
    if workspace.stripe_read_at and workspace.stripe_read_at >= asked_at:
        return False
    if answer.subscriptions is not None:
        subscriptions.write(workspace, answer.subscriptions, now=now)
    for paid in answer.payments:
        payments.write(workspace, paid, now=now)
    Workspace.objects.filter(pk=workspace.pk).update(stripe_read_at=_database_clock())
    transaction.on_commit(partial(invoices.forget, answer.customer), robust=True)
    return True


def _workspace(answer: StripeAnswer) -> Workspace:
    """By Stripe's customer alone; what the things themselves name has to agree."""
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
