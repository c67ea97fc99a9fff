from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import DECLINED, DECLINED_LATER, StripeDouble

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def period(double: StripeDouble, subscription: str) -> tuple[datetime, datetime]:
    (item,) = double.client.v1.subscriptions.retrieve(subscription)["items"].data
    return (
        datetime.fromtimestamp(item.current_period_start, UTC),
        datetime.fromtimestamp(item.current_period_end, UTC),
    )


def status(double: StripeDouble, subscription: str) -> str:
    return str(double.client.v1.subscriptions.retrieve(subscription).status)


def invoices(double: StripeDouble, subscription: str) -> list[stripe.Invoice]:
    return double.client.v1.invoices.list({"subscription": subscription}).data


def test_it_renews_by_the_calendar_from_the_day_it_began(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribed(stripe_double)
    stripe_double.at(datetime(2026, 5, 1, tzinfo=UTC))
    assert period(stripe_double, subscription) == (
        datetime(2026, 4, 30, 12, tzinfo=UTC),
        datetime(2026, 5, 31, 12, tzinfo=UTC),
    )
    days = [
        f"{datetime.fromtimestamp(each.created, UTC):%m-%d}"
        for each in invoices(stripe_double, subscription)
    ]
    assert days == ["04-30", "03-31", "02-28", "01-31"]
    assert {each.status for each in invoices(stripe_double, subscription)} == {"paid"}


def test_advancing_begins_the_next_period_now(stripe_double: StripeDouble) -> None:
    subscription = shop.subscribed(stripe_double)
    before, _end = period(stripe_double, subscription)
    stripe_double.events()
    stripe_double.advance(subscription)
    start, end = period(stripe_double, subscription)
    assert start >= before
    assert start < datetime.now(UTC) + timedelta(minutes=1) < end
    newest, oldest = invoices(stripe_double, subscription)
    assert newest.billing_reason == "subscription_cycle"
    assert oldest.lines.data[0].period.end <= newest.lines.data[0].period.start
    told = shop.types(stripe_double)
    assert {"customer.subscription.updated", "invoice.created", "invoice.paid"} <= {*told}


def test_a_charge_that_fails_is_tried_again_until_it_is_paid(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribed(stripe_double)
    stripe_double.fail_next_invoice(subscription)
    stripe_double.events()
    stripe_double.at(datetime(2026, 3, 1, tzinfo=UTC))
    assert status(stripe_double, subscription) == "past_due"
    newest = invoices(stripe_double, subscription)[0]
    assert (newest.status, newest.attempt_count) == ("open", 1)
    assert newest.next_payment_attempt
    assert "invoice.payment_failed" in shop.types(stripe_double)
    stripe_double.at(datetime(2026, 3, 4, tzinfo=UTC))
    assert status(stripe_double, subscription) == "active"
    assert invoices(stripe_double, subscription)[0].status == "paid"
    assert {"invoice.paid", "customer.subscription.updated"} <= {*shop.types(stripe_double)}


def test_what_nobody_pays_ends_after_the_last_attempt(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribed(stripe_double, card=DECLINED_LATER)
    stripe_double.at(datetime(2026, 3, 10, tzinfo=UTC))
    assert status(stripe_double, subscription) == "past_due"
    stripe_double.at(datetime(2026, 3, 20, tzinfo=UTC))
    after = stripe_double.client.v1.subscriptions.retrieve(subscription)
    assert after.status == "canceled"
    assert after.cancellation_details
    assert after.cancellation_details.reason == "payment_failed"
    assert "customer.subscription.deleted" in shop.types(stripe_double)


def test_who_ended_a_plan_is_not_charged_again(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribed(stripe_double)
    stripe_double.fail_next_invoice(subscription)
    stripe_double.at(datetime(2026, 3, 1, tzinfo=UTC))
    stripe_double.cancel(subscription)
    stripe_double.at(datetime(2026, 5, 1, tzinfo=UTC))
    newest = invoices(stripe_double, subscription)[0]
    assert (newest.status, newest.attempt_count) == ("open", 1)


def test_paying_the_open_invoice_heals_it(stripe_double: StripeDouble) -> None:
    subscription = shop.subscribed(stripe_double, card=DECLINED_LATER)
    stripe_double.advance(subscription)
    stripe_double.pay_open_invoice(subscription, card=DECLINED)
    assert status(stripe_double, subscription) == "past_due"
    stripe_double.pay_open_invoice(subscription)
    assert status(stripe_double, subscription) == "active"
    stripe_double.advance(subscription)
    assert status(stripe_double, subscription) == "active"


def test_the_portal_says_when_it_ends_and_the_api_says_both(stripe_double: StripeDouble) -> None:
    subscriptions = stripe_double.client.v1.subscriptions
    wanted = shop.subscribed(stripe_double)
    stripe_double.cancel(wanted, at_period_end=True)
    in_portal = subscriptions.retrieve(wanted)
    assert in_portal.cancel_at
    assert not in_portal.cancel_at_period_end
    stripe_double.resume(wanted)
    assert subscriptions.retrieve(wanted).cancel_at is None
    by_api = subscriptions.update(wanted, {"cancel_at_period_end": True})
    assert by_api.cancel_at_period_end
    assert by_api.status == "active"
    stripe_double.events()
    stripe_double.advance(wanted)
    assert subscriptions.retrieve(wanted).status == "canceled"
    assert shop.types(stripe_double) == ["customer.subscription.deleted"]
    assert subscriptions.list().data == []
    assert [each.id for each in subscriptions.list({"status": "all"}).data] == [wanted]
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        subscriptions.cancel(wanted)


def test_a_larger_plan_is_charged_for_what_is_left(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribed(stripe_double, "starter_monthly")
    stripe_double.at(START + timedelta(days=14))
    stripe_double.change_plan(subscription, "professional_monthly")
    newest = invoices(stripe_double, subscription)[0]
    assert newest.billing_reason == "subscription_update"
    assert [line.amount for line in newest.lines.data] == [-1450, 3950]
    assert (newest.status, newest.amount_paid) == ("paid", 2500)
    assert period(stripe_double, subscription)[0] == START


def test_a_smaller_plan_leaves_a_balance_for_later(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    stripe_double.at(START)
    subscription = shop.subscribed(stripe_double, "professional_monthly")
    stripe_double.at(START + timedelta(days=14))
    stripe_double.change_plan(subscription, "starter_monthly")
    (customer,) = client.v1.customers.list().data
    assert customer.balance == -2500
    stripe_double.at(datetime(2026, 3, 1, tzinfo=UTC))
    newest = invoices(stripe_double, subscription)[0]
    assert (newest.total, newest.starting_balance, newest.amount_paid) == (2900, -2500, 400)
    assert client.v1.customers.retrieve(customer.id).balance == 0


def test_another_rhythm_begins_at_once(stripe_double: StripeDouble) -> None:
    stripe_double.at(START)
    subscription = shop.subscribed(stripe_double, "professional_monthly")
    now = START + timedelta(days=14)
    stripe_double.at(now)
    stripe_double.change_plan(subscription, "professional_yearly")
    assert period(stripe_double, subscription) == (now, now.replace(year=2027))
    newest = invoices(stripe_double, subscription)[0]
    assert newest.amount_paid == 79_000 - 3950


def test_a_change_by_the_api_waits_for_the_next_invoice(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    stripe_double.at(START)
    wanted = shop.subscribed(stripe_double, "starter_monthly")
    stripe_double.at(START + timedelta(days=14))
    item = client.v1.subscriptions.retrieve(wanted)["items"].data[0].id
    price = shop.price_of(client, "professional_monthly")
    client.v1.subscriptions.update(wanted, {"items": [{"id": item, "price": price}]})
    assert len(invoices(stripe_double, wanted)) == 1
    stripe_double.at(datetime(2026, 3, 1, tzinfo=UTC))
    assert invoices(stripe_double, wanted)[0].amount_paid == 7900 + 2500


def test_events_can_be_asked_for_again(stripe_double: StripeDouble) -> None:
    shop.subscribed(stripe_double)
    events = stripe_double.client.v1.events
    (paid,) = events.list({"type": "invoice.paid"}).data
    again = events.retrieve(paid.id)
    shown: Any = again.data.object
    assert (again.type, shown["status"]) == ("invoice.paid", "paid")
    assert [each.id for each in events.list({"types": ["invoice.paid"]}).data] == [paid.id]
