"""What happens with time: new periods begin, and open invoices are charged again."""

import copy
from collections.abc import Callable, Iterator
from functools import partial

from dev.doubles.stripe import catalogue, customers, invoices
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.invoices import Line
from dev.doubles.stripe.subscriptions import cancelling, periods

Due = tuple[int, Callable[[], object]]


def catch_up(account: Account) -> None:
    """Do everything that is due, in order and each at its own time."""
    until, fixed = account.now(), account.clock.moment
    try:
        while upcoming := [due for due in _all_due(account) if due[0] <= until]:
            moment, act = min(upcoming, key=lambda due: due[0])
            account.clock.moment = moment
            act()
    finally:
        account.clock.moment = fixed


def _all_due(account: Account) -> Iterator[Due]:
    for subscription in account.of("subscription", ended_at=None):
        if end := subscription["cancel_at"]:
            yield end, partial(cancelling.end, account, subscription)
        else:
            end = cancelling.period_end(subscription)
            yield end, partial(_renew, account, subscription)
    for invoice in account.of("invoice", status="open"):
        if at := invoice["next_payment_attempt"]:
            yield at, partial(_try_again, account, invoice)


def _renew(account: Account, subscription: Record) -> None:
    items = copy.deepcopy(subscription["items"])
    (item,) = items["data"]
    start, anchor = item["current_period_end"], subscription["billing_cycle_anchor"]
    if subscription["next_price"]:
        price = account.get("price", subscription["next_price"])
        anchor = anchor if item["price"]["recurring"] == price["recurring"] else start
        item["price"] = price
    price = item["price"]
    item["current_period_start"] = start
    item["current_period_end"] = periods.end_after(start, price, anchor=anchor)
    was_trial = subscription["status"] == "trialing"
    account.change(
        subscription,
        "customer.subscription.updated",
        items=items,
        billing_cycle_anchor=anchor,
        next_price=None,
        status="active" if was_trial else subscription["status"],
    )
    name = catalogue.name_of(account, price)
    invoice = invoices.draft(
        account,
        account.get("customer", subscription["customer"]),
        [Line(price["unit_amount"], start, item["current_period_end"], name)],
        reason="subscription_cycle",
        subscription=subscription,
    )
    invoices.finalize(account, invoice)
    account.change(subscription, "customer.subscription.updated", latest_invoice=invoice["id"])
    charge_open_invoice(account, subscription, invoice)


def charge_open_invoice(account: Account, subscription: Record, invoice: Record) -> bool:
    """Charge the card on file, without the customer."""
    declined = bool(subscription["id"] in account.failing and invoice["amount_due"])
    if declined:
        account.failing.discard(subscription["id"])
    card = account.get("payment_method", subscription["default_card"])
    paid = invoices.collect(account, invoice, card, is_present=False, declined=declined)
    _note_payment(account, subscription, paid=paid)
    return paid


def pay_with(account: Account, invoice: Record, number: str) -> bool:
    """Pay an open invoice with a card, which is charged for later ones too."""
    customer = account.get("customer", invoice["customer"])
    card = customers.add_card(account, customer, number)
    paid = invoices.collect(account, invoice, card, is_present=True)
    if subscription := invoices.subscription_of(account, invoice):
        if paid:
            account.change(subscription, default_card=card["id"])
        _note_payment(account, subscription, paid=paid)
    return paid


def _note_payment(account: Account, subscription: Record, *, paid: bool) -> None:
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
        if invoices.subscription_of(account, invoice) is subscription
    ]


def _try_again(account: Account, invoice: Record) -> None:
    subscription = invoices.subscription_of(account, invoice)
    assert subscription
    is_paid = charge_open_invoice(account, subscription, invoice)
    if not is_paid and not invoice["next_payment_attempt"] and not subscription["ended_at"]:
        cancelling.end(account, subscription)


def bring_forward(account: Account, subscription: Record) -> None:
    """Begin the next period now, by moving the dates of the subscription back, not the clock."""
    cancelling.require_running(subscription)
    now = account.now()
    items = copy.deepcopy(subscription["items"])
    (item,) = items["data"]
    price, end = item["price"], item["current_period_end"]
    back = end - now
    past_periods = (end - subscription["start_date"]) / (end - item["current_period_start"])
    item["current_period_start"] = periods.later(now, price, -1)
    item["current_period_end"] = now
    account.change(
        subscription,
        items=items,
        billing_cycle_anchor=now,
        cancel_at=now if subscription["cancel_at"] else None,
        created=subscription["created"] - back,
        start_date=periods.later(now, price, -max(1, round(past_periods))),
        trial_end=now if subscription["status"] == "trialing" else subscription["trial_end"],
    )
    for invoice in account.of("invoice"):
        if invoices.subscription_of(account, invoice) is subscription:
            _move_back(invoice, back)
    catch_up(account)


def _move_back(invoice: Record, seconds: int) -> None:
    moments = invoice["status_transitions"]
    for values, names in (
        (invoice, ("created", "period_start", "period_end")),
        (moments, tuple(moments)),
        *((line["period"], ("start", "end")) for line in invoice["lines"]["data"]),
    ):
        for name in names:
            if values[name]:
                values[name] -= seconds
