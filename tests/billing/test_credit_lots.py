"""Credits come in lots that end: which is used first, where a credit returns to, what is left."""

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing import credits
from billing.models import CreditEntry, CreditLot, EntryKind
from core import sql, tenancy
from core.errors import ProblemError
from core.ids import uuid7
from messaging.dispatch.claim_statements import PAY
from messaging.dispatch.settling import release_credits
from tests.at_once import at_once
from tests.factories import CreditEntryFactory, WorkspaceFactory
from workspaces.models import Plan, Workspace

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("CREDITS_EXAMPLES", "20"))
DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 15, tzinfo=UTC)
NEVER, FOREVER = (datetime(year, 1, 1, tzinfo=UTC) for year in (1, 9999))


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


def a_workspace(credits: int = 0) -> Workspace:
    workspace: Workspace = WorkspaceFactory.create(message_credits=credits)
    return workspace


def grant(workspace: Workspace, amount: int, *, days: int | None = None) -> CreditEntry:
    expires_at = None if days is None else timezone.now() + days * DAY
    entry: CreditEntry = CreditEntryFactory.create(
        workspace=workspace, amount=amount, expires_at=expires_at
    )
    return entry


def spend(workspace: Workspace, amount: int) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-amount)


def give_back(workspace: Workspace, amount: int) -> CreditEntry:
    entry: CreditEntry = CreditEntryFactory.create(
        workspace=workspace, kind=EntryKind.RELEASE, amount=amount
    )
    return entry


def left(workspace: Workspace) -> list[int]:
    """In the order in which they are spent; the balance is always what they come to."""
    with tenancy.within(workspace.pk):
        remaining = [lot.remaining for lot in CreditLot.objects.within(workspace).left()]
        ledger = CreditEntry.objects.within(workspace).aggregate(total=Sum("amount"))["total"]
        workspace.refresh_from_db()
    assert workspace.message_credits == ledger == sum(remaining)
    return remaining


def test_a_workspace_opens_with_a_lot_that_does_not_expire() -> None:
    workspace = a_workspace(50)

    assert left(workspace) == [50]
    with tenancy.within(workspace.pk):
        assert CreditLot.objects.get().expires_at is None


def test_what_expires_first_is_used_first(clock: Clock) -> None:
    workspace = a_workspace(5)
    grant(workspace, 10, days=30)
    grant(workspace, 10, days=3)

    spend(workspace, 12)

    assert left(workspace) == [8, 5]


def test_one_statement_spends_from_the_lots_of_many(clock: Clock) -> None:
    one, two = a_workspace(5), a_workspace(5)
    grant(one, 3, days=3)
    with tenancy.platform("test"):
        CreditEntry.objects.bulk_create(
            CreditEntry(workspace=workspace, kind=EntryKind.DEBIT, amount=-amount, cause=str(cause))
            for cause, (workspace, amount) in enumerate([(one, 2), (two, 4), (one, 2)])
        )

    assert (left(one), left(two)) == ([4], [1])


def test_a_credit_returns_to_the_lot_that_was_used_last(clock: Clock) -> None:
    workspace = a_workspace(10)
    spend(workspace, 10)
    clock.wait(DAY)
    grant(workspace, 10, days=30)
    spend(workspace, 4)
    clock.wait(DAY)

    give_back(workspace, 3)

    assert left(workspace) == [9]


def test_it_returns_in_the_reverse_order_of_use(clock: Clock) -> None:
    workspace = a_workspace(10)
    grant(workspace, 10, days=30)
    spend(workspace, 15)

    give_back(workspace, 7)

    assert left(workspace) == [2, 10]


def test_it_does_not_return_to_what_has_expired_since(clock: Clock) -> None:
    workspace = a_workspace()
    grant(workspace, 10, days=1)
    spend(workspace, 4)
    clock.wait(2 * DAY)
    assert credits.expire() == 1

    give_back(workspace, 4)

    assert left(workspace) == [4]
    assert credits.expire() == 0


def test_it_does_not_return_to_what_was_taken_back(clock: Clock) -> None:
    workspace = a_workspace()
    with tenancy.within(workspace.pk):
        credits.buy(workspace=workspace, amount=500, cause="pack:1")
        spend(workspace, 100)
        assert take_back(workspace, of="pack:1", cause="refund:1") == 400

    give_back(workspace, 100)

    assert left(workspace) == [100]
    assert take_back(workspace, of="pack:1", cause="refund:2", at_most=30) == 30


def test_what_nobody_spent_in_time_expires_once(clock: Clock) -> None:
    workspace, other = a_workspace(3), a_workspace()
    month = grant(workspace, 10, days=1)
    grant(other, 5, days=1)
    grant(other, 5, days=2)
    spend(workspace, 4)

    clock.wait(DAY)

    assert [credits.expire(), credits.expire()] == [2, 0]
    assert (left(workspace), left(other)) == ([3], [5])
    with tenancy.within(workspace.pk):
        entry = CreditEntry.objects.get(kind=EntryKind.EXPIRY)
    assert (entry.amount, entry.of_id) == (-6, month.pk)


def test_what_comes_back_in_the_last_moment_expires_as_well(clock: Clock) -> None:
    """Whoever settles took the time before it waited for those who write off."""
    workspace = a_workspace()
    grant(workspace, 10, days=1)
    spend(workspace, 4)
    clock.wait(DAY)
    credits.expire()
    clock.wait(-timedelta(seconds=1))
    give_back(workspace, 4)
    clock.wait(DAY)

    assert credits.expire() == 1
    assert left(workspace) == []


def test_a_month_gives_what_the_plan_has_and_no_more(clock: Clock) -> None:
    workspace = a_workspace()

    assert [give_month(workspace, plan) for plan in (Plan.STARTER, Plan.STARTER)] == [500, None]
    assert [give_month(workspace, plan) for plan in (Plan.PROFESSIONAL, Plan.STARTER)] == [
        1500,
        None,
    ]
    assert give_month(workspace, Plan.PROFESSIONAL) is None
    assert left(workspace) == [500, 1500]

    clock.wait(30 * DAY)
    assert give_month(workspace, Plan.STARTER) is None  # over
    assert give_month(workspace, Plan.STARTER, month=1) == 500
    credits.expire()
    assert left(workspace) == [500]


@pytest.mark.parametrize("plan", [Plan.FREE, Plan.ENTERPRISE])
def test_a_plan_without_monthly_credits_gives_none(plan: Plan, clock: Clock) -> None:
    workspace = a_workspace()

    assert give_month(workspace, plan) is None
    assert left(workspace) == []


def test_a_refund_takes_both_parts_of_a_month_and_nothing_else(clock: Clock) -> None:
    workspace = a_workspace(7)
    give_month(workspace, Plan.STARTER)
    give_month(workspace, Plan.PROFESSIONAL)
    spend(workspace, 600)
    of = credits.monthly_cause("sub_1", START)

    taken = [take_back(workspace, of=of, cause="refund:1", at_most=1450) for _again in range(2)]

    # The newest first: what was paid on top is what comes back.
    assert taken == [1400, 0]
    assert left(workspace) == [7]


def test_a_dispute_that_was_won_gives_back_what_it_took(clock: Clock) -> None:
    workspace = a_workspace(5)
    with tenancy.within(workspace.pk):
        credits.buy(workspace=workspace, amount=500, cause="pack:1")
    spend(workspace, 105)
    take_back(workspace, of="pack:1", cause="dispute:1")

    assert [put_back(workspace, taken="dispute:1", cause="won:1") for _again in range(2)] == [
        400,
        0,
    ]
    assert left(workspace) == [400]
    assert take_back(workspace, of="pack:1", cause="dispute:2") == 400


def test_what_has_expired_meanwhile_does_not_come_back(clock: Clock) -> None:
    workspace = a_workspace()
    give_month(workspace, Plan.STARTER)
    take_back(workspace, of=credits.monthly_cause("sub_1", START), cause="dispute:1")
    clock.wait(30 * DAY)

    assert put_back(workspace, taken="dispute:1", cause="won:1") == 0
    assert left(workspace) == []


def test_what_was_bought_is_credited_once(clock: Clock) -> None:
    workspace = a_workspace()

    with tenancy.within(workspace.pk):
        first = credits.buy(workspace=workspace, amount=500, cause="pack:1")
        again = credits.buy(workspace=workspace, amount=500, cause="pack:1")

    assert first
    assert again is None
    assert left(workspace) == [500]


def test_a_grant_that_has_ended_is_refused(clock: Clock) -> None:
    workspace = a_workspace()

    with tenancy.within(workspace.pk), pytest.raises(ProblemError):
        credits.grant_credits(
            workspace=workspace, amount=5, cause="late", by=None, expires_at=START
        )


def test_credits_that_are_not_there_cannot_be_withdrawn() -> None:
    """A debit brought none, so none can be taken back of it: the balance would lose its lots."""
    workspace = a_workspace(5)
    debit = CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-1)

    with pytest.raises(IntegrityError, match="no such credits"):
        CreditEntryFactory.create(workspace=workspace, kind=EntryKind.REVERSAL, amount=-1, of=debit)

    assert left(workspace) == [4]


def test_nobody_withdraws_the_credits_of_another_clinic() -> None:
    one, two = a_workspace(5), a_workspace(5)
    with tenancy.within(two.pk):
        theirs = CreditEntry.objects.get()

    with pytest.raises(IntegrityError, match="no such credits"), tenancy.within(one.pk):
        withdraw_by_hand(one, theirs)
    with (
        pytest.raises(IntegrityError, match="of_its_workspace"),
        tenancy.platform("test"),
        connection.cursor() as cursor,
    ):
        withdraw_by_hand(one, theirs)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert (left(one), left(two)) == ([5], [5])


def withdraw_by_hand(workspace: Workspace, of: CreditEntry) -> None:
    CreditEntry.objects.create(
        workspace=workspace, kind=EntryKind.REVERSAL, amount=-1, cause="by hand", of=of
    )


@pytest.mark.parametrize("verb", ["change", "delete", "add"])
def test_lots_cannot_be_written_by_hand(verb: str) -> None:
    workspace = a_workspace(5)
    debit = CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-1)

    with pytest.raises(IntegrityError, match="ledger alone"), tenancy.within(workspace.pk):
        lots = CreditLot.objects.within(workspace)
        match verb:
            case "change":
                lots.update(remaining=3)
            case "delete":
                lots.delete()
            case "add":
                lots.create(workspace=workspace, entry=debit, amount=1, remaining=1)

    assert left(workspace) == [4]


def take_back(workspace: Workspace, *, of: str, cause: str, at_most: int = 10_000) -> int:
    with tenancy.within(workspace.pk):
        return credits.take_back(workspace=workspace, of=of, at_most=at_most, cause=cause)


def put_back(workspace: Workspace, *, taken: str, cause: str) -> int:
    with tenancy.within(workspace.pk):
        return credits.put_back(workspace=workspace, taken=taken, cause=cause)


def give_month(workspace: Workspace, plan: Plan, *, month: int = 0) -> int | None:
    starts_at = START + 30 * DAY * month
    with tenancy.within(workspace.pk):
        entry = credits.give_month(
            workspace=workspace,
            plan=plan,
            reference="sub_1",
            starts_at=starts_at,
            ends_at=starts_at + 30 * DAY,
        )
    return entry.amount if entry else None


@dataclass
class Lot:
    """What a lot should be, by the rules as a person would say them: one credit at a time."""

    order: UUID
    amount: int
    expires_at: datetime | None
    remaining: int = field(init=False)
    withdrawn: int = 0
    spent_at: datetime = NEVER

    def __post_init__(self) -> None:
        self.remaining = self.amount

    @property
    def end(self) -> datetime:
        return self.expires_at or FOREVER

    @property
    def room(self) -> int:
        return self.amount - self.withdrawn - self.remaining


CAUSES = st.sampled_from("abc")
AMOUNTS = st.integers(1, 12)
CLOCK = Clock()


class Wallet(RuleBasedStateMachine):
    """One clinic, and whatever moves its credits, in any order and any number of times."""

    @initialize(opening=st.integers(0, 9))
    def open(self, opening: int) -> None:
        # Rolled back at the end, with everything in it.
        self.world = ExitStack()
        self.world.enter_context(transaction.atomic())
        self.world.callback(transaction.set_rollback, True)
        self.world.enter_context(tenancy.platform("wallet"))
        CLOCK.now = START
        self.workspace = a_workspace(opening)
        self.lots: dict[UUID, Lot] = {}
        self.came: dict[str, list[UUID]] = {}
        self.taken: dict[str, dict[UUID, int]] = {}
        self.returned: set[tuple[str, UUID]] = set()
        self.used = 0
        if opening:
            self._brought(CreditEntry.objects.get(cause="opening"))

    def teardown(self) -> None:
        self.world.close()

    @rule(amount=AMOUNTS, days=st.integers(1, 6) | st.none(), cause=CAUSES)
    def grant(self, amount: int, days: int | None, cause: str) -> None:
        cause = f"gift:{cause}"
        try:
            entry = credits.grant_credits(
                workspace=self.workspace,
                amount=amount,
                cause=cause,
                by=None,
                expires_at=None if days is None else CLOCK.now + days * DAY,
            )
        except ProblemError:
            assert cause in self.came
        else:
            assert cause not in self.came
            self._brought(entry)

    @rule(amount=AMOUNTS, cause=CAUSES)
    def buy(self, amount: int, cause: str) -> None:
        cause = f"pack:{cause}"
        entry = credits.buy(workspace=self.workspace, amount=amount, cause=cause)
        assert (entry is None) == (cause in self.came)
        if entry:
            self._brought(entry)

    @rule(plan=st.sampled_from([*Plan]), month=st.integers(0, 2))
    def give_month(self, plan: Plan, month: int) -> None:
        starts_at = START + 3 * DAY * month
        given = sum(self.lots[key].amount for key in self.came.get(f"month:{month}", []))
        entry = credits.give_month(
            workspace=self.workspace,
            plan=plan,
            reference="sub",
            starts_at=starts_at,
            ends_at=starts_at + 3 * DAY,
        )
        if entry:
            assert entry.amount == {Plan.STARTER: 500, Plan.PROFESSIONAL: 2000}[plan] - given
            self._brought(entry, cause=f"month:{month}")

    @rule(amount=AMOUNTS | st.integers(300, 900), too_many=st.integers(0, 4))
    def spend(self, amount: int, too_many: int) -> None:
        left = sum(lot.remaining for lot in self.lots.values())
        amount = amount if too_many == 4 else min(amount, left)
        if not amount:
            return
        if amount > left:
            with pytest.raises(IntegrityError, match="not_negative"), transaction.atomic():
                spend(self.workspace, amount)
            return
        spend(self.workspace, amount)
        self.used += amount
        for _credit in range(amount):
            lot = min(
                (lot for lot in self.lots.values() if lot.remaining),
                key=lambda lot: (lot.end, lot.order),
            )
            lot.remaining -= 1
            lot.spent_at = CLOCK.now

    @rule(amount=AMOUNTS | st.integers(300, 900))
    def give_back(self, amount: int) -> None:
        amount = min(amount, self.used)
        if not amount:
            return
        entry = give_back(self.workspace, amount)
        self.used -= amount
        homeless = 0
        for _credit in range(amount):
            lot = max(
                (lot for lot in self.lots.values() if lot.room and lot.end > CLOCK.now),
                key=lambda lot: (lot.spent_at, lot.end, lot.order),
                default=None,
            )
            if lot:
                lot.remaining += 1
            else:
                homeless += 1
        if homeless:
            self._brought(entry)
            assert self.lots[entry.pk].amount == homeless

    @rule(hours=st.sampled_from([1, 12, 36, 80]))
    def wait(self, hours: int) -> None:
        CLOCK.wait(timedelta(hours=hours))

    @rule()
    def expire(self) -> None:
        lapsed = [lot for lot in self.lots.values() if lot.remaining and lot.end <= CLOCK.now]
        assert credits.expire() == len(lapsed)
        for lot in lapsed:
            lot.withdrawn += lot.remaining
            lot.remaining = 0

    @rule(
        of=st.sampled_from(["opening", *(f"pack:{cause}" for cause in "abc"), "month:1"]),
        at_most=st.integers(0, 12) | st.just(10_000),
        cause=CAUSES,
    )
    def take_back(self, of: str, at_most: int, cause: str) -> None:
        keys = self.came.get(of, [])
        before = {key: self.lots[key].remaining for key in keys}
        stripes = credits.monthly_cause("sub", START + 3 * DAY) if of == "month:1" else of
        cause = f"refund:{of}:{cause}"
        taken = credits.take_back(
            workspace=self.workspace, of=stripes, at_most=at_most, cause=cause
        )
        assert taken == (0 if cause in self.taken else min(at_most, sum(before.values())))
        if not taken:
            return
        self.taken[cause] = {}
        for lot in CreditLot.objects.filter(entry_id__in=keys):
            if gone := before[lot.entry_id] - lot.remaining:
                self.taken[cause][lot.entry_id] = gone
                self.lots[lot.entry_id].remaining -= gone
                self.lots[lot.entry_id].withdrawn += gone

    @precondition(lambda self: self.taken)
    @rule(which=st.integers(0, 9))
    def put_back(self, which: int) -> None:
        taken = sorted(self.taken)[which % len(self.taken)]
        due = {
            key: amount
            for key, amount in self.taken[taken].items()
            if (taken, key) not in self.returned and self.lots[key].end > CLOCK.now
        }
        cause = f"won:{taken}"
        assert credits.put_back(workspace=self.workspace, taken=taken, cause=cause) == sum(
            due.values()
        )
        for key, amount in due.items():
            self.returned.add((taken, key))
            self.lots[key].remaining += amount
            self.lots[key].withdrawn -= amount

    @invariant()
    def the_lots_are_what_they_should_be(self) -> None:
        found = {
            lot.entry_id: (lot.amount, lot.remaining, lot.withdrawn, lot.expires_at)
            for lot in CreditLot.objects.all()
        }
        assert found == {
            key: (lot.amount, lot.remaining, lot.withdrawn, lot.expires_at)
            for key, lot in self.lots.items()
        }
        remaining = sum(lot.remaining for lot in self.lots.values())
        ledger = CreditEntry.objects.aggregate(total=Sum("amount"))["total"]
        self.workspace.refresh_from_db()
        assert self.workspace.message_credits == ledger == remaining >= 0

    def _brought(self, entry: CreditEntry, cause: str = "") -> None:
        lot = CreditLot.objects.get(entry=entry)
        self.lots[entry.pk] = Lot(lot.pk, lot.amount, lot.expires_at)
        self.came.setdefault(cause or entry.cause, []).append(entry.pk)


def test_the_ledger_the_balance_and_the_lots_agree_in_any_order_of_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timezone, "now", CLOCK)
    run_state_machine_as_test(
        Wallet,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_neither_overspend_nor_wait_for_each_other() -> None:
    """Two clinics share each batch, as on the way out; all acts of the house go on meanwhile."""
    clinics = [a_workspace(20), a_workspace(20)]
    ends = timezone.now() + DAY
    for clinic in clinics:
        for days in (1, 2, 3):
            grant(clinic, 20, days=days)
        with tenancy.within(clinic.pk):
            credits.buy(workspace=clinic, amount=20, cause="pack:1")
    keys = [clinic.pk for clinic in clinics]

    def claim_and_settle(dice: Random) -> Counter[UUID]:
        kept: Counter[UUID] = Counter()
        for _batch in range(12):
            wanted = {key: dice.randint(1, 9) for key in dice.sample(keys, 2)}
            with tenancy.platform("test"):
                paid = sql.fetch(
                    PAY,
                    workspaces=list(wanted),
                    messages=list(wanted.values()),
                    now=timezone.now(),
                )
            back = Counter({row["workspace_id"]: row["messages"] // 3 for row in paid})
            with tenancy.platform("test"):
                release_credits(+back)
            kept += Counter({row["workspace_id"]: row["messages"] for row in paid}) - back
        return kept

    def withdraw(dice: Random) -> Counter[UUID]:
        for batch in range(6):
            credits.expire(now=ends + dice.randint(0, 1) * DAY)
            for clinic in dice.sample(clinics, 2):
                take_back(clinic, of="pack:1", at_most=dice.randint(1, 3), cause=str(uuid7()))
                give = partial(credits.buy, workspace=clinic, amount=4)
                with tenancy.within(clinic.pk):
                    give(cause=f"pack:{batch}:again")
        return Counter()

    acts = [claim_and_settle] * 6 + [withdraw] * 2
    dice = [Random(seed) for seed in range(8)]  # noqa: S311 - nothing secret
    kept = at_once(*(partial(act, die) for act, die in zip(acts, dice, strict=True)))

    for clinic in clinics:
        left(clinic)
        with tenancy.within(clinic.pk):
            moved = CreditEntry.objects.within(clinic).filter(kind__in=["DEBIT", "RELEASE"])
            assert -(moved.aggregate(total=Sum("amount"))["total"] or 0) == sum(
                each[clinic.pk] for each in kept
            )
