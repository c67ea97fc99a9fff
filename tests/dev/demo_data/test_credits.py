"""The ledger of the demo agrees with its messages and with the double of Stripe."""

from itertools import accumulate
from typing import Any

import pytest
from django.db.models import Sum

from billing.models import CreditEntry, CreditLot, Payment
from billing.stripe import prices, reconciliation, sync
from dev.demo import payments
from dev.demo_data.story import ANDES, DEMO
from messaging.models import Message
from tests.dev.demo_data.rows import NOON, counts
from tests.dev.doubles.stripe.stage import StripeDouble
from workspaces.models import Workspace

MIRRORED = (
    *("plan", "message_credits", "stripe_subscription_id", "subscription_status"),
    *("current_period_end", "cancel_at_period_end", "past_due_since", "credits_next_at"),
)


@pytest.mark.parametrize(("clinic", "balance"), [(DEMO, 2000), (ANDES, 200)])
def test_balance_is_the_sum_of_the_ledger_and_was_never_negative(clinic: Any, balance: int) -> None:
    ledger = CreditEntry.objects.filter(workspace_id=clinic.id)
    movements = list(ledger.order_by("created_at", "id").values_list("amount", flat=True))

    assert Workspace.objects.get(pk=clinic.id).message_credits == sum(movements) == balance
    assert min(accumulate(movements)) >= 0
    assert ledger.get(cause="opening").amount == 50
    assert ledger.get(cause="demo:credits").amount > 0


def test_month_in_progress_has_unspent_credits() -> None:
    (month,) = (
        CreditLot.objects.filter(workspace_id=DEMO.id)
        .exclude(expires_at__lte=NOON)
        .exclude(expires_at=None)
    )

    assert month.entry.cause.startswith("month:sub_")
    assert month.amount == 2000
    assert 0 < month.remaining < 2000


def test_paying_clinic_agrees_with_the_double_of_stripe() -> None:
    workspace = Workspace.objects.get(pk=DEMO.id)
    before = counts()
    assert Payment.objects.filter(workspace=workspace).count() == 5

    with StripeDouble() as double, double.in_use():
        double.load(payments.build_account())
        double.at(NOON)
        assert prices.publish_prices(language="es") == []
        assert reconciliation.reconcile(now=NOON) == []
        sync.sync_customer(workspace.stripe_customer_id or "", now=NOON)
        for payment in Payment.objects.filter(workspace=workspace):
            sync.sync_payment(payment.payment_intent, now=NOON)
        assert double.events() == []

    assert counts() == before
    after = Workspace.objects.get(pk=DEMO.id)
    for field in MIRRORED:
        assert getattr(after, field) == getattr(workspace, field), field


def test_each_sent_message_was_debited() -> None:
    sent = Message.objects.exclude(sent_at=None).aggregate(all=Sum("attempt"))["all"]
    paid = CreditEntry.objects.filter(kind="DEBIT").aggregate(all=Sum("amount"))["all"]

    assert sent == -paid
