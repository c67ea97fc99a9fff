"""What an invoice says: its lines, its sums, whom it is for."""

from collections.abc import Iterable
from dataclasses import dataclass

from dev.doubles.stripe import discounts
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import list_of

TAX = {
    "disabled_reason": None,
    "enabled": False,
    "liability": None,
    "provider": None,
    "status": None,
}
TAXED = TAX | {
    "enabled": True,
    "liability": {"type": "self"},
    "provider": "stripe",
    "status": "complete",
}


@dataclass(frozen=True)
class Line:
    price: Record
    amount: int
    start: int
    end: int
    description: str
    quantity: int = 1
    item: str | None = None  # of a subscription
    is_proration: bool = False


def draft(
    account: Account,
    customer: Record,
    lines: Iterable[Line],
    *,
    reason: str,
    subscription: Record | None = None,
    discount: Record | None = None,
    taxed: bool = False,
    metadata: dict[str, str] | None = None,
) -> Record:
    """Taxes are nothing here, and a credit balance of the customer's is used up first."""
    wanted, lines = account.new_id("in"), [*lines]
    subtotal = sum(line.amount for line in lines)
    off = 0
    if discount and subtotal > 0:
        coupon = account.get("coupon", discount["source"]["coupon"])
        off = discounts.taken_off(coupon, subtotal)
    total = subtotal - off
    due = max(total + customer["balance"], 0)
    starting_balance = customer["balance"]
    ending_balance = starting_balance + total - due
    account.change(customer, "customer.updated", balance=ending_balance)
    discounted = [{"amount": off, "discount": discount["id"]}] if discount and off else []
    invoice = {
        "id": wanted,
        "object": "invoice",
        "account_country": "US",
        "account_name": "Reputation Manager",
        "account_tax_ids": None,
        "amount_due": due,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": due,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {**(TAXED if taxed else TAX)},
        "automatically_finalizes_at": None,
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": account.now(),
        "currency": lines[0].price["currency"] if lines else "usd",
        "custom_fields": None,
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": None,
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [discount["id"]] if discount else [],
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": list_of(
            [line_record(account, line, wanted, subscription, discounted) for line in lines],
            f"/v1/invoices/{wanted}/lines",
        ),
        "livemode": False,
        "metadata": metadata or {},
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "parent": parent_of(subscription),
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": account.now(),
        "period_start": account.now(),
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": starting_balance,
        "statement_descriptor": None,
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "test_clock": None,
        "total": total,
        "total_discount_amounts": discounted,
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [{**each, "type": "discount"} for each in discounted],
        "total_taxes": [],
        "webhooks_delivered_at": account.now(),
    }
    return account.add(invoice, "invoice.created")


def parent_of(subscription: Record | None) -> Record | None:
    if not subscription:
        return None
    return {
        "quote_details": None,
        "subscription_details": {
            "metadata": subscription["metadata"],
            "subscription": subscription["id"],
        },
        "type": "subscription_details",
    }


def line_record(
    account: Account,
    line: Line,
    invoice: str,
    subscription: Record | None,
    discounted: list[Record],
) -> Record:
    proration = {
        "invoice_item": None,
        "proration": line.is_proration,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"] if subscription else None,
    }
    if line.item:
        parent = {
            "invoice_item_details": None,
            "subscription_item_details": {**proration, "subscription_item": line.item},
            "type": "subscription_item_details",
        }
    else:
        parent = {
            "invoice_item_details": {**proration, "invoice_item": account.new_id("ii")},
            "subscription_item_details": None,
            "type": "invoice_item_details",
        }
    return {
        "id": account.new_id("il"),
        "object": "line_item",
        "amount": line.amount,
        "currency": line.price["currency"],
        "description": line.description,
        "discount_amounts": discounted,
        "discountable": not line.is_proration,
        "discounts": [],
        "invoice": invoice,
        "livemode": False,
        "metadata": subscription["metadata"] if subscription else {},
        "parent": parent,
        "period": {"start": line.start, "end": line.end},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": line.price["id"], "product": line.price["product"]},
            "type": "price_details",
            "unit_amount_decimal": line.price["unit_amount_decimal"],
        },
        "quantity": line.quantity,
        "quantity_decimal": str(line.quantity),
        "subtotal": line.amount,
        "taxes": [],
    }
