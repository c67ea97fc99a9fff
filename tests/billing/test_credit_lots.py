"""Credits are kept in lots that expire: the order of use, and the lot of a returned credit."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from billing import credits
from billing.models import CreditEntry, CreditLot, EntryKind
from core import tenancy
from core.errors import ProblemError
from tests.billing.lots import (
    DAY,
    START,
    Clock,
    create_workspace,
    give_back,
    give_month,
    grant,
    put_back,
    remaining_by_lot,
    spend,
    take_back,
)
from tests.factories import CreditEntryFactory
from workspaces.models import Plan, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


def test_new_workspace_has_a_lot_that_does_not_expire() -> None:
    workspace = create_workspace(50)

    assert remaining_by_lot(workspace) == [50]
    with tenancy.within(workspace.pk):
        assert CreditLot.objects.get().expires_at is None


def test_lot_that_expires_first_is_used_first(clock: Clock) -> None:
    workspace = create_workspace(5)
    grant(workspace, 10, days=30)
    grant(workspace, 10, days=3)

    spend(workspace, 12)

    assert remaining_by_lot(workspace) == [8, 5]


def test_bulk_insert_spends_lots_of_several_workspaces(clock: Clock) -> None:
    one, two = create_workspace(5), create_workspace(5)
    grant(one, 3, days=3)
    with tenancy.platform("test"):
        CreditEntry.objects.bulk_create(
            CreditEntry(workspace=workspace, kind=EntryKind.DEBIT, amount=-amount, cause=str(cause))
            for cause, (workspace, amount) in enumerate([(one, 2), (two, 4), (one, 2)])
        )

    assert (remaining_by_lot(one), remaining_by_lot(two)) == ([4], [1])


def test_released_credit_returns_to_the_lot_used_last(clock: Clock) -> None:
    workspace = create_workspace(10)
    spend(workspace, 10)
    clock.wait(DAY)
    grant(workspace, 10, days=30)
    spend(workspace, 4)
    clock.wait(DAY)

    give_back(workspace, 3)

    assert remaining_by_lot(workspace) == [9]


def test_released_credits_return_in_reverse_order_of_use(clock: Clock) -> None:
    workspace = create_workspace(10)
    grant(workspace, 10, days=30)
    spend(workspace, 15)

    give_back(workspace, 7)

    assert remaining_by_lot(workspace) == [2, 10]


def test_released_credit_does_not_return_to_an_expired_lot(clock: Clock) -> None:
    workspace = create_workspace()
    grant(workspace, 10, days=1)
    spend(workspace, 4)
    clock.wait(2 * DAY)
    assert credits.expire_lots() == 1

    give_back(workspace, 4)

    assert remaining_by_lot(workspace) == [4]
    assert credits.expire_lots() == 0


def test_released_credit_does_not_return_to_a_lot_taken_back(clock: Clock) -> None:
    workspace = create_workspace()
    with tenancy.within(workspace.pk):
        credits.credit_purchase(workspace=workspace, amount=500, cause="pack:1")
        spend(workspace, 100)
        assert take_back(workspace, of="pack:1", cause="refund:1") == 400

    give_back(workspace, 100)

    assert remaining_by_lot(workspace) == [100]
    assert take_back(workspace, of="pack:1", cause="refund:2", at_most=30) == 30


def test_unspent_credits_expire_once(clock: Clock) -> None:
    workspace, other = create_workspace(3), create_workspace()
    month = grant(workspace, 10, days=1)
    grant(other, 5, days=1)
    grant(other, 5, days=2)
    spend(workspace, 4)

    clock.wait(DAY)

    assert [credits.expire_lots(), credits.expire_lots()] == [2, 0]
    assert (remaining_by_lot(workspace), remaining_by_lot(other)) == ([3], [5])
    with tenancy.within(workspace.pk):
        entry = CreditEntry.objects.get(kind=EntryKind.EXPIRY)
    assert (entry.amount, entry.of_id) == (-6, month.pk)


def test_credit_released_after_its_lot_expired_expires_too(clock: Clock) -> None:
    """A release may have an earlier time than the expiry, because it waited for its lock."""
    workspace = create_workspace()
    grant(workspace, 10, days=1)
    spend(workspace, 4)
    clock.wait(DAY)
    credits.expire_lots()
    clock.wait(-timedelta(seconds=1))
    give_back(workspace, 4)
    clock.wait(DAY)

    assert credits.expire_lots() == 1
    assert remaining_by_lot(workspace) == []


def test_month_grants_the_credits_of_the_plan_once(clock: Clock) -> None:
    workspace = create_workspace()

    assert [give_month(workspace, plan) for plan in (Plan.STARTER, Plan.STARTER)] == [500, None]
    assert [give_month(workspace, plan) for plan in (Plan.PROFESSIONAL, Plan.STARTER)] == [
        1500,
        None,
    ]
    assert give_month(workspace, Plan.PROFESSIONAL) is None
    assert remaining_by_lot(workspace) == [500, 1500]

    clock.wait(30 * DAY)
    assert give_month(workspace, Plan.STARTER) is None  # over
    assert give_month(workspace, Plan.STARTER, month=1) == 500
    credits.expire_lots()
    assert remaining_by_lot(workspace) == [500]


@pytest.mark.parametrize("plan", [Plan.FREE, Plan.ENTERPRISE])
def test_plan_without_monthly_credits_grants_none(plan: Plan, clock: Clock) -> None:
    workspace = create_workspace()

    assert give_month(workspace, plan) is None
    assert remaining_by_lot(workspace) == []


def test_refund_takes_back_both_parts_of_a_month_only(clock: Clock) -> None:
    workspace = create_workspace(7)
    give_month(workspace, Plan.STARTER)
    give_month(workspace, Plan.PROFESSIONAL)
    spend(workspace, 600)
    of = credits.monthly_cause("sub_1", START)

    taken = [take_back(workspace, of=of, cause="refund:1", at_most=1450) for _again in range(2)]

    # The newest first: what was paid on top is what comes back.
    assert taken == [1400, 0]
    assert remaining_by_lot(workspace) == [7]


def test_won_dispute_puts_back_what_it_took(clock: Clock) -> None:
    workspace = create_workspace(5)
    with tenancy.within(workspace.pk):
        credits.credit_purchase(workspace=workspace, amount=500, cause="pack:1")
    spend(workspace, 105)
    take_back(workspace, of="pack:1", cause="dispute:1")

    assert [put_back(workspace, taken="dispute:1", cause="won:1") for _again in range(2)] == [
        400,
        0,
    ]
    assert remaining_by_lot(workspace) == [400]
    assert take_back(workspace, of="pack:1", cause="dispute:2") == 400


def test_expired_credits_are_not_put_back(clock: Clock) -> None:
    workspace = create_workspace()
    give_month(workspace, Plan.STARTER)
    take_back(workspace, of=credits.monthly_cause("sub_1", START), cause="dispute:1")
    clock.wait(30 * DAY)

    assert put_back(workspace, taken="dispute:1", cause="won:1") == 0
    assert remaining_by_lot(workspace) == []


def test_purchase_is_credited_once(clock: Clock) -> None:
    workspace = create_workspace()

    with tenancy.within(workspace.pk):
        first = credits.credit_purchase(workspace=workspace, amount=500, cause="pack:1")
        again = credits.credit_purchase(workspace=workspace, amount=500, cause="pack:1")

    assert first
    assert again is None
    assert remaining_by_lot(workspace) == [500]


def test_grant_that_has_expired_is_refused(clock: Clock) -> None:
    workspace = create_workspace()

    with tenancy.within(workspace.pk), pytest.raises(ProblemError):
        credits.grant_credits(
            workspace=workspace, amount=5, cause="late", by=None, expires_at=START
        )


def test_entry_without_a_lot_cannot_be_withdrawn() -> None:
    """A debit has no lot, so a reversal of it would make the lots differ from the balance."""
    workspace = create_workspace(5)
    debit = CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-1)

    with pytest.raises(IntegrityError, match="no such credits"):
        CreditEntryFactory.create(workspace=workspace, kind=EntryKind.REVERSAL, amount=-1, of=debit)

    assert remaining_by_lot(workspace) == [4]


def test_credits_of_another_workspace_cannot_be_withdrawn() -> None:
    one, two = create_workspace(5), create_workspace(5)
    with tenancy.within(two.pk):
        theirs = CreditEntry.objects.get()

    with pytest.raises(IntegrityError, match="no such credits"), tenancy.within(one.pk):
        create_reversal(one, theirs)
    with (
        pytest.raises(IntegrityError, match="of_its_workspace"),
        tenancy.platform("test"),
        connection.cursor() as cursor,
    ):
        create_reversal(one, theirs)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert (remaining_by_lot(one), remaining_by_lot(two)) == ([5], [5])


def create_reversal(workspace: Workspace, of: CreditEntry) -> None:
    CreditEntry.objects.create(
        workspace=workspace, kind=EntryKind.REVERSAL, amount=-1, cause="by hand", of=of
    )


@pytest.mark.parametrize("verb", ["change", "delete", "add"])
def test_lots_cannot_be_written_without_ledger_entry(verb: str) -> None:
    workspace = create_workspace(5)
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

    assert remaining_by_lot(workspace) == [4]
