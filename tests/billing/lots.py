"""Helpers of the tests of credit lots: a clock, movements of credits, and what is left."""

from datetime import UTC, datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from billing import credits
from billing.models import CreditEntry, CreditLot, EntryKind
from core import tenancy
from tests.factories import CreditEntryFactory, WorkspaceFactory
from workspaces.models import Plan, Workspace

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 15, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, time: timedelta) -> None:
        self.now += time


def create_workspace(credits: int = 0) -> Workspace:
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


def remaining_by_lot(workspace: Workspace) -> list[int]:
    """Return what is left of each lot, in the order of spending. Check the balance on the way."""
    with tenancy.within(workspace.pk):
        remaining = [lot.remaining for lot in CreditLot.objects.within(workspace).unspent()]
        ledger = CreditEntry.objects.within(workspace).aggregate(total=Sum("amount"))["total"]
        workspace.refresh_from_db()
    assert workspace.message_credits == ledger == sum(remaining)
    return remaining


def take_back(workspace: Workspace, *, of: str, cause: str, at_most: int = 10_000) -> int:
    with tenancy.within(workspace.pk):
        return credits.withdraw_credits(
            workspace=workspace, granted_by=of, at_most=at_most, cause=cause
        )


def put_back(workspace: Workspace, *, taken: str, cause: str) -> int:
    with tenancy.within(workspace.pk):
        return credits.return_credits(workspace=workspace, withdrawn_by=taken, cause=cause)


def give_month(workspace: Workspace, plan: Plan, *, month: int = 0) -> int | None:
    starts_at = START + 30 * DAY * month
    with tenancy.within(workspace.pk):
        entry = credits.grant_monthly_credits(
            workspace=workspace,
            plan=plan,
            reference="sub_1",
            starts_at=starts_at,
            ends_at=starts_at + 30 * DAY,
        )
    return entry.amount if entry else None
