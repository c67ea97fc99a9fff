from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import CREATED, PAGES, Call, Endpoint, listed, retrieve
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.payments import disputes, refunds
from dev.doubles.stripe.problems import RefusedError


def paid_charge(account: Account, form: Form) -> Record:
    """Named by itself, or by the payment that it is the last attempt at."""
    if "charge" in form:
        return account.get("charge", form.required("charge"), param="charge")
    wanted = form.required("payment_intent")
    intent = account.get("payment_intent", wanted, param="payment_intent")
    if intent["status"] != "succeeded":
        raise RefusedError.invalid(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            "payment_intent",
        )
    return account.get("charge", intent["latest_charge"])


def make_refund(call: Call) -> Record:
    form = call.form
    return refunds.refund(
        call.account,
        paid_charge(call.account, form),
        amount=form.number("amount"),
        reason=form.one_of("reason", refunds.REASONS),
        metadata=form.metadata(),
    )


def change_intent(call: Call) -> Record:
    intent, form = call.account.get("payment_intent", call.id), call.form
    values: Record = {}
    if "metadata" in form:
        values["metadata"] = intent["metadata"] | form.metadata()
    if "description" in form:
        values["description"] = form.text("description") or None
    return call.account.change(intent, **values)


def close_dispute(call: Call) -> Record:
    """Giving in: whoever closes it has lost it."""
    return disputes.close(call.account, call.account.get("dispute", call.id), won=False)


LISTED = (*PAGES, *CREATED)

ENDPOINTS = [
    Endpoint(
        "GET", "/v1/payment_intents", listed("payment_intent", "customer"), ("customer", *LISTED)
    ),
    Endpoint("GET", "/v1/payment_intents/{id}", retrieve("payment_intent")),
    Endpoint("POST", "/v1/payment_intents/{id}", change_intent, ("metadata[*]", "description")),
    Endpoint(
        "GET",
        "/v1/charges",
        listed("charge", "customer", "payment_intent"),
        ("customer", "payment_intent", *LISTED),
    ),
    Endpoint("GET", "/v1/charges/{id}", retrieve("charge")),
    Endpoint(
        "POST",
        "/v1/refunds",
        make_refund,
        ("charge", "payment_intent", "amount", "reason", "metadata[*]"),
    ),
    Endpoint(
        "GET",
        "/v1/refunds",
        listed("refund", "charge", "payment_intent"),
        ("charge", "payment_intent", *LISTED),
    ),
    Endpoint("GET", "/v1/refunds/{id}", retrieve("refund")),
    Endpoint(
        "GET",
        "/v1/disputes",
        listed("dispute", "charge", "payment_intent"),
        ("charge", "payment_intent", *LISTED),
    ),
    Endpoint("GET", "/v1/disputes/{id}", retrieve("dispute")),
    Endpoint("POST", "/v1/disputes/{id}/close", close_dispute),
]
