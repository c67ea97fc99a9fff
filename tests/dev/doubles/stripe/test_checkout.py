from typing import Any

import pytest

from dev.doubles.stripe.problems import RefusedError
from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import DECLINED, StripeDouble


def test_a_pack_is_paid_once_and_has_its_invoice(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    asked = shop.session(
        client,
        "credits_500",
        client_reference_id="a clinic",
        metadata={"workspace_id": "a clinic"},
        payment_intent_data={"metadata": {"credits": "500"}},
        invoice_creation={"enabled": True},
    )
    stripe_double.events()
    stripe_double.pay(asked.url or "")
    paid = client.v1.checkout.sessions.retrieve(
        asked.id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.metadata
    assert paid.metadata.to_dict() == {"workspace_id": "a clinic"}
    assert paid.client_reference_id == "a clinic"
    intent: Any = paid.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 2000)
    assert intent.metadata.to_dict() == {"credits": "500"}
    assert intent.latest_charge.paid
    assert not hasattr(intent.latest_charge, "invoice")
    assert paid.line_items
    assert paid.line_items.data[0].amount_total == 2000
    (link,) = client.v1.invoice_payments.list(
        {
            "payment": {"type": "payment_intent", "payment_intent": intent.id},
            "expand": ["data.invoice"],
        }
    ).data
    invoice: Any = link.invoice
    assert (invoice.status, invoice.amount_paid, invoice.parent) == ("paid", 2000, None)
    assert invoice.id == paid.invoice
    told = shop.types(stripe_double)
    assert told[-1] == "checkout.session.completed"
    assert {"payment_intent.succeeded", "charge.succeeded", "invoice.paid"} <= {*told}


def test_a_subscription_begins_with_a_paid_invoice(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    asked = shop.session(
        client, "professional_monthly", subscription_data={"metadata": {"workspace_id": "a"}}
    )
    stripe_double.events()
    stripe_double.pay(asked.id)
    paid = client.v1.checkout.sessions.retrieve(
        asked.id, {"expand": ["subscription.latest_invoice"]}
    )
    subscription: Any = paid.subscription
    assert subscription.status == "active"
    assert subscription.metadata.to_dict() == {"workspace_id": "a"}
    (item,) = subscription["items"].data
    assert item.price.lookup_key == "professional_monthly"
    assert 28 <= (item.current_period_end - item.current_period_start) / 86_400 <= 31
    assert not hasattr(subscription, "current_period_end")
    invoice = subscription.latest_invoice
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.billing_reason == "subscription_create"
    assert not hasattr(invoice, "payments")
    whole = client.v1.invoices.retrieve(
        invoice.id, {"expand": ["payments.data.payment.payment_intent"]}
    )
    assert whole.payments
    intent: Any = whole.payments.data[0].payment.payment_intent
    assert intent.status == "succeeded"
    (line,) = client.v1.invoices.line_items.list(invoice.id).data
    assert line.parent
    assert line.parent.subscription_item_details
    assert line.parent.subscription_item_details.subscription == subscription.id
    told = shop.types(stripe_double)
    assert told.index("customer.subscription.created") < told.index("invoice.paid")
    assert told[-1] == "checkout.session.completed"


def test_a_declined_card_leaves_the_page_open(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    asked = shop.session(client, "professional_monthly")
    with pytest.raises(RefusedError) as refusal:
        stripe_double.pay(asked.id, card=DECLINED)
    assert refusal.value.status == 402
    assert refusal.value.error["code"] == "card_declined"
    assert client.v1.checkout.sessions.retrieve(asked.id).status == "open"
    assert client.v1.subscriptions.list().data == []
    assert "payment_intent.payment_failed" in shop.types(stripe_double)
    stripe_double.pay(asked.id)
    assert len(client.v1.subscriptions.list().data) == 1


def test_a_promotion_code_takes_a_fifth_off(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    asked = shop.session(client, "professional_monthly")
    with pytest.raises(RefusedError, match="promotion code is invalid"):
        stripe_double.pay(asked.id, code="BIENVENIDA99")
    stripe_double.pay(asked.id, code="bienvenida20")
    paid = client.v1.checkout.sessions.retrieve(asked.id, {"expand": ["invoice"]})
    assert (paid.amount_subtotal, paid.amount_total) == (7900, 6320)
    invoice: Any = paid.invoice
    assert (invoice.subtotal, invoice.total, invoice.amount_paid) == (7900, 6320, 6320)
    (code,) = client.v1.promotion_codes.list({"code": "BIENVENIDA20"}).data
    assert code.times_redeemed == 1


def test_a_page_that_was_closed_cannot_be_paid(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    asked = shop.session(client, "credits_500")
    stripe_double.events()
    assert client.v1.checkout.sessions.expire(asked.id).status == "expired"
    assert shop.types(stripe_double) == ["checkout.session.expired"]
    with pytest.raises(RefusedError):
        stripe_double.pay(asked.id)


def test_a_trial_is_paid_when_it_ends(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    asked = shop.session(client, "starter_monthly", subscription_data={"trial_period_days": 14})
    stripe_double.pay(asked.id)
    paid = client.v1.checkout.sessions.retrieve(asked.id, {"expand": ["subscription"]})
    assert paid.payment_status == "no_payment_required"
    subscription: Any = paid.subscription
    assert subscription.status == "trialing"
    stripe_double.advance(subscription.id)
    after = client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    latest: Any = after.latest_invoice
    assert (after.status, latest.amount_paid) == ("active", 2900)
