"""The same events of Stripe, processed in any order and repeated, end in the same state."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.db.models import Sum

from billing.models import CreditLot
from billing.stripe import processing
from core import tenancy
from tests.billing.stripe.clinic import (
    Clinic,
    deliver,
    entitlements_of,
    open_clinic,
    payments,
    unprocessed_events,
)
from tests.billing.stripe.moving_clock import seeded_random, signed_now
from tests.dev.doubles.stripe.stage import SignedEvent, StripeDouble
from workspaces.models import Plan

EVENTS = int(os.environ.get("PAYMENT_EVENTS", "50"))
ORDERS = int(os.environ.get("PAYMENT_ORDERS", "10"))


@pytest.mark.django_db
@pytest.mark.usefixtures("_moving_clock")
def test_same_events_in_any_order_end_in_same_state(stripe_double: StripeDouble) -> None:
    """A short run. `make chaos` processes a thousand events in twenty orders."""
    clinics, told = create_busy_stripe(stripe_double, EVENTS)
    ends: list[list[tuple[object, ...]]] = []
    for seed in range(ORDERS):
        order = seeded_random(seed)
        with rolled_back():
            arriving = told + order.sample(told, len(told) // 5)
            order.shuffle(arriving)
            for some in split_randomly(arriving):
                deliver(signed_now(stripe_double, each) for each in some)
                processing.process_events()
            assert not unprocessed_events()
            ends.append([final_state(clinic) for clinic in clinics])
    for end in ends:
        assert end == ends[0]


def create_busy_stripe(stripe: StripeDouble, number: int) -> tuple[list[Clinic], list[SignedEvent]]:
    """Run clinics through every kind of change, until Stripe has sent this many events."""
    clinics: list[Clinic] = []
    told: list[SignedEvent] = []
    while len(told) < number:
        clinic = open_clinic(stripe)
        clinics.append(clinic)
        simulate_months(clinic, seeded_random(len(clinics)))
        told += stripe.events()
    return clinics, told[:number]


def simulate_months(clinic: Clinic, chance: random.Random) -> None:
    stripe = clinic.stripe
    pack = clinic.buy_pack(chance.choice([500, 2_000]))
    subscription = clinic.subscribe(chance.choice([Plan.STARTER, Plan.PROFESSIONAL]))
    refunded = chance.choice([pack, clinic.payments()[-1]])
    stripe.refund(refunded, chance.choice([500, 1_000]))
    match chance.randrange(4):
        case 0:
            stripe.cancel(subscription)
        case 1:
            stripe.cancel(subscription, at_period_end=True)
        case 2:
            stripe.change_plan(subscription, "professional_yearly")
        case 3:
            stripe.close_dispute(stripe.dispute(clinic.buy_pack(500)), won=chance.random() < 0.5)


def final_state(clinic: Clinic) -> tuple[object, ...]:
    workspace = clinic.workspace
    lots = CreditLot.objects.within(workspace).order_by("expires_at", "amount", "remaining")
    found = payments(clinic)
    return (
        workspace.subscription_status,
        workspace.stripe_subscription_id,
        workspace.current_period_end,
        workspace.cancel_at_period_end,
        workspace.past_due_since,
        workspace.message_credits,
        lots.aggregate(sum=Sum("remaining"))["sum"],
        tuple(entitlements_of(clinic)),
        tuple(sorted((p.payment_intent, p.amount, p.refunded, p.disputed) for p in found)),
    )


def split_randomly(arriving: list[SignedEvent]) -> tuple[list[SignedEvent], list[SignedEvent]]:
    middle = len(arriving) // 2
    return arriving[:middle], arriving[middle:]


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic(), tenancy.platform("histories"):
        yield
        transaction.set_rollback(True)
