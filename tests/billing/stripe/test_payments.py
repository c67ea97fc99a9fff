"""Payments grant their credits once. Refunds and disputes take unspent credits back."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import EntryKind, PaymentKind
from billing.stripe import processing, stripe_objects
from billing.stripe.client import stripe_client
from billing.stripe.event_kinds import OF_PAYMENTS, OF_SUBSCRIPTIONS
from billing.stripe.payments import write_payment
from billing.stripe.stripe_objects import ReturnedMoney
from core import tenancy
from tests.billing.stripe.clinic import (
    Clinic,
    balances,
    deliver,
    ledger,
    open_clinic,
    payments,
    unprocessed_events,
)
from tests.dev.doubles.stripe.stage import StripeDouble
from tests.factories import CreditEntryFactory
from workspaces.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(stripe_double: StripeDouble) -> Clinic:
    return open_clinic(stripe_double)


def spend(clinic: Clinic, number: int) -> None:
    CreditEntryFactory.create(workspace=clinic.workspace, kind=EntryKind.DEBIT, amount=-number)


def test_paid_pack_grants_its_credits_once(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)

    clinic.receive_events()
    clinic.receive_events()

    assert clinic.credits() == 50 + 500
    (row,) = payments(clinic)
    assert (row.payment_intent, row.kind, row.credits) == (payment, PaymentKind.PACK, 500)
    assert row.amount >= 20_00
    assert row.invoice
    assert not unprocessed_events()


def test_two_packs_grant_credits_of_both(clinic: Clinic) -> None:
    clinic.buy_pack(500)
    clinic.buy_pack(2_000)

    clinic.receive_events()

    assert clinic.credits() == 50 + 2_500
    assert len(payments(clinic)) == 2


def test_unpaid_checkout_page_grants_no_credits(clinic: Clinic) -> None:
    clinic.open_pack_checkout()

    clinic.receive_events()

    assert clinic.credits() == 50
    assert payments(clinic) == []


def test_subscription_payment_is_stored_with_its_invoice(clinic: Clinic) -> None:
    subscription = clinic.subscribe()

    clinic.receive_events()

    (row,) = payments(clinic)
    assert (row.kind, row.subscription) == (PaymentKind.SUBSCRIPTION, subscription)
    assert row.invoice


def test_refund_takes_back_unspent_credits(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    clinic.receive_events()
    spend(clinic, 50 + 200)

    clinic.stripe.refund(payment)
    clinic.receive_events()

    assert clinic.credits() == 0
    (row,) = payments(clinic)
    assert row.refunded == row.amount


def test_partial_refunds_take_back_proportional_credits(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    clinic.receive_events()
    (row,) = payments(clinic)

    for part in (row.amount // 3, row.amount // 3):
        clinic.stripe.refund(payment, part)
        clinic.receive_events()
    assert clinic.credits() == 50 + 500 - 500 * (row.amount // 3 * 2) // row.amount

    clinic.stripe.refund(payment, row.amount - row.amount // 3 * 2)
    clinic.receive_events()
    assert clinic.credits() == 50
    assert len(set(balances(clinic))) == 1


def test_refund_of_a_month_takes_back_only_its_unspent_credits(clinic: Clinic) -> None:
    clinic.buy_pack(500)
    clinic.subscribe(Plan.STARTER)
    month_payment = clinic.payments()[-1]
    clinic.receive_events()
    spend(clinic, 100)  # the month's expire first, so they go first

    clinic.stripe.refund(month_payment)
    clinic.receive_events()
    clinic.receive_events()

    assert clinic.credits() == 50 + 500


@pytest.mark.parametrize(
    "order", [(OF_PAYMENTS, OF_SUBSCRIPTIONS), (OF_SUBSCRIPTIONS, OF_PAYMENTS)]
)
def test_refund_before_or_after_its_subscription_event_leaves_no_month_credits(
    clinic: Clinic, order: tuple[set[str], set[str]]
) -> None:
    clinic.subscribe(Plan.STARTER)
    clinic.stripe.refund(clinic.payments()[-1])
    told = clinic.stripe.events()

    for kinds in order:
        deliver(each for each in told if each.type in kinds)
        processing.process_events()

    assert clinic.credits() == 50


def test_month_taken_back_by_a_refund_is_not_granted_again(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.receive_events()
    clinic.stripe.refund(clinic.payments()[-1])
    clinic.receive_events()

    clinic.stripe.cancel(subscription, at_period_end=True)
    clinic.receive_events()

    assert clinic.credits() == 50


def test_refund_of_an_upgrade_takes_back_credits_of_the_upgrade(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.receive_events()
    clinic.stripe.change_plan(subscription, "professional_monthly")
    clinic.receive_events()
    assert clinic.credits() == 50 + 2_000

    clinic.stripe.refund(clinic.payments()[-1])
    clinic.receive_events()

    assert clinic.credits() == 50 + 500


def test_dispute_takes_back_pack_credits_until_it_is_won(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    clinic.receive_events()
    spend(clinic, 50 + 100)

    dispute = clinic.stripe.dispute(payment)
    clinic.receive_events()
    assert clinic.credits() == 0
    (row,) = payments(clinic)
    assert row.disputed == row.amount

    clinic.stripe.close_dispute(dispute, won=True)
    clinic.receive_events()
    clinic.receive_events()
    assert clinic.credits() == 400
    assert payments(clinic)[0].disputed == 0


def test_won_dispute_gives_month_back_and_page_says_why(clinic: Clinic, client: Client) -> None:
    clinic.subscribe(Plan.STARTER)
    clinic.receive_events()
    dispute = clinic.stripe.dispute(clinic.payments()[-1])
    clinic.receive_events()
    assert clinic.credits() == 50

    clinic.stripe.close_dispute(dispute, won=True)
    clinic.receive_events()
    clinic.receive_events()

    assert clinic.credits() == 50 + 500
    assert len(set(balances(clinic))) == 1
    clinic.owner.language = "en"
    clinic.owner.save()
    client.force_login(clinic.owner)
    page = client.get(reverse("billing_credits")).content.decode()
    assert "Given back after a dispute" in page


def test_lost_dispute_gives_no_credits_back(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    dispute = clinic.stripe.dispute(payment)
    clinic.receive_events()

    clinic.stripe.close_dispute(dispute, won=False)
    clinic.receive_events()

    assert clinic.credits() == 50


def test_refund_after_a_won_dispute_takes_credits_back_again(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    dispute = clinic.stripe.dispute(payment)
    clinic.receive_events()
    clinic.stripe.close_dispute(dispute, won=True)
    clinic.receive_events()
    assert clinic.credits() == 50 + 500
    now = timezone.now()
    with stripe_client() as client:
        paid = stripe_objects.read_payment(client, payment)
    assert paid
    refunded = replace(paid, refunds=(ReturnedMoney("re_1", paid.amount, now, has_effect=True),))

    with tenancy.platform("test"):
        write_payment(clinic.workspace, refunded, now=now)

    assert clinic.credits() == 50


def test_payment_refunded_before_its_first_event_grants_no_credits(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    clinic.stripe.refund(payment)

    clinic.receive_events()

    assert clinic.credits() == 50
    assert sum(ledger(clinic).values()) == 50
    assert payments(clinic)[0].paid_at <= timezone.now()
