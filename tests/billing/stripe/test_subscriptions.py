"""A subscription's life at Stripe, as it becomes rights and monthly credits here."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from billing.models import PaymentEvent
from billing.stripe import processing, renewals, subscriptions
from core import tenancy
from core.models import AuditEvent
from tests.billing.stripe.clinic import Clinic, balances, ledger, open_clinic, rights, waiting
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


def to(clinic: Clinic, moment: datetime) -> None:
    """Time passes, and what Stripe does by itself arrives."""
    clinic.stripe.at(moment)
    clinic.hear(now=moment)


def test_a_paid_subscription_gives_its_plan_and_a_month_of_credits(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    assert clinic.plan() == Plan.FREE

    clinic.hear()

    assert clinic.plan() == Plan.STARTER
    assert rights(clinic) == [(subscription, Plan.STARTER, None)]
    assert clinic.credits() == 50 + 500
    workspace = clinic.workspace
    assert workspace.stripe_subscription_id == subscription
    assert workspace.subscription_status == SubscriptionStatus.ACTIVE
    assert workspace.current_period_end
    assert workspace.plan == Plan.FREE, "what was agreed by hand is another matter"
    assert not waiting()


def test_what_changed_stands_in_the_trail(clinic: Clinic) -> None:
    clinic.subscribe()
    clinic.hear()

    with tenancy.platform("test"):
        acts = AuditEvent.objects.within(clinic.workspace).values_list("action", flat=True)
        assert {"payment.checkout", "payment.receive", "subscription.change"} <= set(acts)


def test_a_renewal_brings_another_month_once_it_is_paid(clinic: Clinic) -> None:
    clinic.subscribe(Plan.STARTER)
    clinic.hear()

    to(clinic, period_end(clinic) + A_DAY)

    assert sum(amount for cause, amount in ledger(clinic).items() if "month" in cause) == 1000


def test_a_larger_plan_gives_the_difference_at_once(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.hear()

    clinic.stripe.change_plan(subscription, "professional_monthly")
    clinic.hear()

    assert clinic.plan() == Plan.PROFESSIONAL
    assert clinic.credits() == 50 + 2000


def test_a_smaller_plan_takes_no_credits(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.PROFESSIONAL)
    clinic.hear()

    clinic.stripe.change_plan(subscription, "starter_monthly")
    clinic.hear()

    assert clinic.plan() == Plan.STARTER
    assert clinic.credits() == 50 + 2000


def test_going_to_years_and_back_brings_no_second_month(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.hear()

    for lookup_key in ("starter_yearly", "starter_monthly", "starter_yearly"):
        clinic.stripe.change_plan(subscription, lookup_key)
        clinic.hear()

    assert clinic.credits() == 50 + 500


def test_cancelled_with_its_period_it_holds_until_then(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.hear()
    end = period_end(clinic)

    clinic.stripe.cancel(subscription, at_period_end=True)
    clinic.hear()

    assert clinic.workspace.cancel_at_period_end
    assert rights(clinic) == [(subscription, Plan.STARTER, end)]
    assert clinic.plan(end - A_DAY) == Plan.STARTER
    assert clinic.plan(end) == Plan.FREE, "by itself, whatever is heard of Stripe"

    to(clinic, end + A_DAY)
    assert clinic.workspace.subscription_status == SubscriptionStatus.CANCELLED


def test_who_thinks_better_of_it_goes_on(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    clinic.stripe.cancel(subscription, at_period_end=True)
    clinic.hear()

    clinic.stripe.resume(subscription)
    clinic.hear()

    assert not clinic.workspace.cancel_at_period_end
    assert rights(clinic) == [(subscription, Plan.STARTER, None)]


def test_deleted_it_ends_at_once_and_leaves_its_credits(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    clinic.hear()

    clinic.stripe.cancel(subscription)
    clinic.hear()

    assert clinic.workspace.subscription_status == SubscriptionStatus.CANCELLED
    assert clinic.plan(timezone.now() + A_DAY) == Plan.FREE
    assert clinic.credits() == 50 + 500


def test_who_comes_back_has_the_new_subscription(clinic: Clinic) -> None:
    old = clinic.subscribe(Plan.STARTER)
    clinic.stripe.cancel(old)
    clinic.hear()

    new = clinic.subscribe(Plan.PROFESSIONAL)
    clinic.hear()

    assert clinic.workspace.stripe_subscription_id == new
    assert clinic.plan() == Plan.PROFESSIONAL


def fail_to_renew(clinic: Clinic) -> tuple[str, datetime]:
    """The subscription, and the moment at which the payment failed."""
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.hear()
    clinic.stripe.fail_next_invoice(subscription)
    to(clinic, period_end(clinic) + timedelta(hours=2))
    since = clinic.workspace.past_due_since
    assert since
    return subscription, since


def test_a_failed_payment_leaves_a_week_of_grace(clinic: Clinic) -> None:
    subscription, since = fail_to_renew(clinic)

    assert clinic.workspace.subscription_status == SubscriptionStatus.PAST_DUE
    assert rights(clinic) == [(subscription, Plan.STARTER, since + subscriptions.GRACE)]
    assert clinic.plan(since + timedelta(days=6)) == Plan.STARTER
    assert clinic.plan(since + timedelta(days=7)) == Plan.FREE
    assert len([cause for cause in ledger(clinic) if "month" in cause]) == 1, "nothing unpaid"


def test_an_overdue_payment_heals_everything(clinic: Clinic) -> None:
    subscription, since = fail_to_renew(clinic)

    clinic.stripe.pay_open_invoice(subscription)
    clinic.hear(now=since + A_DAY)

    workspace = clinic.workspace
    assert workspace.subscription_status == SubscriptionStatus.ACTIVE
    assert workspace.past_due_since is None
    assert rights(clinic) == [(subscription, Plan.STARTER, None)]
    assert len([cause for cause in ledger(clinic) if "month" in cause]) == 2


def test_a_year_gives_its_credits_month_by_month(clinic: Clinic) -> None:
    clinic.subscribe(Plan.STARTER, yearly=True)
    clinic.hear()
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


def test_no_month_is_given_before_the_renewal_is_paid(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.hear()
    clinic.stripe.fail_next_invoice(subscription)
    turn = period_end(clinic)
    clinic.stripe.at(turn + timedelta(hours=2))

    renewals.grant_monthly_credits(now=turn + timedelta(hours=2))

    assert len([cause for cause in ledger(clinic) if "month" in cause]) == 1


def try_out(clinic: Clinic, days: int) -> None:
    """Agreed with the platform's staff, who make it in Stripe's dashboard."""
    clinic.page_for(Plan.STARTER)  # makes the customer
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


def test_a_trial_at_stripe_gives_rights_and_no_credits(clinic: Clinic) -> None:
    try_out(clinic, days=14)

    clinic.hear()

    assert clinic.workspace.subscription_status == SubscriptionStatus.TRIALING
    assert clinic.plan() == Plan.STARTER
    assert clinic.credits() == 50


def test_after_the_trial_paying_begins_and_so_do_the_credits(clinic: Clinic) -> None:
    try_out(clinic, days=14)
    clinic.hear()

    to(clinic, period_end(clinic) + A_DAY)

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
def test_everything_may_be_processed_again(
    clinic: Clinic, act: Callable[[Clinic, str], None]
) -> None:
    subscription = clinic.subscribe()
    clinic.hear()
    act(clinic, subscription)
    clinic.hear()
    before = rights(clinic), ledger(clinic), clinic.workspace.subscription_status

    with tenancy.platform("test"):
        PaymentEvent.objects.update(processed_at=None, next_try_at=timezone.now())
    processing.process_events()

    assert before == (rights(clinic), ledger(clinic), clinic.workspace.subscription_status)
