"""Change to another plan: to a larger one now, to a smaller one with the next period."""

import copy

from dev.doubles.stripe import catalogue, invoices
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.invoices import Line
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import periods
from dev.doubles.stripe.subscriptions.renewing import charge_open_invoice


def change_plan(account: Account, subscription: Record, price: Record) -> None:
    """Change the plan. A smaller or shorter one begins later, as our portal configuration says."""
    if is_smaller(subscription["items"]["data"][0]["price"], price):
        account.change(subscription, "customer.subscription.updated", next_price=price["id"])
    else:
        change_price(account, subscription, price)


def is_smaller(present: Record, price: Record) -> bool:
    shorter = periods.later(0, price) < periods.later(0, present)
    return shorter or (
        price["recurring"] == present["recurring"] and price["unit_amount"] < present["unit_amount"]
    )


def change_price(account: Account, subscription: Record, price: Record) -> None:
    """Change the price now: credit the unused time of the old one, charge the new one.

    Another interval starts a new period."""
    if subscription["ended_at"]:
        raise RefusedError.invalid("A canceled subscription cannot be changed.")
    items = copy.deepcopy(subscription["items"])
    item = items["data"][0]
    if item["price"]["id"] == price["id"]:
        return
    is_new_period = item["price"]["recurring"] != price["recurring"]
    lines = _proration(account, item, price, is_new_period=is_new_period)
    item["price"] = price
    values: Record = {"items": items, "next_price": None}
    if is_new_period:
        now = account.now()
        item |= {"current_period_start": now, "current_period_end": periods.later(now, price)}
        values["billing_cycle_anchor"] = now
    account.change(subscription, "customer.subscription.updated", **values)
    invoice = invoices.draft(
        account,
        account.get("customer", subscription["customer"]),
        lines,
        reason="subscription_update",
        subscription=subscription,
    )
    invoices.finalize(account, invoice)
    account.change(subscription, "customer.subscription.updated", latest_invoice=invoice["id"])
    charge_open_invoice(account, subscription, invoice)


def _proration(account: Account, item: Record, price: Record, *, is_new_period: bool) -> list[Line]:
    old, now = item["price"], account.now()
    start, end = item["current_period_start"], item["current_period_end"]
    share = max(end - now, 0) / (end - start)
    unused = f"Unused time on {catalogue.name_of(account, old)}"
    credit = Line(-round(old["unit_amount"] * share), now, end, unused)
    name = catalogue.name_of(account, price)
    if is_new_period:
        return [credit, Line(price["unit_amount"], now, periods.later(now, price), name)]
    rest = round(price["unit_amount"] * share)
    return [credit, Line(rest, now, end, f"Remaining time on {name}")]
