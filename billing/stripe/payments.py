"""Write a payment once with its credits. Refunds and disputes take back unspent credits.

Each refund and each dispute is a cause of its own in the ledger, so all of them may be written
again at each event about the payment.
"""

from datetime import datetime

from billing import credits
from billing.models import CreditEntry, NoticeKind, Payment, PaymentKind
from billing.months import month_of
from billing.stripe import notices
from billing.stripe.stripe_objects import NotUnderstoodError, ReturnedMoney, StripePayment
from core import audit
from workspaces.models import FlagKind, Workspace
from workspaces.vetting import flags, trust


def write_payment(workspace: Workspace, paid: StripePayment, *, now: datetime) -> None:
    """Write the payment. The caller holds the workspace's lock and platform access."""
    payment, is_new = _get_or_create_payment(workspace, paid)
    if payment.kind == PaymentKind.PACK:
        credits.credit_purchase(
            workspace=workspace, amount=payment.credits, cause=payment.cause, note=paid.invoice
        )
    _adjust_credits(workspace, payment, paid, now=now)
    _write_returned_money(payment, paid)
    if is_new and not paid.refunded and not paid.disputed:
        notices.queue_notice(
            workspace,
            NoticeKind.RECEIPT,
            cause=payment.cause,
            amount=paid.amount,
            currency=paid.currency,
            credits=payment.credits,
            plan=paid.subscription.plan if paid.subscription else "",
            at=paid.at.isoformat(),
        )


def _get_or_create_payment(workspace: Workspace, paid: StripePayment) -> tuple[Payment, bool]:
    if not paid.subscription and not paid.credits:
        raise NotUnderstoodError(f"{paid.id} paid for neither credits nor a subscription")
    kind = PaymentKind.SUBSCRIPTION if paid.subscription else PaymentKind.PACK
    payment, is_new = Payment.objects.get_or_create(
        payment_intent=paid.id,
        defaults={
            "workspace": workspace,
            "kind": kind,
            "amount": paid.amount,
            "currency": paid.currency,
            "credits": 0 if paid.subscription else paid.credits,
            "subscription": paid.subscription.id if paid.subscription else "",
            "paid_at": paid.at,
        },
    )
    if paid.invoice and payment.invoice != paid.invoice:  # a pack's invoice comes later
        payment.invoice = paid.invoice
        payment.save(update_fields=["invoice", "updated_at"])
    if is_new:
        trust.note_payment(workspace, paid_at=paid.at, amount=paid.amount)
        _record("payment.receive", payment, new={"amount": paid.amount, "currency": paid.currency})
    return payment, is_new


def _adjust_credits(
    workspace: Workspace, payment: Payment, paid: StripePayment, *, now: datetime
) -> None:
    """Take back credits in proportion to the money that went back, in one or several parts."""
    counted: dict[str, dict[str, int]] = {}
    for kind, found in (("refund", paid.refunds), ("dispute", paid.disputes)):
        for each in found:
            cause, source = f"{kind}:{each.id}", _cause_of_credits(payment, paid, each)
            if source and each.has_effect:
                counted.setdefault(source, {})[cause] = each.amount
            elif source:
                # The dispute was won or the refund failed: the clinic keeps its credits.
                credits.return_credits(
                    workspace=workspace,
                    withdrawn_by=cause,
                    cause=f"return:{cause}",
                    note=payment.invoice,
                    now=now,
                )
    for source, parts in counted.items():
        whole = payment.credits or _credits_of_payment(workspace, source, of_change=paid.is_change)
        share = whole * min(sum(parts.values()), paid.amount) // paid.amount
        owed = share - sum(_credits_taken_back(workspace, cause) for cause in parts)
        for cause in parts:
            if owed > 0:
                owed -= credits.withdraw_credits(
                    workspace=workspace,
                    granted_by=source,
                    at_most=owed,
                    cause=cause,
                    note=payment.invoice,
                )


def _credits_taken_back(workspace: Workspace, cause: str) -> int:
    entries = CreditEntry.objects.within(workspace).filter(cause__startswith=f"{cause}:")
    return -sum(entries.values_list("amount", flat=True))


def _cause_of_credits(payment: Payment, paid: StripePayment, back: ReturnedMoney) -> str | None:
    """Return the cause of the credits that the payment brought.

    For a subscription these are the credits of the month in which the money went back: earlier
    ones have expired.
    """
    if payment.kind == PaymentKind.PACK:
        return payment.cause
    assert paid.subscription
    assert paid.covered_period
    month = month_of(paid.subscription.billing_anchor, back.at)
    begins, ends = paid.covered_period
    if month is None or month.ends_at <= begins or month.starts_at >= ends:
        return None
    return credits.monthly_cause(paid.subscription.id, month.starts_at)


def _credits_of_payment(workspace: Workspace, cause: str, *, of_change: bool) -> int:
    """How many credits the payment brought.

    When a larger plan took over a month, its credits came in parts, and the change paid for the
    later ones.
    """
    parts = list(
        CreditEntry.objects.within(workspace)
        .filter(cause__startswith=f"{cause}:", amount__gt=0)
        .order_by("id")
        .values_list("amount", flat=True)
    )
    return sum(parts[1:] if of_change else parts[:1])


def _write_returned_money(payment: Payment, paid: StripePayment) -> None:
    refunded, disputed = min(paid.refunded, payment.amount), min(paid.disputed, payment.amount)
    for action, field, amount in (
        ("payment.refund", "refunded", refunded),
        ("payment.dispute", "disputed", disputed),
    ):
        before = getattr(payment, field)
        if before != amount:
            setattr(payment, field, amount)
            payment.save(update_fields=[field, "updated_at"])
            _record(action, payment, old={field: before}, new={field: amount})
            if field == "disputed" and amount > before:
                # The card may be stolen, and paying with it made the clinic trusted.
                flags.flag_sender(
                    payment.workspace_id, {(FlagKind.DISPUTE, payment.payment_intent)}
                )


def _record(
    action: str,
    payment: Payment,
    *,
    old: dict[str, object] | None = None,
    new: dict[str, object] | None = None,
) -> None:
    audit.record(action, payment, by=None, name=payment.payment_intent, old=old, new=new)
