"""Everything that moves credits writes ledger entries.

Triggers update the balance and the lots (`billing.ledger_triggers`), and decide which credits are
used first (`billing.spending_order`).

Each cause moves credits once, so it is safe to repeat any of these functions.
"""

from datetime import UTC, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import CreditEntry, CreditLot, EntryKind
from billing.models.credits import CreditLotQuerySet
from core import audit, sql, tenancy
from core.constraint_violations import violated_constraint
from core.errors import ProblemError
from workspaces import entitlements
from workspaces.models import Plan, User, Workspace
from workspaces.plans import PLANS

WORKSPACES_AT_ONCE = 500

# The cause has the number that was withdrawn before: a credit that comes back to the lot at the
# last moment expires as well, by an entry of its own.
EXPIRE_LOTS = """
INSERT INTO billing_creditentry
    (id, created_at, workspace_id, kind, amount, cause, note, by, of_id)
SELECT uuid7(), %(now)s, workspace_id, 'EXPIRY', -remaining,
       'expiry:' || entry_id || ':' || (withdrawn + remaining), '', '', entry_id
FROM billing_creditlot
WHERE workspace_id = ANY(%(workspaces)s) AND remaining > 0 AND expires_at <= %(now)s
"""


def grant_credits(
    *,
    workspace: Workspace,
    amount: int,
    cause: str,
    by: User | None,
    note: str = "",
    expires_at: datetime | None = None,
) -> CreditEntry:
    """Grant credits once: the same cause is refused the second time, as after a double click."""
    if amount <= 0:
        raise ProblemError(_("Grant at least one credit."))
    if expires_at is not None and expires_at <= timezone.now():
        raise ProblemError(_("These credits would end before they begin."))
    entry = _write_entry(
        CreditEntry(
            workspace=workspace,
            kind=EntryKind.GRANT,
            amount=amount,
            cause=cause,
            note=note,
            by=by.name if by else "",
            expires_at=expires_at,
        )
    )
    if entry is None:
        raise ProblemError(_("These credits were granted already."))
    recorded = {"amount": amount, "note": note}
    if expires_at:
        recorded["expires_at"] = audit.to_plain_value(expires_at)
    audit.record(
        "credits.grant",
        workspace,
        by=by,
        workspace_id=workspace.pk,
        name=workspace.name,
        new=recorded,
    )
    return entry


def credit_purchase(
    *, workspace: Workspace, amount: int, cause: str, note: str = ""
) -> CreditEntry | None:
    """Credit a purchase, which does not expire. Return None if it was credited before."""
    return _write_entry(
        CreditEntry(
            workspace=workspace,
            kind=EntryKind.PURCHASE,
            amount=amount,
            cause=cause,
            note=note,
        )
    )


def monthly_cause(reference: str, starts_at: datetime) -> str:
    """Return the cause of a month's credits, without the plan that follows it."""
    return f"month:{reference}:{starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@transaction.atomic
def grant_monthly_credits(
    *,
    workspace: Workspace,
    plan: Plan,
    reference: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime | None = None,
) -> CreditEntry | None:
    """Grant a month's credits, up to what the plan gives: an upgrade adds the difference.

    Return None if there is nothing to grant. A month that has ended is not granted later.
    """
    terms = PLANS[plan]
    if not terms.credits_monthly or ends_at <= (now or timezone.now()):
        return None
    entitlements.lock_workspace(workspace)
    cause = monthly_cause(reference, starts_at)
    missing = terms.credits - credits_granted_for_month(workspace, cause)
    if missing <= 0:
        return None
    return _write_entry(
        CreditEntry(
            workspace=workspace,
            kind=EntryKind.GRANT,
            amount=missing,
            cause=f"{cause}:{plan}",
            expires_at=ends_at,
        )
    )


def credits_granted_for_month(workspace: Workspace, cause: str) -> int:
    """Return how many credits all plans of a month have granted so far."""
    grants = CreditEntry.objects.within(workspace).filter(
        cause__in=[f"{cause}:{plan}" for plan in Plan]
    )
    return grants.aggregate(total=Sum("amount"))["total"] or 0


@transaction.atomic
def withdraw_credits(
    *, workspace: Workspace, granted_by: str, at_most: int, cause: str, note: str = ""
) -> int:
    """Take back what is left of the credits with the cause `granted_by`. Spent ones stay spent.

    Return how many were withdrawn: 0 if this was done before.
    """
    entitlements.lock_workspace(workspace)
    lots = {
        f"{cause}:{lot.entry_id}": lot
        for lot in _lots_granted_by(workspace, granted_by).order_by("-id")
    }
    if CreditEntry.objects.within(workspace).filter(cause__in=lots).exists():
        return 0
    withdrawn = 0
    for cause_of_lot, lot in lots.items():
        amount = min(lot.remaining, max(at_most - withdrawn, 0))
        if not amount:
            continue
        _write_entry(
            CreditEntry(
                workspace=workspace,
                kind=EntryKind.REVERSAL,
                amount=-amount,
                cause=cause_of_lot,
                note=note,
                of_id=lot.entry_id,
            )
        )
        withdrawn += amount
    return withdrawn


@transaction.atomic
def return_credits(
    *,
    workspace: Workspace,
    withdrawn_by: str,
    cause: str,
    note: str = "",
    now: datetime | None = None,
) -> int:
    """Give back the credits that were withdrawn with the cause `withdrawn_by`, unless expired.

    Return how many were given back: 0 if this was done before.
    """
    entitlements.lock_workspace(workspace)
    expired = CreditLot.objects.within(workspace).filter(expires_at__lte=now or timezone.now())
    withdrawals = CreditEntry.objects.within(workspace).filter(
        kind=EntryKind.REVERSAL, cause__startswith=f"{withdrawn_by}:"
    )
    returned = 0
    for withdrawal in withdrawals.exclude(of__in=expired.values("entry")):
        entry = CreditEntry(
            workspace=workspace,
            kind=EntryKind.RELEASE,
            amount=-withdrawal.amount,
            cause=f"{cause}:{withdrawal.of_id}",
            note=note,
            of_id=withdrawal.of_id,
        )
        if _write_entry(entry):
            returned += entry.amount
    return returned


def expire_lots(now: datetime | None = None) -> int:
    """Write off unspent credits of lots that have expired. Return how many lots."""
    now = now or timezone.now()
    lots = 0
    while batch := _expire_batch(now):
        lots += batch
    return lots


def _expire_batch(now: datetime) -> int:
    """Write off the expired lots of the next workspaces. Return how many; 0 means all are done."""
    with tenancy.platform("credits expire"):
        expired = CreditLot.objects.expired(now).order_by("workspace_id")
        workspace_ids: list[UUID] = list(
            expired.values_list("workspace_id", flat=True).distinct()[:WORKSPACES_AT_ONCE]
        )
        # Lock in the order that all writers of balances use, and before the amounts are read.
        in_order = Workspace.objects.select_for_update().filter(pk__in=workspace_ids).order_by("pk")
        list(in_order.values_list("pk"))
        return sql.execute(EXPIRE_LOTS, workspaces=workspace_ids, now=now) if workspace_ids else 0


def _lots_granted_by(workspace: Workspace, cause: str) -> CreditLotQuerySet:
    """Return the lots that came with a cause or with a part of it."""
    return CreditLot.objects.within(workspace).filter(
        Q(entry__cause=cause) | Q(entry__cause__startswith=f"{cause}:")
    )


def _write_entry(entry: CreditEntry) -> CreditEntry | None:
    """Write an entry. Return None if its cause has moved credits before."""
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        # The unique cause makes every posting safe to repeat. Other broken rules are real errors.
        if violated_constraint(error) != "billing_creditentry_once_per_cause":
            raise
        return None
    entry.workspace.refresh_from_db(fields=["message_credits"])
    return entry
