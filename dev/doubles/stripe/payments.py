"""Payments by card, refunds and disputes."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import Call, Endpoint, list_by, retrieve
from dev.doubles.stripe.problems import RefusedError

# The result of a test card, by its last four digits. Any other card pays.
DECLINED_AT_ONCE = {"0002", "9995"}
DECLINED_LATER = {"0341"}


def is_declined(card: Record, *, is_present: bool) -> bool:
    """Return whether the card is declined.

    `is_present` is True if the customer pays on a page, False if the card on file is charged.
    """
    last4 = card["last4"]
    return last4 in DECLINED_AT_ONCE or (last4 in DECLINED_LATER and not is_present)


def create_intent(
    account: Account,
    *,
    amount: int,
    currency: str,
    customer: str,
    metadata: dict[str, str] | None = None,
) -> Record:
    return account.create(
        "payment_intent",
        "pi",
        "payment_intent.created",
        amount=amount,
        amount_received=0,
        currency=currency,
        customer=customer,
        latest_charge=None,
        metadata=metadata or {},
        status="requires_payment_method",
    )


def charge(account: Account, intent: Record, *, declined: bool = False) -> bool:
    """Charge a card for the payment. Return whether it was paid."""
    charged = account.create(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_refunded=0,
        currency=intent["currency"],
        customer=intent["customer"],
        disputed=False,
        paid=not declined,
        payment_intent=intent["id"],
        refunded=False,
    )
    account.change(intent, latest_charge=charged["id"])
    if declined:
        account.emit("charge.failed", charged)
        account.emit("payment_intent.payment_failed", intent)
        return False
    account.emit("charge.succeeded", charged)
    account.change(intent, status="succeeded", amount_received=intent["amount"])
    account.emit("payment_intent.succeeded", intent)
    return True


def refund(account: Account, charge: Record, *, amount: int | None = None) -> Record:
    """Refund a payment, fully or partly."""
    left = charge["amount"] - charge["amount_refunded"]
    if not left or charge["disputed"]:
        raise RefusedError.invalid(f"Charge {charge['id']} cannot be refunded.")
    amount = left if amount is None else amount
    if not 1 <= amount <= left:
        raise RefusedError.invalid("A refund cannot be larger than what is left.", "amount")
    refunded = charge["amount_refunded"] + amount
    made = account.create(
        "refund",
        "re",
        "refund.created",
        amount=amount,
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        status="succeeded",
    )
    account.change(
        charge,
        "charge.refunded",
        amount_refunded=refunded,
        refunded=refunded == charge["amount"],
    )
    return made


def open_dispute(account: Account, charge: Record) -> Record:
    """Dispute a payment, as a customer does through their bank."""
    if charge["disputed"]:
        raise RefusedError.invalid(f"Charge {charge['id']} is disputed already.")
    account.change(charge, "charge.updated", disputed=True)
    dispute = account.create(
        "dispute",
        "du",
        "charge.dispute.created",
        amount=charge["amount"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        status="needs_response",
    )
    account.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(account: Account, dispute: Record, *, won: bool) -> Record:
    account.change(dispute, "charge.dispute.closed", status="won" if won else "lost")
    if won:
        account.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def change_intent(call: Call) -> Record:
    intent = call.account.get("payment_intent", call.id)
    return call.account.change(intent, metadata=intent["metadata"] | call.form.metadata())


ENDPOINTS = [
    Endpoint("GET", "/v1/payment_intents", list_by("payment_intent", "customer")),
    Endpoint("GET", "/v1/payment_intents/{id}", retrieve("payment_intent")),
    Endpoint("POST", "/v1/payment_intents/{id}", change_intent),
    Endpoint("GET", "/v1/refunds", list_by("refund", "payment_intent")),
    Endpoint("GET", "/v1/disputes", list_by("dispute", "payment_intent")),
]
