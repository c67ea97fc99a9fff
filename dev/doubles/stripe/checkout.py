"""Checkout sessions, and their payment by card."""

from typing import Any

from dev.doubles.stripe import catalogue, customers, invoices, payments
from dev.doubles.stripe.account import DAY, Account, Record
from dev.doubles.stripe.endpoints import Call, Endpoint, list_by, retrieve
from dev.doubles.stripe.invoices import Line
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import subscribing


def create(call: Call) -> Record:
    account, form = call.account, call.form
    customer = account.get("customer", form.required("customer"), param="customer")
    (item,) = form.parts("line_items")
    price = account.get("price", item.required("price"), param="line_items[0][price]")
    wanted = account.new_id("cs_test")
    return account.create(
        "checkout.session",
        "",
        id=wanted,
        allow_promotion_codes=form.flag("allow_promotion_codes"),
        amount=price["unit_amount"],
        cancel_url=form.text("cancel_url") or None,
        customer=customer["id"],
        has_invoice=form.part("invoice_creation").flag("enabled"),
        is_taxed=form.part("automatic_tax").flag("enabled"),
        locale=form.text("locale") or None,
        mode=form.required("mode"),
        payment_metadata=form.part("payment_intent_data").metadata(),
        price=price["id"],
        status="open",
        subscription_metadata=form.part("subscription_data").metadata(),
        success_url=form.required("success_url"),
        trial_days=form.part("subscription_data").number("trial_period_days"),
        url=f"{account.url}/pay/{wanted}",
    )


def expire(call: Call) -> Record:
    session = call.account.get("checkout.session", call.id)
    if session["status"] != "open":
        raise RefusedError.invalid(f"This Checkout Session is {session['status']}.")
    call.account.change(session, status="expired", url=None)
    call.account.emit("checkout.session.expired", session)
    return session


def pay(account: Account, session: Record, *, card: str, code: str = "") -> None:
    """Pay a session. A declined card leaves it open, so that another card can be tried."""
    if session["status"] != "open":
        raise RefusedError.invalid(f"This Checkout Session is {session['status']}.")
    promotion = _promotion(account, session, code)
    customer = account.get("customer", session["customer"])
    method = customers.add_card(account, customer, card)
    if payments.is_declined(method, is_present=True):
        raise RefusedError.declined()
    act = _subscribe if session["mode"] == "subscription" else _pay_once
    result = act(account, session, customer, method, promotion)
    account.change(session, status="complete", url=None)
    # As at Stripe, the event contains the session, which says what was bought.
    session.update(result)
    account.emit("checkout.session.completed", session)


def _promotion(account: Account, session: Record, code: str) -> Record | None:
    if not code.strip():
        return None
    promotion = catalogue.find_promotion(account, code)
    if not promotion or not session["allow_promotion_codes"]:
        raise RefusedError.invalid("This promotion code is invalid.", "promotion_code")
    return promotion


def _subscribe(
    account: Account, session: Record, customer: Record, card: Record, promotion: Record | None
) -> dict[str, Any]:
    days = session["trial_days"]
    subscription = subscribing.begin(
        account,
        customer,
        account.get("price", session["price"]),
        card,
        metadata=session["subscription_metadata"],
        promotion=promotion,
        trial_end=account.now() + days * DAY if days else None,
    )
    return {"subscription": subscription["id"], "invoice": subscription["latest_invoice"]}


def _pay_once(
    account: Account, session: Record, customer: Record, _card: Record, promotion: Record | None
) -> dict[str, Any]:
    amount = session["amount"] - catalogue.discount_of(promotion, session["amount"])
    price, now = account.get("price", session["price"]), account.now()
    intent = payments.create_intent(
        account,
        amount=amount,
        currency=price["currency"],
        customer=customer["id"],
        metadata=session["payment_metadata"],
    )
    payments.charge(account, intent)
    if not session["has_invoice"]:
        return {"payment_intent": intent["id"]}
    line = Line(session["amount"], now, now, catalogue.name_of(account, price))
    invoice = invoices.draft(account, customer, [line], reason="manual", promotion=promotion)
    invoices.finalize(account, invoice)
    invoices.attach_payment(account, invoice, intent)
    invoices.settle(account, invoice)
    return {"payment_intent": intent["id"], "invoice": invoice["id"]}


ENDPOINTS = [
    Endpoint("POST", "/v1/checkout/sessions", create),
    Endpoint("GET", "/v1/checkout/sessions", list_by("checkout.session", "customer", "status")),
    Endpoint("GET", "/v1/checkout/sessions/{id}", retrieve("checkout.session")),
    Endpoint("POST", "/v1/checkout/sessions/{id}/expire", expire),
]
