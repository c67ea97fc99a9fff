"""Changes of a subscription at Stripe, and the entitlements and credits that follow."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from billing.models import PaymentEvent
from billing.stripe import processing, renewals, subscriptions
from core import tenancy
from core.models import AuditEvent
from tests.billing.stripe.clinic import (
    Clinic,
    balances,
    entitlements_of,
    ledger,
    open_clinic,
    unprocessed_events,
)
from tests.dev.doubles.stripe.stage import StripeDouble
from workspaces.models import Plan, SubscriptionStatus

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


@pytest.fixture
def clinic(stripe_double: StripeDouble) -> Clinic:
    return open_clinic(stripe_double)


def period_end(clinic: Clinic) -> datetime:
    end = clinic.workspace.current_period_end
    assert end
    return end


def advance_to(clinic: Clinic, moment: datetime) -> None:
    """Move the clock of Stripe, and receive the events that this causes."""
    clinic.stripe.at(moment)
    clinic.receive_events(now=moment)


def test_paid_subscription_grants_plan_and_credits_of_a_month(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    assert clinic.plan() == Plan.FREE

    clinic.receive_events()

    assert clinic.plan() == Plan.STARTER
    assert entitlements_of(clinic) == [(subscription, Plan.STARTER, None)]
    assert clinic.credits() == 50 + 500
    workspace = clinic.workspace
    assert workspace.stripe_subscription_id == subscription
    assert workspace.subscription_status == SubscriptionStatus.ACTIVE
    assert workspace.current_period_end
    assert workspace.plan == Plan.FREE, "the stored plan is the one agreed by hand"
    assert not unprocessed_events()


def test_subscription_changes_are_audited(clinic: Clinic) -> None:
    clinic.subscribe()
    clinic.receive_events()

    with tenancy.platform("test"):
        acts = AuditEvent.objects.within(clinic.workspace).values_list("action", flat=True)
        assert {"payment.checkout", "payment.receive", "subscription.change"} <= set(acts)


def test_paid_renewal_grants_another_month(clinic: Clinic) -> None:
    clinic.subscribe(Plan.STARTER)
    clinic.receive_events()

    advance_to(clinic, period_end(clinic) + A_DAY)

    assert sum(amount for cause, amount in ledger(clinic).items() if "month" in cause) == 1000


def test_larger_plan_grants_the_difference_in_credits_at_once(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.receive_events()

    clinic.stripe.change_plan(subscription, "professional_monthly")
    clinic.receive_events()

    assert clinic.plan() == Plan.PROFESSIONAL
    assert clinic.credits() == 50 + 2000


def test_smaller_plan_takes_no_credits_back(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.PROFESSIONAL)
    clinic.receive_events()

    clinic.stripe.change_plan(subscription, "starter_monthly")
    clinic.receive_events()

    assert clinic.plan() == Plan.STARTER
    assert clinic.credits() == 50 + 2000


def test_switching_between_yearly_and_monthly_grants_no_second_month(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.receive_events()

    for lookup_key in ("starter_yearly", "starter_monthly", "starter_yearly"):
        clinic.stripe.change_plan(subscription, lookup_key)
        clinic.receive_events()

    assert clinic.credits() == 50 + 500


def test_subscription_cancelled_at_period_end_holds_until_then(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.receive_events()
    end = period_end(clinic)

    clinic.stripe.cancel(subscription, at_period_end=True)
    clinic.receive_events()

    assert clinic.workspace.cancel_at_period_end
    assert entitlements_of(clinic) == [(subscription, Plan.STARTER, end)]
    assert clinic.plan(end - A_DAY) == Plan.STARTER
    assert clinic.plan(end) == Plan.FREE, "even without an event of Stripe"

    advance_to(clinic, end + A_DAY)
    assert clinic.workspace.subscription_status == SubscriptionStatus.CANCELLED


def test_resumed_subscription_has_no_end(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    clinic.stripe.cancel(subscription, at_period_end=True)
    clinic.receive_events()

    clinic.stripe.resume(subscription)
    clinic.receive_events()

    assert not clinic.workspace.cancel_at_period_end
    assert entitlements_of(clinic) == [(subscription, Plan.STARTER, None)]


def test_subscription_cancelled_at_once_ends_and_keeps_credits(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    clinic.receive_events()

    clinic.stripe.cancel(subscription)
    clinic.receive_events()

    assert clinic.workspace.subscription_status == SubscriptionStatus.CANCELLED
    assert clinic.plan(timezone.now() + A_DAY) == Plan.FREE
    assert clinic.credits() == 50 + 500


def test_new_subscription_replaces_the_cancelled_one(clinic: Clinic) -> None:
    old = clinic.subscribe(Plan.STARTER)
    clinic.stripe.cancel(old)
    clinic.receive_events()

    new = clinic.subscribe(Plan.PROFESSIONAL)
    clinic.receive_events()

    assert clinic.workspace.stripe_subscription_id == new
    assert clinic.plan() == Plan.PROFESSIONAL


def fail_to_renew(clinic: Clinic) -> tuple[str, datetime]:
    """Return the subscription, and the moment at which the payment failed."""
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.receive_events()
    clinic.stripe.fail_next_invoice(subscription)
    advance_to(clinic, period_end(clinic) + timedelta(hours=2))
    since = clinic.workspace.past_due_since
    assert since
    return subscription, since


def test_failed_payment_leaves_the_plan_for_a_week(clinic: Clinic) -> None:
    subscription, since = fail_to_renew(clinic)

    assert clinic.workspace.subscription_status == SubscriptionStatus.PAST_DUE
    assert entitlements_of(clinic) == [(subscription, Plan.STARTER, since + subscriptions.GRACE)]
    assert clinic.plan(since + timedelta(days=6)) == Plan.STARTER
    assert clinic.plan(since + timedelta(days=7)) == Plan.FREE
    assert len([cause for cause in ledger(clinic) if "month" in cause]) == 1, "nothing unpaid"


def test_overdue_payment_ends_the_grace_and_grants_the_month(clinic: Clinic) -> None:
    subscription, since = fail_to_renew(clinic)

    clinic.stripe.pay_open_invoice(subscription)
    clinic.receive_events(now=since + A_DAY)

    workspace = clinic.workspace
    assert workspace.subscription_status == SubscriptionStatus.ACTIVE
    assert workspace.past_due_since is None
    assert entitlements_of(clinic) == [(subscription, Plan.STARTER, None)]
    assert len([cause for cause in ledger(clinic) if "month" in cause]) == 2


def test_yearly_plan_grants_credits_each_month(clinic: Clinic) -> None:
    clinic.subscribe(Plan.STARTER, yearly=True)
    clinic.receive_events()
    began = clinic.workspace.credits_next_at
    assert began

    for _month in range(11):
        due = clinic.workspace.credits_next_at
        assert due
        clinic.stripe.at(due)
        assert renewals.grant_monthly_credits(now=due - A_DAY) == 0
        assert renewals.grant_monthly_credits(now=due) == 1
        renewals.grant_monthly_credits(now=due)

    assert sum(amount for cause, amount in ledger(clinic).items() if "month" in cause) == 12 * 500
    assert len(set(balances(clinic))) == 1


def test_month_is_not_granted_before_the_renewal_is_paid(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.receive_events()
    clinic.stripe.fail_next_invoice(subscription)
    turn = period_end(clinic)
    clinic.stripe.at(turn + timedelta(hours=2))

    renewals.grant_monthly_credits(now=turn + timedelta(hours=2))

    assert len([cause for cause in ledger(clinic) if "month" in cause]) == 1


def start_trial(clinic: Clinic, days: int) -> None:
    """Subscribe with a trial, which platform staff create in Stripe's dashboard."""
    clinic.open_checkout(Plan.STARTER)  # makes the customer
    client = clinic.stripe.client
    (price,) = client.v1.prices.list({"lookup_keys": ["starter_monthly"]}).data
    page = client.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": clinic.customer,
            "line_items": [{"price": price.id, "quantity": 1}],
            "subscription_data": {"trial_period_days": days},
            "success_url": "http://localhost:8000/",
        }
    )
    clinic.stripe.pay(page.id)


def test_trial_at_stripe_grants_plan_without_credits(clinic: Clinic) -> None:
    start_trial(clinic, days=14)

    clinic.receive_events()

    assert clinic.workspace.subscription_status == SubscriptionStatus.TRIALING
    assert clinic.plan() == Plan.STARTER
    assert clinic.credits() == 50


def test_paid_subscription_after_the_trial_grants_credits(clinic: Clinic) -> None:
    start_trial(clinic, days=14)
    clinic.receive_events()

    advance_to(clinic, period_end(clinic) + A_DAY)

    assert clinic.workspace.subscription_status == SubscriptionStatus.ACTIVE
    assert clinic.credits() == 50 + 500


@pytest.mark.parametrize(
    "act",
    [
        lambda clinic, sub: clinic.stripe.cancel(sub, at_period_end=True),
        lambda clinic, sub: clinic.stripe.cancel(sub),
        lambda clinic, sub: clinic.stripe.change_plan(sub, "professional_monthly"),
    ],
    ids=["cancel at period end", "cancel", "upgrade"],
)
def test_events_processed_again_change_nothing(
    clinic: Clinic, act: Callable[[Clinic, str], None]
) -> None:
    subscription = clinic.subscribe()
    clinic.receive_events()
    act(clinic, subscription)
    clinic.receive_events()
    before = entitlements_of(clinic), ledger(clinic), clinic.workspace.subscription_status

    with tenancy.platform("test"):
        PaymentEvent.objects.update(processed_at=None, next_try_at=timezone.now())
    processing.process_events()

    assert before == (entitlements_of(clinic), ledger(clinic), clinic.workspace.subscription_status)
