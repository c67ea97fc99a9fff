"""Bank transfers: each gives once, is in the ledger, and can be withdrawn."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone, translation

from billing import transfers
from billing.credit_prices import credit_prices
from billing.models import BankTransfer, CreditEntry, EntryKind, TransferKind
from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from tests.admin_pages import list_page, run_action
from tests.concurrency import run_concurrently
from tests.factories import (
    BankTransferFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces import entitlements
from workspaces.models import Plan, User, Workspace
from workspaces.plans import PLANS

pytestmark = pytest.mark.django_db

QUITO = ZoneInfo("America/Guayaquil")
STARTER_CREDITS = PLANS[Plan.STARTER].credits


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def staff(client: Client) -> User:
    user = StaffFactory.create(language="en")
    client.force_login(user)
    return user


def entries(workspace: Workspace) -> list[tuple[str, int]]:
    with tenancy.within(workspace.pk):
        rows = CreditEntry.objects.exclude(cause="opening").order_by("id")
        return list(rows.values_list("kind", "amount"))


def balance(workspace: Workspace) -> int:
    with tenancy.within(workspace.pk):
        return Workspace.objects.get(pk=workspace.pk).message_credits


def record(by: User, *, now: datetime | None = None, **fields: object) -> BankTransfer:
    transfer = BankTransferFactory.build(**fields)
    with tenancy.platform("test"):
        transfers.record_transfer(transfer=transfer, by=by, now=now)
    return transfer


def withdraw(transfer: BankTransfer, by: User, *, now: datetime | None = None) -> None:
    with tenancy.platform("test"):
        transfers.withdraw_transfer(transfer=transfer, because="Wrong clinic", by=by, now=now)


def record_plan(
    by: User, workspace: Workspace, *, now: datetime, months: int, **fields: object
) -> BankTransfer:
    return record(
        by,
        now=now,
        workspace=workspace,
        kind=TransferKind.PLAN,
        credits=0,
        plan=Plan.STARTER,
        months=months,
        amount=87_00,
        **fields,
    )


def test_pack_is_credited_and_a_trusted_clinic_has_paid(staff: User) -> None:
    workspace = WorkspaceFactory.create(message_credits=0)

    record(staff, workspace=workspace, receipt="Pichincha 7711")

    assert entries(workspace) == [(EntryKind.PURCHASE, 500)]
    assert balance(workspace) == 500
    with tenancy.within(workspace.pk):
        assert Workspace.objects.get(pk=workspace.pk).first_paid_at is not None
        event = AuditEvent.objects.get(action="transfer.record")
        assert event.new["pays_for"] == "500 credits"


def test_receipt_is_recorded_once_even_for_another_clinic(staff: User) -> None:
    first, second = WorkspaceFactory.create(name="Clínica Norte"), WorkspaceFactory.create()
    record(staff, workspace=first, receipt="Guayaquil 100")

    with pytest.raises(ProblemError, match="recorded already, for Clínica Norte"):
        record(staff, workspace=second, receipt="Guayaquil 100")

    assert entries(second) == []


@pytest.mark.django_db(transaction=True)
def test_two_people_who_record_a_receipt_at_once_give_it_once(staff: User) -> None:
    workspace = WorkspaceFactory.create(message_credits=0)

    def record_it() -> bool:
        try:
            record(staff, workspace=workspace, receipt="Produbanco 5")
        except ProblemError:
            return False
        return True

    assert sorted(run_concurrently(record_it, record_it)) == [False, True]
    assert balance(workspace) == 500


def test_withdrawn_pack_takes_back_what_is_left_and_frees_the_receipt(staff: User) -> None:
    workspace = WorkspaceFactory.create(message_credits=0)
    transfer = record(staff, workspace=workspace, receipt="Pacífico 9")
    with tenancy.within(workspace.pk):
        CreditEntry.objects.create(
            workspace=workspace, kind=EntryKind.DEBIT, amount=-120, cause="claim:test"
        )

    withdraw(transfer, staff)

    assert balance(workspace) == 0
    with pytest.raises(ProblemError, match="withdrawn already"):
        withdraw(transfer, staff)
    other = WorkspaceFactory.create(message_credits=0)
    record(staff, workspace=other, receipt="Pacífico 9")
    assert balance(other) == 500


def test_withdrawn_transfer_leaves_no_trust_behind(staff: User) -> None:
    unpaid, paid = WorkspaceFactory.create_batch(2)
    card = PaymentFactory.create(workspace=paid)
    for workspace in (unpaid, paid):
        withdraw(record(staff, workspace=workspace), staff)

    with tenancy.platform("test"):
        assert Workspace.objects.get(pk=unpaid.pk).first_paid_at is None
        assert Workspace.objects.get(pk=paid.pk).first_paid_at == card.paid_at


def test_months_of_a_plan_bring_credits_each_month_and_end(staff: User) -> None:
    """Recorded on 31 January in Quito for three months: until 30 April, with three grants."""
    workspace = WorkspaceFactory.create(message_credits=0, plan=Plan.FREE)
    begin = datetime(2027, 1, 31, 10, tzinfo=QUITO)
    record_plan(staff, workspace, now=begin, months=3, received_on=begin.date())

    grants = []
    for days in range(130):
        transfers.grant_due_months(now=begin + timedelta(days=days))
        grants.append(sum(amount for _kind, amount in entries(workspace)))

    assert grants[0] == STARTER_CREDITS
    changes = [day for day in range(1, 130) if grants[day] > grants[day - 1]]
    assert [(begin + timedelta(days=day)).date().isoformat() for day in changes] == [
        "2027-02-28",
        "2027-03-31",
    ]
    with tenancy.within(workspace.pk):
        during = entitlements.limits_of(workspace, now=datetime(2027, 4, 29, tzinfo=UTC))
        after = entitlements.limits_of(workspace, now=datetime(2027, 5, 1, tzinfo=UTC))
        assert (during.plan, after.plan) == (Plan.STARTER, Plan.FREE)
        assert BankTransfer.objects.get().credits_next_at is None


def test_plan_that_begins_later_gives_nothing_yet(staff: User) -> None:
    workspace = WorkspaceFactory.create(message_credits=0, plan=Plan.FREE)
    now = timezone.now()
    record_plan(staff, workspace, now=now, months=1, starts_at=now + timedelta(days=10))

    assert transfers.grant_due_months(now=now + timedelta(days=9)) == 0
    assert balance(workspace) == 0
    transfers.grant_due_months(now=now + timedelta(days=11))
    assert balance(workspace) == STARTER_CREDITS


def test_withdrawn_plan_ends_at_once_and_brings_no_more_credits(staff: User) -> None:
    workspace = WorkspaceFactory.create(message_credits=0, plan=Plan.FREE)
    begin = timezone.now() - timedelta(days=5)
    transfer = record_plan(staff, workspace, now=begin, months=12, starts_at=begin)

    withdraw(transfer, staff)

    assert balance(workspace) == 0
    with tenancy.within(workspace.pk):
        assert entitlements.limits_of(workspace).plan == Plan.FREE
    assert transfers.grant_due_months(now=begin + timedelta(days=60)) == 0


def test_credits_of_transfers_have_their_price(staff: User) -> None:
    """20 dollars for 500 credits are 4 cents each."""
    workspace = WorkspaceFactory.create(message_credits=0)
    record(staff, workspace=workspace)
    with tenancy.within(workspace.pk):
        CreditEntry.objects.create(
            workspace=workspace, kind=EntryKind.DEBIT, amount=-50, cause="claim:test"
        )
        now = timezone.now()
        prices = credit_prices(
            [workspace.pk], since=now - timedelta(days=1), until=now + timedelta(days=1)
        )[workspace.pk]

    assert prices.spent == 50
    assert str(prices.each) == "0.04"
    assert prices.currency == "USD"


def test_staff_record_and_withdraw_on_the_pages_of_the_admin(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create(message_credits=0)
    add = list_page(BankTransfer) + "add/"
    data = {
        "workspace": str(workspace.pk),
        "receipt": "Austro 31",
        "received_on": timezone.localdate().isoformat(),
        "price": "70.00",
        "currency": "usd",
        "kind": "PACK",
        "months": "",
        "note": "",
    }

    refused = client.post(add, data)
    assert set(refused.context["adminform"].form.errors) == {"credits"}
    assert client.post(add, data | {"credits": "2000"}).status_code == 302

    assert balance(workspace) == 2_000
    twice = client.post(add, data | {"credits": "2000"})
    assert set(twice.context["adminform"].form.errors) == {"receipt"}
    with tenancy.within(workspace.pk):
        transfer = BankTransfer.objects.get()
    assert transfer.amount == 70_00
    run_action(client, "withdraw", transfer, because="Wrong clinic")
    assert balance(workspace) == 0


def test_owner_sees_standing_transfers(client: Client, staff: User) -> None:
    owner = UserFactory.create(language="en")
    transfer = record(staff, workspace=owner.workspace, receipt="Pichincha 42")
    withdrawn = record(staff, workspace=owner.workspace, receipt="Pichincha 43")
    record(staff, receipt="Of another clinic", workspace=WorkspaceFactory.create())
    withdraw(withdrawn, staff)

    client.force_login(owner)
    page = client.get("/billing/").content.decode()

    assert transfer.receipt in page
    assert "Pichincha 43" not in page
    assert "Of another clinic" not in page
