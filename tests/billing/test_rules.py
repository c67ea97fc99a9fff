from typing import Any

import pytest
from django.utils import timezone

from tests.constraints import assert_refused
from tests.factories import (
    BillingDifferenceFactory,
    BillingNoticeFactory,
    CreditEntryFactory,
    CreditLotFactory,
    PaymentEventFactory,
    PaymentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        ("billing_creditentry_sign_fits_kind", CreditEntryFactory, {"amount": -1}),
        (
            "billing_creditentry_withdrawal_says_of_what",
            CreditEntryFactory,
            {"kind": "REVERSAL", "amount": -1},
        ),
        ("billing_payment_kind_known", PaymentFactory, {"kind": "GIFT"}),
        ("billing_payment_pack_or_subscription", PaymentFactory, {"credits": 0}),
        ("billing_payment_pack_or_subscription", PaymentFactory, {"subscription": "sub_1"}),
        ("billing_payment_refund_within", PaymentFactory, {"refunded": 20_01}),
        ("billing_billingnotice_kind_known", BillingNoticeFactory, {"kind": "GREETING"}),
        ("billing_billingdifference_kind_known", BillingDifferenceFactory, {"kind": "MOOD"}),
    ],
)
def test_the_database_refuses(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    assert_refused(constraint, factory, **values)


def test_a_cause_moves_credits_once() -> None:
    entry = CreditEntryFactory.create()

    assert_refused(
        "billing_creditentry_once_per_cause",
        CreditEntryFactory,
        workspace=entry.workspace,
        cause=entry.cause,
    )


def test_a_lot_gives_no_more_than_it_has() -> None:
    lot = CreditLotFactory.create(amount=10)

    assert_refused(
        "billing_creditlot_within_its_amount",
        CreditEntryFactory,
        workspace=lot.workspace,
        kind="EXPIRY",
        amount=-11,
        of=lot.entry,
    )


def test_a_payment_event_is_kept_once() -> None:
    event = PaymentEventFactory.create()

    assert_refused("core_webhook_once", PaymentEventFactory, key=event.key)


def test_a_payment_is_noted_once() -> None:
    payment = PaymentFactory.create()

    assert_refused(
        "billing_payment_payment_intent_key",
        PaymentFactory,
        payment_intent=payment.payment_intent,
    )


def test_a_cause_is_told_once() -> None:
    notice = BillingNoticeFactory.create()

    assert_refused(
        "billing_billingnotice_once_per_cause",
        BillingNoticeFactory,
        workspace=notice.workspace,
        cause=notice.cause,
    )


def test_a_difference_is_open_once() -> None:
    closed = BillingDifferenceFactory.create(closed_at=timezone.now())
    BillingDifferenceFactory.create(reference=closed.reference)

    assert_refused(
        "billing_billingdifference_one_open",
        BillingDifferenceFactory,
        reference=closed.reference,
    )
