"""What was paid brings its credits once; what goes back takes along what was not spent."""

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
    waiting,
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


def test_a_pack_brings_its_credits_once(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)

    clinic.hear()
    clinic.hear()

    assert clinic.credits() == 50 + 500
    (row,) = payments(clinic)
    assert (row.payment_intent, row.kind, row.credits) == (payment, PaymentKind.PACK, 500)
    assert row.amount >= 20_00
    assert row.invoice
    assert not waiting()


def test_two_packs_are_two(clinic: Clinic) -> None:
    clinic.buy_pack(500)
    clinic.buy_pack(2_000)

    clinic.hear()

    assert clinic.credits() == 50 + 2_500
    assert len(payments(clinic)) == 2


def test_a_page_that_nobody_pays_brings_nothing(clinic: Clinic) -> None:
    clinic.page_for_pack()

    clinic.hear()

    assert clinic.credits() == 50
    assert payments(clinic) == []


def test_a_subscriptions_payment_is_noted_with_its_invoice(clinic: Clinic) -> None:
    subscription = clinic.subscribe()

    clinic.hear()

    (row,) = payments(clinic)
    assert (row.kind, row.subscription) == (PaymentKind.SUBSCRIPTION, subscription)
    assert row.invoice


def test_a_refund_takes_what_was_not_spent(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    clinic.hear()
    spend(clinic, 50 + 200)

    clinic.stripe.refund(payment)
    clinic.hear()

    assert clinic.credits() == 0
    (row,) = payments(clinic)
    assert row.refunded == row.amount


def test_parts_of_a_refund_take_their_share_and_add_up(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    clinic.hear()
    (row,) = payments(clinic)

    for part in (row.amount // 3, row.amount // 3):
        clinic.stripe.refund(payment, part)
        clinic.hear()
    assert clinic.credits() == 50 + 500 - 500 * (row.amount // 3 * 2) // row.amount

    clinic.stripe.refund(payment, row.amount - row.amount // 3 * 2)
    clinic.hear()
    assert clinic.credits() == 50
    assert len(set(balances(clinic))) == 1


def test_a_refund_of_a_month_takes_its_unspent_credits_and_no_others(clinic: Clinic) -> None:
    clinic.buy_pack(500)
    clinic.subscribe(Plan.STARTER)
    month_payment = clinic.payments()[-1]
    clinic.hear()
    spend(clinic, 100)  # the month's expire first, so they go first

    clinic.stripe.refund(month_payment)
    clinic.hear()
    clinic.hear()

    assert clinic.credits() == 50 + 500


@pytest.mark.parametrize(
    "order", [(OF_PAYMENTS, OF_SUBSCRIPTIONS), (OF_SUBSCRIPTIONS, OF_PAYMENTS)]
)
def test_a_refund_and_its_month_may_be_heard_of_in_any_order(
    clinic: Clinic, order: tuple[set[str], set[str]]
) -> None:
    clinic.subscribe(Plan.STARTER)
    clinic.stripe.refund(clinic.payments()[-1])
    told = clinic.stripe.events()

    for kinds in order:
        deliver(each for each in told if each.type in kinds)
        processing.process_events()

    assert clinic.credits() == 50


def test_credits_that_were_taken_back_are_not_given_again(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.hear()
    clinic.stripe.refund(clinic.payments()[-1])
    clinic.hear()

    clinic.stripe.cancel(subscription, at_period_end=True)
    clinic.hear()

    assert clinic.credits() == 50


def test_the_refund_of_an_upgrade_takes_what_the_upgrade_brought(clinic: Clinic) -> None:
    subscription = clinic.subscribe(Plan.STARTER)
    clinic.hear()
    clinic.stripe.change_plan(subscription, "professional_monthly")
    clinic.hear()
    assert clinic.credits() == 50 + 2_000

    clinic.stripe.refund(clinic.payments()[-1])
    clinic.hear()

    assert clinic.credits() == 50 + 500


def test_a_dispute_takes_credits_and_a_won_one_gives_them_back(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    clinic.hear()
    spend(clinic, 50 + 100)

    dispute = clinic.stripe.dispute(payment)
    clinic.hear()
    assert clinic.credits() == 0
    (row,) = payments(clinic)
    assert row.disputed == row.amount

    clinic.stripe.close_dispute(dispute, won=True)
    clinic.hear()
    clinic.hear()
    assert clinic.credits() == 400
    assert payments(clinic)[0].disputed == 0


def test_a_month_comes_back_with_a_won_dispute_and_the_owner_reads_why(
    clinic: Clinic, client: Client
) -> None:
    clinic.subscribe(Plan.STARTER)
    clinic.hear()
    dispute = clinic.stripe.dispute(clinic.payments()[-1])
    clinic.hear()
    assert clinic.credits() == 50

    clinic.stripe.close_dispute(dispute, won=True)
    clinic.hear()
    clinic.hear()

    assert clinic.credits() == 50 + 500
    assert len(set(balances(clinic))) == 1
    clinic.owner.language = "en"
    clinic.owner.save()
    client.force_login(clinic.owner)
    page = client.get(reverse("billing_credits")).content.decode()
    assert "Given back after a dispute" in page


def test_a_lost_dispute_leaves_it_at_that(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    dispute = clinic.stripe.dispute(payment)
    clinic.hear()

    clinic.stripe.close_dispute(dispute, won=False)
    clinic.hear()

    assert clinic.credits() == 50


def test_what_came_back_with_a_won_dispute_goes_with_a_later_refund(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    dispute = clinic.stripe.dispute(payment)
    clinic.hear()
    clinic.stripe.close_dispute(dispute, won=True)
    clinic.hear()
    assert clinic.credits() == 50 + 500
    now = timezone.now()
    with stripe_client() as client:
        paid = stripe_objects.read_payment(client, payment)
    assert paid
    refunded = replace(paid, refunds=(ReturnedMoney("re_1", paid.amount, now, has_effect=True),))

    with tenancy.platform("test"):
        write_payment(clinic.workspace, refunded, now=now)

    assert clinic.credits() == 50


def test_a_payment_first_heard_of_when_it_was_refunded_brings_nothing(clinic: Clinic) -> None:
    payment = clinic.buy_pack(500)
    clinic.stripe.refund(payment)

    clinic.hear()

    assert clinic.credits() == 50
    assert sum(ledger(clinic).values()) == 50
    assert payments(clinic)[0].paid_at <= timezone.now()
