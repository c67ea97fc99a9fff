"""The balance is the sum of the ledger and never below zero, whatever statement is tried."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum

from billing import credits
from billing.models import CreditEntry, EntryKind
from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from tests.factories import CreditEntryFactory, UserFactory, WorkspaceFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def balance_and_sum(workspace: Workspace) -> tuple[int, int]:
    with tenancy.within(workspace.pk):
        total = CreditEntry.objects.within(workspace).aggregate(total=Sum("amount"))["total"]
        return Workspace.objects.get(pk=workspace.pk).message_credits, total


def test_new_workspace_has_50_credits_in_its_ledger() -> None:
    assert balance_and_sum(WorkspaceFactory.create()) == (50, 50)


def test_balance_is_the_sum_of_the_entries() -> None:
    workspace = WorkspaceFactory.create()

    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.PURCHASE, amount=100)
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-120)

    assert balance_and_sum(workspace) == (30, 30)


def test_bulk_insert_changes_several_balances() -> None:
    one, two = WorkspaceFactory.create_batch(2)
    with tenancy.platform("test"):
        CreditEntry.objects.bulk_create(
            CreditEntry(workspace=workspace, kind=EntryKind.DEBIT, amount=amount, cause=str(amount))
            for workspace, amount in [(one, -1), (one, -2), (two, -5)]
        )

    assert (balance_and_sum(one), balance_and_sum(two)) == ((47, 47), (45, 45))


def test_balance_cannot_be_changed_without_ledger_entry() -> None:
    workspace = WorkspaceFactory.create()

    with pytest.raises(IntegrityError, match="ledger alone"), tenancy.within(workspace.pk):
        Workspace.objects.filter(pk=workspace.pk).update(message_credits=1_000_000)


def test_debit_beyond_the_balance_is_refused() -> None:
    workspace = WorkspaceFactory.create()

    with pytest.raises(IntegrityError, match="credits_not_negative"):
        CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-51)

    assert balance_and_sum(workspace) == (50, 50)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        (EntryKind.GRANT, -1),
        (EntryKind.GRANT, 0),
        (EntryKind.PURCHASE, -1),
        (EntryKind.RELEASE, -1),
        (EntryKind.DEBIT, 1),
        (EntryKind.EXPIRY, 1),
    ],
)
def test_amount_with_the_wrong_sign_is_refused(kind: EntryKind, amount: int) -> None:
    with pytest.raises(IntegrityError, match="sign_fits_kind"):
        CreditEntryFactory.create(kind=kind, amount=amount)


def test_second_grant_with_the_same_cause_is_refused() -> None:
    workspace = WorkspaceFactory.create()
    by = UserFactory.create(workspace=workspace)

    with tenancy.within(workspace.pk):
        credits.grant_credits(workspace=workspace, amount=10, cause="gift", by=by)
        with pytest.raises(ProblemError):
            credits.grant_credits(workspace=workspace, amount=10, cause="gift", by=by)

    assert balance_and_sum(workspace) == (60, 60)
    with tenancy.within(workspace.pk):
        assert AuditEvent.objects.filter(action="credits.grant").count() == 1


@pytest.mark.parametrize("verb", ["UPDATE {} SET amount = 1", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("model", [CreditEntry, AuditEvent])
def test_append_only_table_cannot_be_changed(
    model: type[CreditEntry | AuditEvent], verb: str
) -> None:
    statement = verb.replace("amount = 1", "id = id").format(model._meta.db_table)

    with (
        pytest.raises(Exception, match="permission denied"),
        tenancy.platform("test"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_concurrent_debits_do_not_overspend() -> None:
    workspace = WorkspaceFactory.create()

    def spend(number: int) -> bool:
        try:
            CreditEntryFactory.create(
                workspace=workspace, kind=EntryKind.DEBIT, amount=-7, cause=f"spend:{number}"
            )
        except IntegrityError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        spent = sum(pool.map(spend, range(24)))

    assert spent == 50 // 7
    assert balance_and_sum(workspace) == (1, 1)
