"""Begin a subscription: its record, first invoice and first payment."""

from dev.doubles.stripe import catalogue, invoices
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import list_of
from dev.doubles.stripe.invoices import Line
from dev.doubles.stripe.subscriptions import periods


def begin(
    account: Account,
    customer: Record,
    price: Record,
    card: Record,
    *,
    metadata: dict[str, str] | None = None,
    promotion: Record | None = None,
    trial_end: int | None = None,
) -> Record:
    now = account.now()
    end = trial_end or periods.later(now, price)
    item = {
        "id": account.new_id("si"),
        "object": "subscription_item",
        "current_period_end": end,
        "current_period_start": now,
        "price": price,
    }
    subscription = account.create(
        "subscription",
        "sub",
        "customer.subscription.created",
        billing_cycle_anchor=trial_end or now,
        cancel_at=None,
        cancel_at_period_end=False,
        currency=price["currency"],
        customer=customer["id"],
        default_card=card["id"],
        ended_at=None,
        items=list_of([item], ""),
        latest_invoice=None,
        metadata=metadata or {},
        next_price=None,
        start_date=now,
        status="incomplete",
        trial_end=trial_end,
    )
    amount = 0 if trial_end else price["unit_amount"]
    invoice = invoices.draft(
        account,
        customer,
        [Line(amount, now, end, catalogue.name_of(account, price))],
        reason="subscription_create",
        subscription=subscription,
        promotion=promotion,
    )
    invoices.finalize(account, invoice)
    invoices.collect(account, invoice, card, is_present=True)
    return account.change(
        subscription,
        "customer.subscription.updated",
        status="trialing" if trial_end else "active",
        latest_invoice=invoice["id"],
    )
