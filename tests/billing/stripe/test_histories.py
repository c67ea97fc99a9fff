"""Payments and credits agree with Stripe after any order of events, which hypothesis generates.

The database, our actions and the HTTP calls are real. The test moves the clock of our code and of
the double of Stripe.
"""

import os
import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from stripe import StripeError

from billing import credits
from billing.models import CreditEntry, EntryKind, PaymentKind
from billing.stripe import processing, reconciliation, renewals
from core import tenancy
from core.errors import ProblemError
from dev.doubles.stripe.problems import RefusedError
from tests.billing.stripe.clinic import (
    balances,
    deliver,
    entitlements_of,
    ledger,
    open_clinic,
    payments,
    unprocessed_events,
)
from tests.billing.stripe.moving_clock import (
    CLOCK,
    ONE_DOUBLE,
    P,
    T,
    moment,
    pick,
    seeded_random,
    signed_now,
)
from tests.dev.doubles.stripe.stage import SignedEvent
from tests.factories import CreditEntryFactory
from workspaces.models import Plan

EXAMPLES = int(os.environ.get("PAYMENTS_EXAMPLES", "0"))
GRACE = timedelta(days=7)
PLANS = st.sampled_from([Plan.STARTER, Plan.PROFESSIONAL])
LOOKUP_KEYS = st.sampled_from(
    ["starter_monthly", "professional_monthly", "starter_yearly", "professional_yearly"]
)
PARTS = st.sampled_from([1, 1, 2, 3])
DAYS = st.sampled_from([0, 1, 3, 8, 20, 31, 31, 62])
WHICH = st.integers(0, 11)


class PaymentHistories(RuleBasedStateMachine):
    """A clinic that pays, and a Stripe whose events come late, twice and in any order."""

    @initialize()
    def open_clinic_and_stripe(self) -> None:
        # Rolled back at the end, with everything in it.
        self.world = ExitStack()
        self.world.enter_context(transaction.atomic())
        self.world.callback(transaction.set_rollback, True)
        self.world.enter_context(tenancy.platform("histories"))
        CLOCK.ahead = timedelta()
        (self.stripe,) = ONE_DOUBLE
        self.stripe.reset()
        self.stripe.at(timezone.now())
        self.clinic = open_clinic(self.stripe)
        self.undelivered: list[SignedEvent] = []
        self.told: list[SignedEvent] = []
        self.disputes: list[str] = []
        self.debits: list[int] = []

    def teardown(self) -> None:
        try:
            self.stripe.down(False)
            self._deliver_all_events()
            self._check_state_against_stripe()
        finally:
            self.stripe.down(False)
            self.world.close()

    # What the clinic does

    @rule(plan=PLANS, yearly=st.booleans())
    def subscribe(self, plan: Plan, yearly: bool) -> None:
        if not self._subscriptions_in():
            self._attempt(self.clinic.subscribe, plan, yearly=yearly)

    @rule(number=st.sampled_from([500, 2_000]))
    def buy_pack(self, number: int) -> None:
        self._attempt(self.clinic.buy_pack, number)

    @rule(lookup_key=LOOKUP_KEYS)
    def change_plan(self, lookup_key: str) -> None:
        for subscription in self._subscriptions_in("active"):
            self._attempt(self.stripe.change_plan, subscription, lookup_key)

    @rule(at_period_end=st.booleans())
    def cancel(self, at_period_end: bool) -> None:
        for subscription in self._subscriptions_in():
            self._attempt(self.stripe.cancel, subscription, at_period_end=at_period_end)

    @rule()
    def resume_subscription(self) -> None:
        for subscription in self._subscriptions_in("active"):
            self._attempt(self.stripe.resume, subscription)

    @rule(is_due=st.booleans())
    def fail_next_payment(self, is_due: bool) -> None:
        for subscription in self._subscriptions_in("active"):
            self.stripe.fail_next_invoice(subscription)
            if is_due and subscription in self._subscriptions_in("active"):
                item = self.stripe.account.get("subscription", subscription)["items"]["data"][0]
                self._advance_to(moment(item["current_period_end"]) + timedelta(hours=3))

    @rule()
    def pay_overdue_invoice(self) -> None:
        for subscription in self._subscriptions_in("past_due"):
            self._attempt(self.stripe.pay_open_invoice, subscription)

    @rule(which=WHICH, parts=PARTS)
    def refund(self, which: int, parts: int) -> None:
        for payment in pick(self._paid(), which):
            amount = self.stripe.account.get("payment_intent", payment)["amount"]
            self._attempt(self.stripe.refund, payment, amount // parts)

    @rule(which=WHICH)
    def dispute(self, which: int) -> None:
        for payment in pick(self._paid(), which):
            if dispute := self._attempt(self.stripe.dispute, payment):
                self.disputes.append(dispute)

    @rule(won=st.booleans())
    def close_dispute(self, won: bool) -> None:
        if self.disputes:
            self.stripe.close_dispute(self.disputes.pop(), won=won)

    # Credits that messages use

    @rule(number=st.sampled_from([10, 100, 700]))
    def claim(self, number: int) -> None:
        if spent := min(number, self.clinic.credits()):
            CreditEntryFactory.create(
                workspace=self.clinic.workspace, kind=EntryKind.DEBIT, amount=-spent
            )
            self.debits.append(spent)

    @rule()
    def release(self) -> None:
        if self.debits:
            CreditEntryFactory.create(
                workspace=self.clinic.workspace, kind=EntryKind.RELEASE, amount=self.debits.pop()
            )

    # Time and network

    @rule(days=DAYS)
    def advance_days(self, days: int) -> None:
        self._advance_to(timezone.now() + timedelta(days=days, hours=3))

    @rule()
    def run_periodic_tasks(self) -> None:
        credits.expire_lots(timezone.now())
        renewals.grant_monthly_credits()
        renewals.warn_of_trial_ends()
        renewals.notify_of_ended_grace()

    @rule(is_down=st.booleans())
    def switch_stripe_off_or_on(self, is_down: bool) -> None:
        self.stripe.down(is_down)

    @rule(some=st.randoms(use_true_random=False), share=st.sampled_from([0.3, 0.7, 1.0]))
    def deliver_some_events(self, some: random.Random, share: float) -> None:
        self.undelivered += self.stripe.events()
        some.shuffle(self.undelivered)
        count = round(len(self.undelivered) * share)
        delivered, self.undelivered = self.undelivered[:count], self.undelivered[count:]
        again = some.sample(self.told, min(3, len(self.told)))
        self.told += delivered
        deliver(signed_now(self.stripe, each) for each in delivered + again)
        processing.process_events()

    # Invariants

    @invariant()
    def check_balances(self) -> None:
        if hasattr(self, "clinic"):
            balance, entries, lots = balances(self.clinic)
            assert balance == entries == lots >= 0

    def _deliver_all_events(self) -> None:
        self.deliver_some_events(seeded_random(1), 1.0)
        self._advance_to(timezone.now() + timedelta(hours=2))
        self.deliver_some_events(seeded_random(2), 1.0)
        while unprocessed_events():
            CLOCK.ahead += timedelta(hours=6)
            processing.process_events()

    def _check_state_against_stripe(self) -> None:
        self.check_balances()
        clinic = self.clinic
        assert {reference: (plan, ends) for reference, plan, ends in entitlements_of(clinic)} == {
            each["id"]: self._expected_entitlement(each)
            for each in self.stripe.account.of("subscription")
        }
        living = self._subscriptions_in()
        assert len(living) <= 1
        if living:
            assert clinic.workspace.stripe_subscription_id == living[0]
        self._check_nothing_granted_twice()
        assert reconciliation.reconcile() == []

    def _expected_entitlement(self, theirs: dict[str, Any]) -> tuple[str, datetime | None]:
        """Return plan and end as they follow from Stripe's last state, without our own code."""
        item = theirs["items"]["data"][0]
        plan = item["price"]["lookup_key"].partition("_")[0].upper()
        ends = [moment(theirs[name]) for name in ("ended_at", "cancel_at") if theirs[name]][:1]
        if theirs["cancel_at_period_end"] and not ends:
            ends = [moment(item["current_period_end"])]
        if theirs["status"] in ("past_due", "unpaid"):
            owed = [
                each["status_transitions"]["finalized_at"]
                for each in self.stripe.account.of("invoice", status="open")
                if each["parent"]["subscription_details"]["subscription"] == theirs["id"]
            ]
            ends.append(moment(min(owed)) + GRACE)
        earliest = moment(theirs["start_date"]) + timedelta(microseconds=1)
        return plan, max(min(ends), earliest) if ends else None

    def _check_nothing_granted_twice(self) -> None:
        packs = [each for each in payments(self.clinic) if each.kind == PaymentKind.PACK]
        bought = CreditEntry.objects.filter(kind=EntryKind.PURCHASE)
        assert bought.count() == len(packs)
        assert len(payments(self.clinic)) == len(self._paid())
        months: dict[str, int] = {}
        for cause, amount in ledger(self.clinic).items():
            if cause.startswith("month:") and amount > 0:
                month = cause.rpartition(":")[0]
                months[month] = months.get(month, 0) + amount
        assert set(months.values()) <= {500, 2_000}

    # Helpers

    def _advance_to(self, then: datetime) -> None:
        CLOCK.ahead += then - timezone.now()
        self.stripe.at(timezone.now())

    def _subscriptions_in(self, *states: str) -> list[str]:
        wanted = states or ("active", "trialing", "past_due", "unpaid")
        found = self.stripe.account.of("subscription")
        return [each["id"] for each in found if each["status"] in wanted]

    def _paid(self) -> list[str]:
        return [
            each["id"]
            for each in self.stripe.account.of("payment_intent")
            if each["status"] == "succeeded"
        ]

    def _attempt(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Call `act`. Return None if Stripe is down or refuses."""
        try:
            return act(*args, **kwargs)
        except (RefusedError, ProblemError, StripeError):
            return None


@pytest.mark.django_db
@pytest.mark.usefixtures("_moving_clock")
def test_payments_and_credits_agree_with_stripe_after_any_order_of_events() -> None:
    run_state_machine_as_test(
        PaymentHistories,
        settings=settings(
            max_examples=EXAMPLES or 8,
            stateful_step_count=25,
            # The same examples each time, unless their number is set to search for new ones.
            derandomize=not EXAMPLES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
