"""Set a subscription to end with its period, undo that, or end it now."""

from dev.doubles.stripe import invoices
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.problems import RefusedError


def period_end(subscription: Record) -> int:
    end: int = subscription["items"]["data"][0]["current_period_end"]
    return end


def end_with_period(account: Account, subscription: Record) -> None:
    """Set `cancel_at` and leave `cancel_at_period_end` false, as the portal does."""
    require_running(subscription)
    end = period_end(subscription)
    account.change(subscription, "customer.subscription.updated", cancel_at=end, next_price=None)


def resume(account: Account, subscription: Record) -> None:
    require_running(subscription)
    account.change(subscription, "customer.subscription.updated", cancel_at=None)


def end(account: Account, subscription: Record) -> Record:
    """End the subscription. Open invoices stay open and are not charged automatically any more."""
    require_running(subscription)
    account.change(subscription, status="canceled", ended_at=account.now(), next_price=None)
    account.emit("customer.subscription.deleted", subscription)
    for invoice in account.of("invoice", status="open"):
        if invoices.subscription_of(account, invoice) is subscription:
            account.change(invoice, "invoice.updated", next_payment_attempt=None)
    account.failing.discard(subscription["id"])
    return subscription


def require_running(subscription: Record) -> None:
    if subscription["ended_at"]:
        raise RefusedError.unknown("subscription", subscription["id"], "id")
