import pytest
import stripe

from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import StripeDouble


@pytest.fixture
def payment(stripe_double: StripeDouble) -> str:
    asked = shop.session(stripe_double.client, "credits_500")
    stripe_double.pay(asked.id)
    stripe_double.events()
    return str(stripe_double.client.v1.checkout.sessions.retrieve(asked.id).payment_intent)


def test_a_payment_is_given_back_in_parts_and_never_more(
    stripe_double: StripeDouble, payment: str
) -> None:
    refunds = stripe_double.client.v1.refunds
    first = refunds.create({"payment_intent": payment, "amount": 500})
    assert (first.status, first.amount) == ("succeeded", 500)
    assert shop.types(stripe_double) == ["refund.created", "charge.refunded"]
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        refunds.create({"payment_intent": payment, "amount": 1501})
    stripe_double.refund(payment)
    (charge,) = stripe_double.client.v1.charges.list({"payment_intent": payment}).data
    assert (charge.amount_refunded, charge.refunded) == (2000, True)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refunds.create({"payment_intent": payment})
    assert refusal.value.code == "charge_already_refunded"
    assert [each.amount for each in refunds.list({"payment_intent": payment}).data] == [1500, 500]


@pytest.mark.parametrize(("won", "end"), [(True, "won"), (False, "lost")])
def test_a_dispute_is_opened_and_decided(
    stripe_double: StripeDouble, payment: str, won: bool, end: str
) -> None:
    wanted = stripe_double.dispute(payment)
    (dispute,) = stripe_double.client.v1.disputes.list({"payment_intent": payment}).data
    assert (dispute.id, dispute.status, dispute.amount) == (wanted, "needs_response", 2000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_double.client.v1.refunds.create({"payment_intent": payment})
    assert refusal.value.code == "charge_disputed"
    stripe_double.close_dispute(wanted, won=won)
    assert stripe_double.client.v1.disputes.retrieve(wanted).status == end
    told = shop.types(stripe_double)
    assert {"charge.dispute.created", "charge.dispute.closed"} <= {*told}
    assert ("charge.dispute.funds_reinstated" in told) is won
