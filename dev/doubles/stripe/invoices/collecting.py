"""An invoice is made final, and the card is charged for it, more than once if need be."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.payments import charging

DAY = 86_400
# Days from one attempt to the next. After the last one the subscription ends.
RETRIES = (3, 5, 7)


def subscription_of(account: Account, invoice: Record) -> Record | None:
    if not invoice["parent"]:
        return None
    wanted = invoice["parent"]["subscription_details"]["subscription"]
    return account.get("subscription", wanted)


def finalize(account: Account, invoice: Record) -> Record:
    customer = account.get("customer", invoice["customer"])
    number = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = number + 1
    page = f"{account.url}/invoice/{invoice['id']}"
    account.change(
        invoice,
        number=f"{customer['invoice_prefix']}-{number:04}",
        status="open",
        effective_at=account.now(),
        ending_balance=customer["balance"],
        hosted_invoice_url=page,
        invoice_pdf=f"{page}/pdf",
        status_transitions=invoice["status_transitions"] | {"finalized_at": account.now()},
    )
    account.tell("invoice.finalized", invoice)
    return invoice


def attach_payment(account: Account, invoice: Record, intent: Record) -> Record:
    return account.add(
        {
            "id": account.new_id("inpay"),
            "object": "invoice_payment",
            "amount_paid": None,
            "amount_requested": intent["amount"],
            "created": account.now(),
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
    )


def payment_of(account: Account, invoice: Record) -> Record:
    """The payment intent of the invoice, made when it is first needed."""
    for payment in account.of("invoice_payment", invoice=invoice["id"]):
        return account.get("payment_intent", payment["payment"]["payment_intent"])
    first = invoice["billing_reason"] == "subscription_create"
    intent = charging.make_intent(
        account,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description="Subscription creation" if first else "Subscription update",
        receipt_email=invoice["customer_email"],
    )
    attach_payment(account, invoice, intent)
    return intent


def collect(
    account: Account, invoice: Record, card: Record, *, is_present: bool, declined: str = ""
) -> bool:
    """Whether it is paid now. `declined` says why the card is to be refused, whatever it is."""
    if invoice["amount_due"]:
        intent = payment_of(account, invoice)
        declined = declined or charging.reason_to_decline(card, is_present=is_present)
        attempts = invoice["attempt_count"] + 1
        account.change(invoice, attempted=True, attempt_count=attempts)
        if not charging.charge(account, intent, card, declined=declined):
            wait = RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
            account.change(invoice, next_payment_attempt=wait and account.now() + wait * DAY)
            account.tell("invoice.payment_failed", invoice)
            return False
    settle(account, invoice)
    return True


def settle(account: Account, invoice: Record) -> None:
    for payment in account.of("invoice_payment", invoice=invoice["id"]):
        account.change(
            payment,
            amount_paid=payment["amount_requested"],
            status="paid",
            status_transitions={"canceled_at": None, "paid_at": account.now()},
        )
        account.tell("invoice_payment.paid", payment)
    account.change(
        invoice,
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        attempted=True,
        auto_advance=False,
        next_payment_attempt=None,
        status_transitions=invoice["status_transitions"] | {"paid_at": account.now()},
    )
    account.tell("invoice.paid", invoice)
    account.tell("invoice.payment_succeeded", invoice)


def void(account: Account, invoice: Record) -> None:
    account.change(
        invoice,
        status="void",
        auto_advance=False,
        next_payment_attempt=None,
        status_transitions=invoice["status_transitions"] | {"voided_at": account.now()},
    )
    account.tell("invoice.voided", invoice)
