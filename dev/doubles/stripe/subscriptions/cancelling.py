"""A subscription is to end with its period, goes on after all, or ends."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.invoices import collecting
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import scheduling

WISHED, UNPAID = "cancellation_requested", "payment_failed"


def period_end(subscription: Record) -> int:
    ends: list[int] = [item["current_period_end"] for item in subscription["items"]["data"]]
    return max(ends)


def end_with_period(account: Account, subscription: Record, *, in_portal: bool = False) -> None:
    """The portal sets the moment alone; the API's own parameter sets both."""
    must_go_on(subscription)
    scheduling.release(account, subscription)
    account.change(
        subscription,
        "customer.subscription.updated",
        cancel_at=period_end(subscription),
        cancel_at_period_end=not in_portal,
        canceled_at=account.now(),
        cancellation_details=because(subscription, WISHED),
    )


def end_at(account: Account, subscription: Record, moment: int) -> None:
    must_go_on(subscription)
    account.change(
        subscription,
        "customer.subscription.updated",
        cancel_at=moment,
        cancel_at_period_end=False,
        canceled_at=account.now(),
        cancellation_details=because(subscription, WISHED),
    )


def go_on(account: Account, subscription: Record) -> None:
    must_go_on(subscription)
    account.change(
        subscription,
        "customer.subscription.updated",
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        cancellation_details=because(subscription, None),
    )


def end(account: Account, subscription: Record, *, why: str = WISHED) -> Record:
    must_go_on(subscription)
    scheduling.release(account, subscription)
    account.change(
        subscription,
        status="canceled",
        canceled_at=subscription["canceled_at"] or account.now(),
        ended_at=account.now(),
        cancellation_details=because(subscription, why),
    )
    account.tell("customer.subscription.deleted", subscription)
    stop_asking(account, subscription)
    account.failing.discard(subscription["id"])
    return subscription


def stop_asking(account: Account, subscription: Record) -> None:
    """What is owed stays owed, and nobody charges for it by himself any more."""
    for invoice in account.of("invoice", status="open"):
        if collecting.subscription_of(account, invoice) is subscription:
            account.change(
                invoice, "invoice.updated", auto_advance=False, next_payment_attempt=None
            )


def because(subscription: Record, why: str | None) -> Record:
    return {**subscription["cancellation_details"], "reason": why}


def must_go_on(subscription: Record) -> None:
    if subscription["ended_at"]:
        raise RefusedError.unknown("subscription", subscription["id"], "id")
