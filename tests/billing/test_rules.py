from typing import Any

import pytest
from django.utils import timezone

from tests.constraints import assert_refused
from tests.factories import (
    BankTransferFactory,
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
        ("billing_banktransfer_pack_or_plan", BankTransferFactory, {"credits": 0}),
        ("billing_banktransfer_pack_or_plan", BankTransferFactory, {"plan": "STARTER"}),
        ("billing_banktransfer_pack_or_plan", BankTransferFactory, {"kind": "PLAN"}),
        (
            "billing_banktransfer_withdrawn_with_reason",
            BankTransferFactory,
            {"withdrawn_at": timezone.now()},
        ),
        ("billing_banktransfer_currency_known", BankTransferFactory, {"currency": "xxx"}),
        ("billing_payment_refund_within", PaymentFactory, {"refunded": 20_01}),
        ("billing_billingnotice_kind_known", BillingNoticeFactory, {"kind": "GREETING"}),
        ("billing_billingdifference_kind_known", BillingDifferenceFactory, {"kind": "MOOD"}),
    ],
)
def test_constraint_refuses_row(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    assert_refused(constraint, factory, **values)


def test_second_entry_with_the_same_cause_is_refused() -> None:
    entry = CreditEntryFactory.create()

    assert_refused(
        "billing_creditentry_once_per_cause",
        CreditEntryFactory,
        workspace=entry.workspace,
        cause=entry.cause,
    )


def test_lot_with_more_remaining_than_its_amount_is_refused() -> None:
    lot = CreditLotFactory.create(amount=10)

    assert_refused(
        "billing_creditlot_within_its_amount",
        CreditEntryFactory,
        workspace=lot.workspace,
        kind="EXPIRY",
        amount=-11,
        of=lot.entry,
    )


def test_second_transfer_with_the_same_receipt_is_refused_for_any_clinic() -> None:
    transfer = BankTransferFactory.create()

    assert_refused(
        "billing_banktransfer_receipt_once", BankTransferFactory, receipt=transfer.receipt
    )


def test_second_event_with_the_same_key_is_refused() -> None:
    event = PaymentEventFactory.create()

    assert_refused("core_webhook_once", PaymentEventFactory, key=event.key)


def test_second_payment_with_the_same_intent_is_refused() -> None:
    payment = PaymentFactory.create()

    assert_refused(
        "billing_payment_payment_intent_key",
        PaymentFactory,
        payment_intent=payment.payment_intent,
    )


def test_second_notice_with_the_same_cause_is_refused() -> None:
    notice = BillingNoticeFactory.create()

    assert_refused(
        "billing_billingnotice_once_per_cause",
        BillingNoticeFactory,
        workspace=notice.workspace,
        cause=notice.cause,
    )


def test_second_open_difference_of_an_object_is_refused() -> None:
    closed = BillingDifferenceFactory.create(closed_at=timezone.now())
    BillingDifferenceFactory.create(reference=closed.reference)

    assert_refused(
        "billing_billingdifference_one_open",
        BillingDifferenceFactory,
        reference=closed.reference,
    )
