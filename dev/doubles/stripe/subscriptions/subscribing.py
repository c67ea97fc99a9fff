"""A subscription begins: its record, its first invoice, its first payment."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import list_of
from dev.doubles.stripe.invoices import collecting, drafting
from dev.doubles.stripe.invoices.drafting import Line
from dev.doubles.stripe.subscriptions import periods


def begin(
    account: Account,
    customer: Record,
    price: Record,
    card: Record,
    *,
    quantity: int = 1,
    metadata: dict[str, str] | None = None,
    discount: Record | None = None,
    taxed: bool = False,
    trial_end: int | None = None,
) -> Record:
    now = account.now()
    end = trial_end or periods.later(now, price)
    subscription = shape(
        account, customer, price, card, quantity=quantity, end=end, metadata=metadata or {}
    )
    subscription |= {
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": taxed,
            "liability": {"type": "self"} if taxed else None,
        },
        "billing_cycle_anchor": trial_end or now,
        "discounts": [discount["id"]] if discount else [],
        "trial_start": now if trial_end else None,
        "trial_end": trial_end,
    }
    account.add(subscription, "customer.subscription.created")
    if discount:
        account.change(discount, subscription=subscription["id"])
    account.change(customer, "customer.updated", currency=price["currency"])
    item = subscription["items"]["data"][0]
    amount = 0 if trial_end else price["unit_amount"] * quantity
    line = Line(price, amount, now, end, named(account, price), quantity, item["id"])
    invoice = drafting.draft(
        account,
        customer,
        [line],
        reason="subscription_create",
        subscription=subscription,
        discount=discount,
        taxed=taxed,
    )
    collecting.finalize(account, invoice)
    collecting.collect(account, invoice, card, is_present=True)
    return account.change(
        subscription,
        "customer.subscription.updated",
        status="trialing" if trial_end else "active",
        latest_invoice=invoice["id"],
    )


def named(account: Account, price: Record) -> str:
    name: str = account.get("product", price["product"])["name"]
    return name


def shape(
    account: Account,
    customer: Record,
    price: Record,
    card: Record,
    *,
    quantity: int,
    end: int,
    metadata: dict[str, str],
) -> Record:
    wanted, now = account.new_id("sub"), account.now()
    item: Record = {
        "id": account.new_id("si"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": end,
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        "plan": plan_of(price),
        "price": price,
        "quantity": quantity,
        "subscription": wanted,
        "tax_rates": [],
    }
    return {
        "id": wanted,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "billing_cycle_anchor_config": None,
        "billing_mode": {
            "flexible": {"proration_discounts": "included"},
            "type": "flexible",
        },
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": now,
        "currency": price["currency"],
        "customer": customer["id"],
        "days_until_due": None,
        "default_payment_method": card["id"],
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": list_of([item], f"/v1/subscription_items?subscription={wanted}"),
        "latest_invoice": None,
        "livemode": False,
        "metadata": metadata,
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": now,
        "status": "incomplete",
        "test_clock": None,
        "transfer_data": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    }


def plan_of(price: Record) -> Record:
    """What prices were before they were called so; items still show it."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
