from datetime import UTC, datetime, timedelta

import stripe

from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import DECLINED, DECLINED_LATER, StripeDouble

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def period(double: StripeDouble) -> tuple[datetime, datetime]:
    (item,) = shop.subscription_of(double)["items"].data
    return (
        datetime.fromtimestamp(item.current_period_start, UTC),
        datetime.fromtimestamp(item.current_period_end, UTC),
    )


def invoices(double: StripeDouble, subscription: str) -> list[stripe.Invoice]:
    return double.client.v1.invoices.list({"subscription": subscription}).data


def test_subscription_renews_on_the_day_it_began(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribe(stripe_double)

    stripe_double.at(datetime(2026, 5, 1, tzinfo=UTC))

    assert period(stripe_double) == (
        datetime(2026, 4, 30, 12, tzinfo=UTC),
        datetime(2026, 5, 31, 12, tzinfo=UTC),
    )
    created = [each.created for each in invoices(stripe_double, subscription)]
    days = [f"{datetime.fromtimestamp(moment, UTC):%m-%d}" for moment in created]
    assert days == ["04-30", "03-31", "02-28", "01-31"]


def test_next_period_begins_now_when_brought_forward(stripe_double: StripeDouble) -> None:
    subscription = shop.subscribe(stripe_double)

    stripe_double.advance(subscription)

    start, end = period(stripe_double)
    assert start < datetime.now(UTC) + timedelta(minutes=1) < end
    newest, oldest = invoices(stripe_double, subscription)
    assert newest.billing_reason == "subscription_cycle"
    assert oldest.lines.data[0].period.end <= newest.lines.data[0].period.start


def test_failed_charge_is_retried_until_paid(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribe(stripe_double)
    stripe_double.fail_next_invoice(subscription)

    stripe_double.at(datetime(2026, 3, 1, tzinfo=UTC))
    assert shop.subscription_of(stripe_double).status == "past_due"
    assert invoices(stripe_double, subscription)[0].status == "open"

    stripe_double.at(datetime(2026, 3, 4, tzinfo=UTC))
    assert shop.subscription_of(stripe_double).status == "active"
    assert invoices(stripe_double, subscription)[0].status == "paid"


def test_unpaid_subscription_ends_after_the_last_attempt(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    shop.subscribe(stripe_double, card=DECLINED_LATER)

    stripe_double.at(datetime(2026, 3, 10, tzinfo=UTC))
    assert shop.subscription_of(stripe_double).status == "past_due"

    stripe_double.at(datetime(2026, 3, 20, tzinfo=UTC))
    assert shop.subscription_of(stripe_double).status == "canceled"
    assert "customer.subscription.deleted" in shop.event_types(stripe_double)


def test_paying_the_open_invoice_makes_the_plan_active(stripe_double: StripeDouble) -> None:
    subscription = shop.subscribe(stripe_double, card=DECLINED_LATER)
    stripe_double.advance(subscription)

    stripe_double.pay_open_invoice(subscription, card=DECLINED)
    assert shop.subscription_of(stripe_double).status == "past_due"

    stripe_double.pay_open_invoice(subscription)
    assert shop.subscription_of(stripe_double).status == "active"


def test_cancelling_in_portal_sets_only_cancel_at(stripe_double: StripeDouble) -> None:
    subscription = shop.subscribe(stripe_double)

    stripe_double.cancel(subscription, at_period_end=True)
    cancelled = shop.subscription_of(stripe_double)
    assert cancelled.cancel_at
    assert not cancelled.cancel_at_period_end

    stripe_double.resume(subscription)
    assert shop.subscription_of(stripe_double).cancel_at is None


def test_larger_plan_is_charged_for_the_rest_of_the_period(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribe(stripe_double, "starter_monthly")
    stripe_double.at(START + timedelta(days=14))

    stripe_double.change_plan(subscription, "professional_monthly")

    newest = invoices(stripe_double, subscription)[0]
    assert newest.billing_reason == "subscription_update"
    assert [line.amount for line in newest.lines.data] == [-1450, 3950]
    assert (newest.status, newest.amount_paid) == ("paid", 2500)
    assert period(stripe_double)[0] == START


def test_smaller_plan_credits_the_difference_to_the_balance(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribe(stripe_double, "professional_monthly")
    stripe_double.at(START + timedelta(days=14))

    stripe_double.change_plan(subscription, "starter_monthly")
    (customer,) = stripe_double.client.v1.customers.list().data
    assert customer.balance == -2500

    stripe_double.at(datetime(2026, 3, 1, tzinfo=UTC))
    newest = invoices(stripe_double, subscription)[0]
    assert (newest.total, newest.amount_paid) == (2900, 400)


def test_change_of_interval_starts_a_new_period(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribe(stripe_double, "professional_monthly")
    now = START + timedelta(days=14)
    stripe_double.at(now)

    stripe_double.change_plan(subscription, "professional_yearly")

    assert period(stripe_double) == (now, now.replace(year=2027))
    assert invoices(stripe_double, subscription)[0].amount_paid == 79_000 - 3950
