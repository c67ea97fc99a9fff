"""Another plan in the middle of a period: what is unused is given back, what is new is paid."""

import copy

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.invoices import collecting, drafting
from dev.doubles.stripe.invoices.drafting import Line
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import periods, scheduling
from dev.doubles.stripe.subscriptions.renewing import charge_open_invoice
from dev.doubles.stripe.subscriptions.subscribing import named, plan_of

LATER, AT_ONCE, NEVER = "create_prorations", "always_invoice", "none"
PRORATIONS = (LATER, AT_ONCE, NEVER)
ENDED = ("canceled", "incomplete_expired")


def change_price(
    account: Account, subscription: Record, price: Record, *, proration: str = LATER
) -> None:
    """Another rhythm starts a period of its own, which is paid at once."""
    if subscription["status"] in ENDED:
        raise RefusedError.invalid(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    if not price["recurring"]:
        raise RefusedError.invalid(
            f"The price specified is set to `type=one_time` but this field only accepts prices with"
            f" `type=recurring`: {price['id']}",
            "items[0][price]",
        )
    items = copy.deepcopy(subscription["items"])
    item = items["data"][0]
    old = item["price"]
    if old["id"] == price["id"]:
        return
    begins_anew = old["recurring"] != price["recurring"]
    lines = prorated(account, item, price, begins_anew=begins_anew)
    scheduling.release(account, subscription)
    item |= {"price": price, "plan": plan_of(price)}
    values: Record = {"items": items}
    if begins_anew:
        now = account.now()
        item |= {
            "current_period_start": now,
            "current_period_end": periods.later(now, price),
        }
        values["billing_cycle_anchor"] = now
    account.change(subscription, "customer.subscription.updated", **values)
    if proration == NEVER:
        lines = [line for line in lines if not line.is_proration]
    if proration == AT_ONCE or begins_anew:
        invoice_now(account, subscription, lines)
    else:
        for line in lines:
            keep(account, subscription, line)


def prorated(account: Account, item: Record, price: Record, *, begins_anew: bool) -> list[Line]:
    old, now, quantity = item["price"], account.now(), item["quantity"]
    start, end = item["current_period_start"], item["current_period_end"]
    share = max(end - now, 0) / (end - start)

    def line(of: Record, amount: int, until: int, words: str, *, is_proration: bool) -> Line:
        text = words.format(named(account, of))
        return Line(of, amount, now, until, text, quantity, item["id"], is_proration)

    back = -round(old["unit_amount"] * quantity * share)
    unused = line(old, back, end, "Unused time on {}", is_proration=True)
    if begins_anew:
        full = price["unit_amount"] * quantity
        until = periods.later(now, price)
        return [unused, line(price, full, until, "{}", is_proration=False)]
    rest = round(price["unit_amount"] * quantity * share)
    return [unused, line(price, rest, end, "Remaining time on {}", is_proration=True)]


def keep(account: Account, subscription: Record, line: Line) -> None:
    """It waits for the next invoice."""
    account.add(
        {
            "id": account.new_id("ii"),
            "object": "invoiceitem",
            "amount": line.amount,
            "currency": line.price["currency"],
            "customer": subscription["customer"],
            "date": account.now(),
            "description": line.description,
            "discountable": False,
            "discounts": [],
            "invoice": None,
            "livemode": False,
            "metadata": {},
            "parent": {
                "subscription_details": {
                    "subscription": subscription["id"],
                    "subscription_item": line.item,
                },
                "type": "subscription_details",
            },
            "period": {"start": line.start, "end": line.end},
            "pricing": {
                "price_details": {"price": line.price["id"], "product": line.price["product"]},
                "type": "price_details",
                "unit_amount_decimal": line.price["unit_amount_decimal"],
            },
            "proration": True,
            "quantity": line.quantity,
            "tax_rates": [],
            "test_clock": None,
        },
        "invoiceitem.created",
    )


def invoice_now(account: Account, subscription: Record, lines: list[Line]) -> None:
    customer = account.get("customer", subscription["customer"])
    invoice = drafting.draft(
        account,
        customer,
        lines,
        reason="subscription_update",
        subscription=subscription,
        taxed=subscription["automatic_tax"]["enabled"],
    )
    collecting.finalize(account, invoice)
    account.change(subscription, "customer.subscription.updated", latest_invoice=invoice["id"])
    charge_open_invoice(account, subscription, invoice)
