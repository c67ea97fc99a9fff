"""A customer tells their bank that they did not mean to pay."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.problems import RefusedError

DAYS_TO_ANSWER = 9
DAY = 86_400


def open_dispute(account: Account, charge: Record, *, reason: str = "fraudulent") -> Record:
    if charge["disputed"]:
        raise RefusedError.invalid(f"Charge {charge['id']} is disputed already.")
    account.change(charge, "charge.updated", disputed=True)
    dispute = {
        "id": account.new_id("du"),
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": account.now() + DAYS_TO_ANSWER * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {"brand": "visa", "case_type": "chargeback", "network_reason_code": "10.4"},
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }
    account.add(dispute, "charge.dispute.created")
    account.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(account: Account, dispute: Record, *, won: bool) -> Record:
    if dispute["status"] in ("won", "lost"):
        raise RefusedError.invalid(f"Dispute {dispute['id']} is closed already.")
    account.change(dispute, "charge.dispute.closed", status="won" if won else "lost")
    if won:
        account.tell("charge.dispute.funds_reinstated", dispute)
    return dispute
