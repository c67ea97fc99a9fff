"""Ledger, balance and lots agree after any sequence of movements, one by one or at once."""

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
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
from billing.models import CreditEntry, CreditLot
from core import sql, tenancy
from core.errors import ProblemError
from core.ids import uuid7
from messaging.dispatch.claim_statements import PAY
from messaging.dispatch.settling import release_credits
from tests.billing.lots import (
    DAY,
    START,
    Clock,
    create_workspace,
    give_back,
    grant,
    remaining_by_lot,
    spend,
    take_back,
)
from tests.concurrency import run_concurrently
from workspaces.models import Plan

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("CREDITS_EXAMPLES", "20"))
NEVER, FOREVER = (datetime(year, 1, 1, tzinfo=UTC) for year in (1, 9999))


@dataclass
class Lot:
    """The expected state of a lot, by simple rules that move one credit at a time."""

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
    """A clinic, and all that changes its credits, in any order and any number of times."""

    @initialize(opening=st.integers(0, 9))
    def open(self, opening: int) -> None:
        # Rolled back at the end, with everything in it.
        self.world = ExitStack()
        self.world.enter_context(transaction.atomic())
        self.world.callback(transaction.set_rollback, True)
        self.world.enter_context(tenancy.platform("wallet"))
        CLOCK.now = START
        self.workspace = create_workspace(opening)
        self.lots: dict[UUID, Lot] = {}
        self.came: dict[str, list[UUID]] = {}
        self.taken: dict[str, dict[UUID, int]] = {}
        self.returned: set[tuple[str, UUID]] = set()
        self.used = 0
        if opening:
            self._add_lot(CreditEntry.objects.get(cause="opening"))

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
            self._add_lot(entry)

    @rule(amount=AMOUNTS, cause=CAUSES)
    def buy(self, amount: int, cause: str) -> None:
        cause = f"pack:{cause}"
        entry = credits.credit_purchase(workspace=self.workspace, amount=amount, cause=cause)
        assert (entry is None) == (cause in self.came)
        if entry:
            self._add_lot(entry)

    @rule(plan=st.sampled_from([*Plan]), month=st.integers(0, 2))
    def give_month(self, plan: Plan, month: int) -> None:
        starts_at = START + 3 * DAY * month
        given = sum(self.lots[key].amount for key in self.came.get(f"month:{month}", []))
        entry = credits.grant_monthly_credits(
            workspace=self.workspace,
            plan=plan,
            reference="sub",
            starts_at=starts_at,
            ends_at=starts_at + 3 * DAY,
        )
        if entry:
            assert entry.amount == {Plan.STARTER: 500, Plan.PROFESSIONAL: 2000}[plan] - given
            self._add_lot(entry, cause=f"month:{month}")

    @rule(amount=AMOUNTS | st.integers(300, 900), too_many=st.integers(0, 4))
    def spend(self, amount: int, too_many: int) -> None:
        available = sum(lot.remaining for lot in self.lots.values())
        amount = amount if too_many == 4 else min(amount, available)
        if not amount:
            return
        if amount > available:
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
            self._add_lot(entry)
            assert self.lots[entry.pk].amount == homeless

    @rule(hours=st.sampled_from([1, 12, 36, 80]))
    def wait(self, hours: int) -> None:
        CLOCK.wait(timedelta(hours=hours))

    @rule()
    def expire(self) -> None:
        lapsed = [lot for lot in self.lots.values() if lot.remaining and lot.end <= CLOCK.now]
        assert credits.expire_lots() == len(lapsed)
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
        taken = credits.withdraw_credits(
            workspace=self.workspace, granted_by=stripes, at_most=at_most, cause=cause
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
        assert credits.return_credits(
            workspace=self.workspace, withdrawn_by=taken, cause=cause
        ) == sum(due.values())
        for key, amount in due.items():
            self.returned.add((taken, key))
            self.lots[key].remaining += amount
            self.lots[key].withdrawn -= amount

    @invariant()
    def check_lots(self) -> None:
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

    def _add_lot(self, entry: CreditEntry, cause: str = "") -> None:
        lot = CreditLot.objects.get(entry=entry)
        self.lots[entry.pk] = Lot(lot.pk, lot.amount, lot.expires_at)
        self.came.setdefault(cause or entry.cause, []).append(entry.pk)


def test_ledger_balance_and_lots_agree_after_any_sequence(
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
def test_concurrent_workers_do_not_overspend_or_deadlock() -> None:
    """Each batch debits two clinics, as the claim does, while other workers change their lots."""
    clinics = [create_workspace(20), create_workspace(20)]
    ends = timezone.now() + DAY
    for clinic in clinics:
        for days in (1, 2, 3):
            grant(clinic, 20, days=days)
        with tenancy.within(clinic.pk):
            credits.credit_purchase(workspace=clinic, amount=20, cause="pack:1")
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
            credits.expire_lots(now=ends + dice.randint(0, 1) * DAY)
            for clinic in dice.sample(clinics, 2):
                take_back(clinic, of="pack:1", at_most=dice.randint(1, 3), cause=str(uuid7()))
                give = partial(credits.credit_purchase, workspace=clinic, amount=4)
                with tenancy.within(clinic.pk):
                    give(cause=f"pack:{batch}:again")
        return Counter()

    acts = [claim_and_settle] * 6 + [withdraw] * 2
    dice = [Random(seed) for seed in range(8)]  # noqa: S311 - nothing secret
    kept = run_concurrently(*(partial(act, die) for act, die in zip(acts, dice, strict=True)))

    for clinic in clinics:
        remaining_by_lot(clinic)
        with tenancy.within(clinic.pk):
            moved = CreditEntry.objects.within(clinic).filter(kind__in=["DEBIT", "RELEASE"])
            assert -(moved.aggregate(total=Sum("amount"))["total"] or 0) == sum(
                each[clinic.pk] for each in kept
            )
