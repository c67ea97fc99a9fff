"""Money given back, in whole or in part."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.problems import RefusedError

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def refund(
    account: Account,
    charge: Record,
    *,
    amount: int | None = None,
    reason: str = "",
    metadata: dict[str, str] | None = None,
) -> Record:
    left = charge["amount_captured"] - charge["amount_refunded"]
    if not left:
        raise RefusedError.invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if charge["disputed"]:
        raise RefusedError.invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    amount = left if amount is None else amount
    if amount < 1:
        raise RefusedError.invalid("Invalid positive integer", "amount")
    if amount > left:
        raise RefusedError.invalid(
            f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge"
            f" (${left / 100:.2f})",
            "amount",
        )
    refunded = charge["amount_refunded"] + amount
    made = account.add(
        {
            "id": account.new_id("re"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": account.new_id("txn"),
            "charge": charge["id"],
            "created": account.now(),
            "currency": charge["currency"],
            "destination_details": {
                "card": {
                    "reference_status": "pending",
                    "reference_type": "acquirer_reference_number",
                    "type": "refund",
                },
                "type": "card",
            },
            "metadata": metadata or {},
            "payment_intent": charge["payment_intent"],
            "reason": reason or None,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        },
        "refund.created",
    )
    account.change(
        charge,
        "charge.refunded",
        amount_refunded=refunded,
        refunded=refunded == charge["amount_captured"],
    )
    return made
