import pytest

from dev.doubles.stripe.problems import RefusedError
from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import DECLINED, StripeDouble


def test_paid_pack_has_a_payment_and_an_invoice(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    session = shop.open_session(
        client,
        "credits_500",
        payment_intent_data={"metadata": {"credits": "500"}},
        invoice_creation={"enabled": True},
    )
    stripe_double.events()

    stripe_double.pay(session.url or "")

    (intent,) = client.v1.payment_intents.list().data
    assert (intent.status, intent.amount_received) == ("succeeded", 2000)
    assert intent.metadata.to_dict() == {"credits": "500"}
    (invoice,) = client.v1.invoices.list().data
    assert (invoice.status, invoice.amount_paid, invoice.parent) == ("paid", 2000, None)
    types = shop.event_types(stripe_double)
    assert types[-1] == "checkout.session.completed"
    assert {"payment_intent.succeeded", "charge.succeeded", "invoice.paid"} <= {*types}


def test_declined_card_leaves_the_session_open(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    session = shop.open_session(client, "professional_monthly")

    with pytest.raises(RefusedError) as refusal:
        stripe_double.pay(session.id, card=DECLINED)

    assert refusal.value.error["code"] == "card_declined"
    assert client.v1.subscriptions.list().data == []
    stripe_double.pay(session.id)
    assert len(client.v1.subscriptions.list().data) == 1


def test_promotion_code_takes_a_fifth_off(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    session = shop.open_session(client, "professional_monthly")

    with pytest.raises(RefusedError, match="promotion code is invalid"):
        stripe_double.pay(session.id, code="BIENVENIDA99")
    stripe_double.pay(session.id, code="bienvenida20")

    (invoice,) = client.v1.invoices.list().data
    assert (invoice.subtotal, invoice.total, invoice.amount_paid) == (7900, 6320, 6320)


def test_expired_session_cannot_be_paid(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    session = shop.open_session(client, "credits_500")

    assert client.v1.checkout.sessions.expire(session.id).status == "expired"

    with pytest.raises(RefusedError):
        stripe_double.pay(session.id)


def test_trial_is_paid_when_it_ends(stripe_double: StripeDouble) -> None:
    session = shop.open_session(
        stripe_double.client, "starter_monthly", subscription_data={"trial_period_days": 14}
    )
    stripe_double.pay(session.id)
    assert shop.subscription_of(stripe_double).status == "trialing"

    stripe_double.advance(shop.subscription_of(stripe_double).id)

    assert shop.subscription_of(stripe_double).status == "active"
    newest = stripe_double.client.v1.invoices.list().data[0]
    assert newest.amount_paid == 2900
