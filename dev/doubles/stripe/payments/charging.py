"""A payment intent, and the attempts to charge a card for it."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.problems import DECLINES

# What a test card does, by its last four digits; any other pays.
DECLINED_AT_ONCE = {"0002": "generic_decline", "9995": "insufficient_funds"}
DECLINED_LATER = {"0341": "generic_decline"}


def reason_to_decline(card: Record, *, is_present: bool) -> str:
    """Empty where it pays. `is_present`: somebody stands at the counter with it."""
    last4 = card["card"]["last4"]
    if reason := DECLINED_AT_ONCE.get(last4):
        return reason
    return "" if is_present else DECLINED_LATER.get(last4, "")


def make_intent(
    account: Account,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
    receipt_email: str | None = None,
) -> Record:
    wanted = account.new_id("pi")
    intent = {
        "id": wanted,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{wanted}_secret_{account.new_id('x')[2:]}",
        "confirmation_method": "automatic",
        "created": account.now(),
        "currency": currency,
        "customer": customer,
        "description": description,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": receipt_email,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    return account.add(intent, "payment_intent.created")


def charge(account: Account, intent: Record, card: Record, *, declined: str = "") -> bool:
    """Whether it was paid; `declined` says why it is not to be."""
    made = account.add(charge_of(account, intent, card, declined))
    if declined:
        account.tell("charge.failed", made)
        account.change(
            intent,
            status="requires_payment_method",
            latest_charge=made["id"],
            last_payment_error={
                "charge": made["id"],
                "code": "card_declined",
                "decline_code": declined,
                "doc_url": "https://stripe.com/docs/error-codes/card-declined",
                "message": DECLINES[declined],
                "payment_method": card,
                "type": "card_error",
            },
        )
        account.tell("payment_intent.payment_failed", intent)
        return False
    account.tell("charge.succeeded", made)
    account.change(
        intent,
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=made["id"],
        last_payment_error=None,
        payment_method=card["id"],
    )
    account.tell("payment_intent.succeeded", intent)
    return True


def charge_of(account: Account, intent: Record, card: Record, declined: str) -> Record:
    wanted = account.new_id("ch")
    message = DECLINES[declined] if declined else None
    return {
        "id": wanted,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0 if declined else intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None if declined else account.new_id("txn"),
        "billing_details": card["billing_details"],
        "calculated_statement_descriptor": "REPUTATION MANAGER",
        "captured": not declined,
        "created": account.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": "card_declined" if declined else None,
        "failure_message": message,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "declined_by_network" if declined else "approved_by_network",
            "reason": declined or None,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": message or "Payment complete.",
            "type": "issuer_declined" if declined else "authorized",
        },
        "paid": not declined,
        "payment_intent": intent["id"],
        "payment_method": card["id"],
        "payment_method_details": {"card": card["card"], "type": "card"},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None if declined else f"{account.url}/receipt/{wanted}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "failed" if declined else "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }
