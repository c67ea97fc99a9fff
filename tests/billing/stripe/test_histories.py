"""The promises of money, held against every order of events that hypothesis thinks of.

The database, our acts and the calls over HTTP are real; the clock can be moved, and Stripe's double
lives by it.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

import pytest
from django.db import transaction
from django.db.models import Sum
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
from stripe import HTTPClient, StripeError

from billing import credits
from billing.models import CreditEntry, CreditLot, EntryKind, PaymentKind
from billing.stripe import processing, reconciliation, renewals
from core import tenancy
from core.errors import ProblemError
from dev.doubles.stripe.problems import RefusedError
from tests.billing.stripe.clinic import (
    Clinic,
    balances,
    deliver,
    ledger,
    open_clinic,
    payments,
    rights,
    waiting,
)
from tests.dev.doubles.stripe.stage import StripeDouble, Told
from tests.factories import CreditEntryFactory
from workspaces.models import Plan

P = ParamSpec("P")
T = TypeVar("T")

EXAMPLES = int(os.environ.get("PAYMENTS_EXAMPLES", "0"))
EVENTS = int(os.environ.get("PAYMENT_EVENTS", "50"))
ORDERS = int(os.environ.get("PAYMENT_ORDERS", "10"))
GRACE = timedelta(days=7)

PLANS = st.sampled_from([Plan.STARTER, Plan.PROFESSIONAL])
LOOKUP_KEYS = st.sampled_from(
    ["starter_monthly", "professional_monthly", "starter_yearly", "professional_yearly"]
)
PARTS = st.sampled_from([1, 1, 2, 3])
DAYS = st.sampled_from([0, 1, 3, 8, 20, 31, 31, 62])
WHICH = st.integers(0, 11)


class Clock:
    """The world's, which only ever goes on; our own code and the double read it."""

    def __init__(self) -> None:
        self.real = timezone.now
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return self.real() + self.ahead


CLOCK = Clock()
ONE_DOUBLE: list[StripeDouble] = []


class Histories(RuleBasedStateMachine):
    """A clinic, its money, and a Stripe that tells of it late, twice and in any order."""

    @initialize()
    def open_the_clinic(self) -> None:
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
        self.untold: list[Told] = []
        self.told: list[Told] = []
        self.disputes: list[str] = []
        self.debits: list[int] = []

    def teardown(self) -> None:
        try:
            self.stripe.down(False)
            self._hear_everything()
            self._everything_agrees()
        finally:
            self.stripe.down(False)
            self.world.close()

    # What the clinic does

    @rule(plan=PLANS, yearly=st.booleans())
    def subscribe(self, plan: Plan, yearly: bool) -> None:
        if not self._living():
            self._try(self.clinic.subscribe, plan, yearly=yearly)

    @rule(number=st.sampled_from([500, 2_000]))
    def buy_a_pack(self, number: int) -> None:
        self._try(self.clinic.buy_pack, number)

    @rule(lookup_key=LOOKUP_KEYS)
    def change_the_plan(self, lookup_key: str) -> None:
        for subscription in self._living("active"):
            self._try(self.stripe.change_plan, subscription, lookup_key)

    @rule(at_period_end=st.booleans())
    def cancel(self, at_period_end: bool) -> None:
        for subscription in self._living():
            self._try(self.stripe.cancel, subscription, at_period_end=at_period_end)

    @rule()
    def think_better_of_it(self) -> None:
        for subscription in self._living("active"):
            self._try(self.stripe.resume, subscription)

    @rule(is_due=st.booleans())
    def have_no_money_next_time(self, is_due: bool) -> None:
        for subscription in self._living("active"):
            self.stripe.fail_next_invoice(subscription)
            if is_due and subscription in self._living("active"):
                item = self.stripe.account.get("subscription", subscription)["items"]["data"][0]
                self._go_to(moment(item["current_period_end"]) + timedelta(hours=3))

    @rule()
    def pay_what_is_overdue(self) -> None:
        for subscription in self._living("past_due"):
            self._try(self.stripe.pay_open_invoice, subscription)

    @rule(which=WHICH, parts=PARTS)
    def refund(self, which: int, parts: int) -> None:
        for payment in pick(self._paid(), which):
            amount = self.stripe.account.get("payment_intent", payment)["amount"]
            self._try(self.stripe.refund, payment, amount // parts)

    @rule(which=WHICH)
    def dispute(self, which: int) -> None:
        for payment in pick(self._paid(), which):
            if dispute := self._try(self.stripe.dispute, payment):
                self.disputes.append(dispute)

    @rule(won=st.booleans())
    def close_the_dispute(self, won: bool) -> None:
        if self.disputes:
            self.stripe.close_dispute(self.disputes.pop(), won=won)

    # What messages cost

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

    # What time and the network do

    @rule(days=DAYS)
    def time_passes(self, days: int) -> None:
        self._go_to(timezone.now() + timedelta(days=days, hours=3))

    @rule()
    def the_clock_strikes(self) -> None:
        credits.expire(timezone.now())
        renewals.grant_monthly_credits()
        renewals.warn_of_trial_ends()
        renewals.notify_of_ended_grace()

    @rule(is_down=st.booleans())
    def stripe_goes_away_or_comes_back(self, is_down: bool) -> None:
        self.stripe.down(is_down)

    @rule(some=st.randoms(use_true_random=False), share=st.sampled_from([0.3, 0.7, 1.0]))
    def hear_some(self, some: random.Random, share: float) -> None:
        self.untold += self.stripe.events()
        some.shuffle(self.untold)
        count = round(len(self.untold) * share)
        heard, self.untold = self.untold[:count], self.untold[count:]
        again = some.sample(self.told, min(3, len(self.told)))
        self.told += heard
        deliver(signed_now(self.stripe, each) for each in heard + again)
        processing.process()

    # What holds

    @invariant()
    def credits_are_told_three_times_and_are_never_below_zero(self) -> None:
        if hasattr(self, "clinic"):
            balance, entries, lots = balances(self.clinic)
            assert balance == entries == lots >= 0

    def _hear_everything(self) -> None:
        self.hear_some(luck(1), 1.0)
        self._go_to(timezone.now() + timedelta(hours=2))
        self.hear_some(luck(2), 1.0)
        while waiting():
            CLOCK.ahead += timedelta(hours=6)
            processing.process()

    def _everything_agrees(self) -> None:
        self.credits_are_told_three_times_and_are_never_below_zero()
        clinic = self.clinic
        assert {reference: (plan, ends) for reference, plan, ends in rights(clinic)} == {
            each["id"]: self._right_of(each) for each in self.stripe.account.of("subscription")
        }
        living = self._living()
        assert len(living) <= 1
        if living:
            assert clinic.workspace.stripe_subscription_id == living[0]
        self._nothing_was_given_twice()
        assert reconciliation.reconcile() == []

    def _right_of(self, theirs: dict[str, Any]) -> tuple[str, datetime | None]:
        """As Stripe's last state says, in words of this test's own."""
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

    def _nothing_was_given_twice(self) -> None:
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

    # How it is done

    def _go_to(self, then: datetime) -> None:
        CLOCK.ahead += then - timezone.now()
        self.stripe.at(timezone.now())

    def _living(self, *states: str) -> list[str]:
        wanted = states or ("active", "trialing", "past_due", "unpaid")
        found = self.stripe.account.of("subscription")
        return [each["id"] for each in found if each["status"] in wanted]

    def _paid(self) -> list[str]:
        return [
            each["id"]
            for each in self.stripe.account.of("payment_intent")
            if each["status"] == "succeeded"
        ]

    def _try(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Stripe may be away, or refuse what makes no sense: then nothing happens."""
        try:
            return act(*args, **kwargs)
        except (RefusedError, ProblemError, StripeError):
            return None


def luck(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # an order of events is no secret


def signed_now(stripe: StripeDouble, told: Told) -> Told:
    """Each delivery is signed anew, and good for five minutes."""
    return replace(told, signature=stripe.signed(told.body))


def pick(rows: Sequence[T], which: int) -> Sequence[T]:
    """One of them, if there is one."""
    return rows[which % len(rows) :][:1] if rows else []


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.get_default_timezone())


@pytest.fixture
def _their_time(stripe_double: StripeDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0)
    monkeypatch.setattr(timezone, "now", CLOCK)
    ONE_DOUBLE.append(stripe_double)
    yield
    ONE_DOUBLE.clear()
    CLOCK.ahead = timedelta()


@pytest.mark.django_db
@pytest.mark.usefixtures("_their_time")
def test_money_is_right_in_any_order_of_events() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=EXAMPLES or 8,
            stateful_step_count=25,
            # The same examples each time, but where somebody searches for new ones.
            derandomize=not EXAMPLES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("_their_time")
def test_the_same_events_end_in_the_same_state_in_any_order(stripe_double: StripeDouble) -> None:
    """The short form; `make chaos` has a thousand events in twenty orders."""
    clinics, told = a_busy_stripe(stripe_double, EVENTS)
    ends: list[list[tuple[object, ...]]] = []
    for seed in range(ORDERS):
        order = luck(seed)
        with taken_back():
            arriving = told + order.sample(told, len(told) // 5)
            order.shuffle(arriving)
            for some in halves(arriving):
                deliver(signed_now(stripe_double, each) for each in some)
                processing.process()
            assert not waiting()
            ends.append([state(clinic) for clinic in clinics])
    for end in ends:
        assert end == ends[0]


def a_busy_stripe(stripe: StripeDouble, number: int) -> tuple[list[Clinic], list[Told]]:
    """Clinics that live through everything, until so many events have come of it."""
    clinics: list[Clinic] = []
    told: list[Told] = []
    while len(told) < number:
        clinic = open_clinic(stripe)
        clinics.append(clinic)
        live(clinic, luck(len(clinics)))
        told += stripe.events()
    return clinics, told[:number]


def live(clinic: Clinic, chance: random.Random) -> None:
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


def state(clinic: Clinic) -> tuple[object, ...]:
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
        tuple(rights(clinic)),
        tuple(sorted((p.payment_intent, p.amount, p.refunded, p.disputed) for p in found)),
    )


def halves(arriving: list[Told]) -> tuple[list[Told], list[Told]]:
    middle = len(arriving) // 2
    return arriving[:middle], arriving[middle:]


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic(), tenancy.platform("histories"):
        yield
        transaction.set_rollback(True)
