"""What time brings: periods end and begin, open invoices are tried again, the unpaid end."""

import copy
from collections.abc import Callable, Iterator
from functools import partial

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.invoices import collecting, drafting
from dev.doubles.stripe.invoices.drafting import Line
from dev.doubles.stripe.subscriptions import cancelling, periods, scheduling
from dev.doubles.stripe.subscriptions.subscribing import named, plan_of

FAILING = "generic_decline"

Due = tuple[int, Callable[[], object]]


def catch_up(account: Account) -> None:
    """Everything that fell due, each at its own moment, the earliest first."""
    until, fixed = account.now(), account.clock.moment
    try:
        while upcoming := [due for due in all_due(account) if due[0] <= until]:
            moment, act = min(upcoming, key=lambda due: due[0])
            account.clock.moment = moment
            act()
    finally:
        account.clock.moment = fixed


def all_due(account: Account) -> Iterator[Due]:
    for subscription in account.of("subscription", ended_at=None):
        end = subscription["cancel_at"]
        if end:
            yield end, partial(cancelling.end, account, subscription)
        else:
            end = cancelling.period_end(subscription)
            yield end, partial(renew, account, subscription)
    for invoice in account.of("invoice", status="open"):
        if at := invoice["next_payment_attempt"]:
            yield at, partial(try_again, account, invoice)


def renew(account: Account, subscription: Record) -> None:
    items = copy.deepcopy(subscription["items"])
    anchor = subscription["billing_cycle_anchor"]
    planned = scheduling.next_price(account, subscription)
    for item in items["data"]:
        start = item["current_period_end"]
        if planned:
            anchor = anchor if item["price"]["recurring"] == planned["recurring"] else start
            item |= {"price": planned, "plan": plan_of(planned)}
        item["current_period_start"] = start
        item["current_period_end"] = periods.end_after(start, item["price"], anchor=anchor)
    was_trial = subscription["status"] == "trialing"
    scheduling.release(account, subscription)
    account.change(
        subscription,
        "customer.subscription.updated",
        items=items,
        billing_cycle_anchor=anchor,
        status="active" if was_trial else subscription["status"],
    )
    invoice = drafting.draft(
        account,
        account.get("customer", subscription["customer"]),
        [*waiting_lines(account, subscription), *period_lines(account, subscription)],
        reason="subscription_cycle",
        subscription=subscription,
        discount=lasting_discount(account, subscription),
        taxed=subscription["automatic_tax"]["enabled"],
    )
    for waiting in waiting_items(account, subscription):
        account.change(waiting, invoice=invoice["id"])
    collecting.finalize(account, invoice)
    account.change(subscription, "customer.subscription.updated", latest_invoice=invoice["id"])
    charge_open_invoice(account, subscription, invoice)


def period_lines(account: Account, subscription: Record) -> Iterator[Line]:
    for item in subscription["items"]["data"]:
        price = item["price"]
        yield Line(
            price,
            price["unit_amount"] * item["quantity"],
            item["current_period_start"],
            item["current_period_end"],
            named(account, price),
            item["quantity"],
            item["id"],
        )


def waiting_items(account: Account, subscription: Record) -> list[Record]:
    return [
        item
        for item in account.of("invoiceitem", invoice=None)
        if item["parent"]["subscription_details"]["subscription"] == subscription["id"]
    ]


def waiting_lines(account: Account, subscription: Record) -> Iterator[Line]:
    for item in waiting_items(account, subscription):
        yield Line(
            account.get("price", item["pricing"]["price_details"]["price"]),
            item["amount"],
            item["period"]["start"],
            item["period"]["end"],
            item["description"],
            item["quantity"],
            item["parent"]["subscription_details"]["subscription_item"],
            is_proration=True,
        )


def lasting_discount(account: Account, subscription: Record) -> Record | None:
    for wanted in subscription["discounts"]:
        discount = account.get("discount", wanted)
        if account.get("coupon", discount["source"]["coupon"])["duration"] != "once":
            return discount
    return None


def charge_open_invoice(account: Account, subscription: Record, invoice: Record) -> bool:
    """The card on file, with nobody beside it."""
    declined = ""
    if subscription["id"] in account.failing and invoice["amount_due"]:
        account.failing.discard(subscription["id"])
        declined = FAILING
    card = account.get("payment_method", subscription["default_payment_method"])
    paid = collecting.collect(account, invoice, card, is_present=False, declined=declined)
    note_payment(account, subscription, paid=paid)
    return paid


def note_payment(account: Account, subscription: Record, *, paid: bool) -> None:
    if subscription["ended_at"]:
        return
    status = subscription["status"]
    if paid and status == "past_due" and not open_invoices(account, subscription):
        status = "active"
    elif not paid:
        status = "past_due"
    account.change(subscription, "customer.subscription.updated", status=status)


def open_invoices(account: Account, subscription: Record) -> list[Record]:
    return [
        invoice
        for invoice in account.of("invoice", status="open")
        if collecting.subscription_of(account, invoice) is subscription
    ]


def try_again(account: Account, invoice: Record) -> bool:
    subscription = collecting.subscription_of(account, invoice)
    assert subscription
    if charge_open_invoice(account, subscription, invoice):
        return True
    if not invoice["next_payment_attempt"] and not subscription["ended_at"]:
        cancelling.end(account, subscription, why=cancelling.UNPAID)
    return False


def bring_forward(account: Account, subscription: Record) -> None:
    """On to the next period as if it began now: the past moves back, the clock stays."""
    cancelling.must_go_on(subscription)
    now = account.now()
    items = copy.deepcopy(subscription["items"])
    (item,) = items["data"]
    price, end = item["price"], item["current_period_end"]
    back = end - now
    periods_past = (end - subscription["start_date"]) / (end - item["current_period_start"])
    item["current_period_start"] = periods.later(now, price, -1)
    item["current_period_end"] = now
    account.change(
        subscription,
        items=items,
        billing_cycle_anchor=now,
        cancel_at=now if subscription["cancel_at"] else None,
        created=subscription["created"] - back,
        start_date=periods.later(now, price, -max(1, round(periods_past))),
        trial_end=now if subscription["status"] == "trialing" else subscription["trial_end"],
    )
    for invoice in account.of("invoice"):
        if collecting.subscription_of(account, invoice) is subscription:
            move_back(invoice, back)
    catch_up(account)


def move_back(invoice: Record, seconds: int) -> None:
    for name in ("created", "period_start", "period_end", "effective_at"):
        if invoice[name]:
            invoice[name] -= seconds
    moments = invoice["status_transitions"]
    for name in moments:
        if moments[name]:
            moments[name] -= seconds
    for line in invoice["lines"]["data"]:
        line["period"]["start"] -= seconds
        line["period"]["end"] -= seconds
