"""Invoices, their lines, and the attempts to charge the card."""

from collections.abc import Iterable
from dataclasses import dataclass

from dev.doubles.stripe import catalogue, payments
from dev.doubles.stripe.account import DAY, Account, Record
from dev.doubles.stripe.endpoints import Call, Endpoint, list_of, page

# Days from one attempt to the next. After the last one the subscription ends.
RETRIES = (3, 5, 7)


@dataclass(frozen=True)
class Line:
    amount: int
    start: int
    end: int
    description: str


def draft(
    account: Account,
    customer: Record,
    lines: Iterable[Line],
    *,
    reason: str,
    subscription: Record | None = None,
    promotion: Record | None = None,
) -> Record:
    """Create an invoice. Taxes are always 0, and the customer's balance is used first."""
    lines = [*lines]
    subtotal = sum(line.amount for line in lines)
    total = subtotal - catalogue.discount_of(promotion, subtotal)
    due = max(total + customer["balance"], 0)
    account.change(customer, "customer.updated", balance=customer["balance"] + total - due)
    details = {"subscription": subscription["id"]} if subscription else None
    return account.create(
        "invoice",
        "in",
        "invoice.created",
        amount_due=due,
        amount_paid=0,
        attempt_count=0,
        billing_reason=reason,
        currency="usd",
        customer=customer["id"],
        customer_name=customer["name"],
        hosted_invoice_url=None,
        invoice_pdf=None,
        lines=list_of((line_record(line) for line in lines), ""),
        next_payment_attempt=None,
        number=None,
        parent={"subscription_details": details} if details else None,
        period_end=account.now(),
        period_start=account.now(),
        status="draft",
        status_transitions={"finalized_at": None, "paid_at": None},
        subtotal=subtotal,
        total=total,
    )


def line_record(line: Line) -> Record:
    return {
        "object": "line_item",
        "amount": line.amount,
        "description": line.description,
        "period": {"start": line.start, "end": line.end},
    }


def subscription_of(account: Account, invoice: Record) -> Record | None:
    if not invoice["parent"]:
        return None
    return account.get("subscription", invoice["parent"]["subscription_details"]["subscription"])


def finalize(account: Account, invoice: Record) -> Record:
    customer = account.get("customer", invoice["customer"])
    customer["invoices"] += 1
    page_url = f"{account.url}/invoice/{invoice['id']}"
    account.change(
        invoice,
        number=f"{customer['invoice_prefix']}-{customer['invoices']:04}",
        status="open",
        hosted_invoice_url=page_url,
        invoice_pdf=page_url,
        status_transitions=invoice["status_transitions"] | {"finalized_at": account.now()},
    )
    account.emit("invoice.finalized", invoice)
    return invoice


def attach_payment(account: Account, invoice: Record, intent: Record) -> Record:
    payment = {"type": "payment_intent", "payment_intent": intent["id"]}
    return account.create(
        "invoice_payment", "inpay", invoice=invoice["id"], payment=payment, status="open"
    )


def payment_of(account: Account, invoice: Record) -> Record:
    """Return the invoice's payment intent. It is created when it is first needed."""
    for payment in account.of("invoice_payment", invoice=invoice["id"]):
        return account.get("payment_intent", payment["payment"]["payment_intent"])
    intent = payments.create_intent(
        account,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
    )
    attach_payment(account, invoice, intent)
    return intent


def collect(
    account: Account, invoice: Record, card: Record, *, is_present: bool, declined: bool = False
) -> bool:
    """Charge the card, which test cards and faults decline. Return whether the invoice is paid."""
    if invoice["amount_due"]:
        intent = payment_of(account, invoice)
        declined = declined or payments.is_declined(card, is_present=is_present)
        attempts = invoice["attempt_count"] + 1
        account.change(invoice, attempt_count=attempts)
        if not payments.charge(account, intent, declined=declined):
            wait = RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
            account.change(invoice, next_payment_attempt=wait and account.now() + wait * DAY)
            account.emit("invoice.payment_failed", invoice)
            return False
    settle(account, invoice)
    return True


def settle(account: Account, invoice: Record) -> None:
    for payment in account.of("invoice_payment", invoice=invoice["id"]):
        account.change(payment, "invoice_payment.paid", status="paid")
    account.change(
        invoice,
        status="paid",
        amount_paid=invoice["amount_due"],
        next_payment_attempt=None,
        status_transitions=invoice["status_transitions"] | {"paid_at": account.now()},
    )
    account.emit("invoice.paid", invoice)
    account.emit("invoice.payment_succeeded", invoice)


def list_invoices(call: Call) -> Record:
    form = call.form

    def fits(invoice: Record) -> bool:
        details = (invoice["parent"] or {}).get("subscription_details") or {}
        return (
            form.text("customer") in ("", invoice["customer"])
            and form.text("status") in ("", invoice["status"])
            and form.text("subscription") in ("", details.get("subscription"))
        )

    return page(call, filter(fits, call.account.of("invoice")))


def list_payments(call: Call) -> Record:
    invoice, intent = call.form.text("invoice"), call.form.part("payment").text("payment_intent")
    return page(
        call,
        (
            each
            for each in call.account.of("invoice_payment")
            if invoice in ("", each["invoice"])
            and intent in ("", each["payment"]["payment_intent"])
        ),
    )


ENDPOINTS = [
    Endpoint("GET", "/v1/invoices", list_invoices),
    Endpoint("GET", "/v1/invoice_payments", list_payments),
]
