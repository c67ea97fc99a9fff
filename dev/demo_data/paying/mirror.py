"""Insert the rows of a clinic that has paid for some months."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from billing.models import Payment, PaymentKind
from billing.months import Month, month_of
from dev.demo_data import moments
from dev.demo_data.paying.shop import add_subscription, open_shop
from dev.demo_data.rows import insert_rows, made_at
from dev.doubles.stripe.account import Account, Record
from workspaces.models import Entitlement, EntitlementSource, Plan, SubscriptionStatus, Workspace

# Four full months; the fifth is in progress.
DAYS_PAID = 133


def subscription_start(today: date) -> datetime:
    return moments.at(today - timedelta(days=DAYS_PAID), 9).astimezone(UTC)


def paid_months(since: datetime, until: datetime) -> Iterator[Month]:
    at = since
    while at <= until and (month := month_of(since, at)):
        yield month
        at = month.ends_at


def insert_payments(workspace: Workspace, plan: Plan, *, since: datetime, now: datetime) -> Record:
    """Insert what the clinic paid. Return its subscription at the double."""
    account = open_shop()
    add_subscription(account, workspace, plan, since=since, until=now)
    (subscription,) = account.of("subscription")
    chance = random.Random(0)  # noqa: S311 - the same data every time
    right = Entitlement(
        **made_at(since, chance),
        workspace=workspace,
        source=EntitlementSource.PAYMENT,
        reference=subscription["id"],
        plan=plan,
        starts_at=since,
    )
    insert_rows([right])
    insert_rows([*build_payments(account, subscription, workspace, chance)])
    (*_, month) = paid_months(since, now)
    Workspace.objects.filter(pk=workspace.pk).update(
        stripe_customer_id=subscription["customer"],
        stripe_subscription_id=subscription["id"],
        subscription_status=SubscriptionStatus.ACTIVE,
        first_paid_at=since,
        current_period_end=month.ends_at,
        credits_next_at=month.ends_at,
    )
    return subscription


def build_payments(
    account: Account, subscription: Record, workspace: Workspace, chance: random.Random
) -> Iterator[Payment]:
    for link in account.of("invoice_payment"):
        intent = account.get("payment_intent", link["payment"]["payment_intent"])
        paid_at = datetime.fromtimestamp(intent["created"], UTC)
        yield Payment(
            **made_at(paid_at, chance),
            workspace=workspace,
            payment_intent=intent["id"],
            kind=PaymentKind.SUBSCRIPTION,
            amount=intent["amount_received"],
            currency=intent["currency"],
            invoice=link["invoice"],
            subscription=subscription["id"],
            paid_at=paid_at,
        )
