"""Payments by bank transfer, which platform staff record and withdraw.

Each is a cause of its own in the ledger, as a payment through Stripe is.
"""

from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing import credits
from billing.models import BankTransfer, Payment, TransferKind
from billing.months import add_months, month_of
from core import audit, tenancy
from core.constraint_violations import violated_constraint
from core.errors import ProblemError
from workspaces import entitlements
from workspaces.models import Entitlement, EntitlementSource, Plan, User, Workspace
from workspaces.vetting import trust

MAX_TRANSFERS = 200


@transaction.atomic
def record_transfer(*, transfer: BankTransfer, by: User, now: datetime | None = None) -> None:
    """Save a new transfer and give what it paid for. A receipt is recorded once.

    The caller has platform access.
    """
    now = now or timezone.now()
    workspace = entitlements.lock_workspace(transfer.workspace)
    transfer.workspace = workspace
    transfer.recorded_by = by.email
    if transfer.kind == TransferKind.PLAN:
        transfer.starts_at = transfer.starts_at or now
        transfer.ends_at = add_months(transfer.starts_at, transfer.months)
        transfer.credits_next_at = transfer.starts_at
    _insert(transfer)
    _give(transfer, now)
    paid_at = _start_of_day(transfer.received_on)
    trust.note_payment(workspace, paid_at=paid_at, amount=transfer.amount)
    _record(
        "transfer.record",
        transfer,
        by,
        new={
            "amount": transfer.amount,
            "currency": transfer.currency,
            "pays_for": describe_purchase(transfer),
        },
    )


@transaction.atomic
def withdraw_transfer(
    *, transfer: BankTransfer, because: str, by: User, now: datetime | None = None
) -> None:
    """Take back what is left of what a transfer gave, as after a mistake or a returned payment."""
    now = now or timezone.now()
    workspace = entitlements.lock_workspace(transfer.workspace)
    transfer = BankTransfer.objects.select_for_update().get(pk=transfer.pk)
    if transfer.withdrawn_at:
        raise ProblemError(_("This transfer was withdrawn already."))
    _take_back(transfer, workspace, now)
    transfer.withdrawn_at, transfer.withdrawn_because = now, because
    transfer.credits_next_at = None
    transfer.save(
        update_fields=["withdrawn_at", "withdrawn_because", "credits_next_at", "updated_at"]
    )
    trust.correct_first_payment(workspace, paid_at=_first_payment_of(workspace))
    _record("transfer.withdraw", transfer, by, new={"because": because})


def grant_due_months(now: datetime | None = None) -> int:
    """Grant the credits of plans whose next month has begun. Return how many transfers."""
    now = now or timezone.now()
    with tenancy.platform("billing clock"):
        due = list(
            BankTransfer.objects.standing()
            .filter(credits_next_at__lte=now)
            .order_by("credits_next_at")
            .values_list("pk", "workspace_id")[:MAX_TRANSFERS]
        )
    for pk, workspace_id in due:
        with tenancy.within(workspace_id):
            Workspace.objects.select_for_update().get(pk=workspace_id)
            _grant_month(BankTransfer.objects.select_related("workspace").get(pk=pk), now)
    return len(due)


def require_new_receipt(receipt: str) -> None:
    known = BankTransfer.objects.standing().filter(receipt=receipt).select_related("workspace")
    if transfer := known.first():
        raise ProblemError(
            _("The receipt %(receipt)s is recorded already, for %(clinic)s.")
            % {"receipt": receipt, "clinic": transfer.workspace.name}
        )


def describe_purchase(transfer: BankTransfer) -> str:
    """Describe what a transfer paid for, for owners and platform staff."""
    if transfer.kind == TransferKind.PACK:
        return _("%(credits)d credits") % {"credits": transfer.credits}
    assert transfer.ends_at
    return _("%(plan)s plan until %(day)s") % {
        "plan": Plan(transfer.plan).label,
        "day": date_format(timezone.localtime(transfer.ends_at), "SHORT_DATE_FORMAT"),
    }


def _insert(transfer: BankTransfer) -> None:
    try:
        with transaction.atomic():
            transfer.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) != "billing_banktransfer_receipt_once":
            raise
        require_new_receipt(transfer.receipt)
        raise


def _give(transfer: BankTransfer, now: datetime) -> None:
    if transfer.kind == TransferKind.PACK:
        credits.credit_purchase(
            workspace=transfer.workspace,
            amount=transfer.credits,
            cause=transfer.cause,
            note=transfer.receipt,
        )
        return
    assert transfer.starts_at
    Entitlement.objects.create(
        workspace=transfer.workspace,
        source=EntitlementSource.TRANSFER,
        plan=transfer.plan,
        starts_at=transfer.starts_at,
        ends_at=transfer.ends_at,
        reference=transfer.reference,
    )
    _grant_month(transfer, now)


def _grant_month(transfer: BankTransfer, now: datetime) -> None:
    """Grant the credits of the month that runs, and store when the next ones are due.

    The caller holds the workspace's lock.
    """
    assert transfer.starts_at
    assert transfer.ends_at
    if transfer.withdrawn_at:
        return
    month = month_of(transfer.starts_at, now)
    if month is None:  # it begins later
        return
    if month.starts_at < transfer.ends_at:
        credits.grant_monthly_credits(
            workspace=transfer.workspace,
            plan=Plan(transfer.plan),
            reference=transfer.reference,
            starts_at=month.starts_at,
            ends_at=month.ends_at,
            now=now,
        )
    is_last = month.ends_at >= transfer.ends_at
    transfer.credits_next_at = None if is_last else month.ends_at
    transfer.save(update_fields=["credits_next_at", "updated_at"])


def _take_back(transfer: BankTransfer, workspace: Workspace, now: datetime) -> None:
    cause = f"withdrawal:{transfer.pk}"
    if transfer.kind == TransferKind.PACK:
        credits.withdraw_credits(
            workspace=workspace,
            granted_by=transfer.cause,
            at_most=transfer.credits,
            cause=cause,
            note=transfer.receipt,
        )
        return
    assert transfer.starts_at
    given = Entitlement.objects.filter(workspace=workspace, reference=transfer.reference)
    given.filter(starts_at__gte=now).delete()
    given.filter(ends_at__gt=now).update(ends_at=now)
    if month := month_of(transfer.starts_at, now):
        granted_by = credits.monthly_cause(transfer.reference, month.starts_at)
        credits.withdraw_credits(
            workspace=workspace,
            granted_by=granted_by,
            at_most=credits.credits_granted_for_month(workspace, granted_by),
            cause=cause,
            note=transfer.receipt,
        )


def _first_payment_of(workspace: Workspace) -> datetime | None:
    """Return when the workspace paid first, by card or by a transfer that stands."""
    by_card = Payment.objects.within(workspace).filter(amount__gt=0)
    first_transfer = (
        BankTransfer.objects.within(workspace)
        .standing()
        .aggregate(first=Min("received_on"))["first"]
    )
    moments = [
        by_card.aggregate(first=Min("paid_at"))["first"],
        _start_of_day(first_transfer) if first_transfer else None,
    ]
    return min((moment for moment in moments if moment), default=None)


def _start_of_day(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _record(action: str, transfer: BankTransfer, by: User, *, new: dict[str, object]) -> None:
    audit.record(
        action,
        transfer,
        by=by,
        workspace_id=transfer.workspace_id,
        name=transfer.receipt,
        new=new,
    )
