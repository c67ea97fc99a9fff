"""Somebody pays a checkout session with a card."""

from dataclasses import dataclass

from dev.doubles.stripe import customers, discounts
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.checkout import sessions
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.invoices import collecting, drafting
from dev.doubles.stripe.invoices.drafting import Line
from dev.doubles.stripe.payments import charging
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import subscribing

EMAIL = "cliente@example.com"


@dataclass(frozen=True)
class Purchase:
    session: Record
    item: Record
    customer: Record
    card: Record
    wishes: Record
    discount: Record | None


def pay(account: Account, session: Record, *, card: str, code: str = "") -> None:
    """A refused card leaves the session open, for another one."""
    if session["status"] != "open":
        raise RefusedError.invalid(f"This Checkout Session is {session['status']}.")
    (item,) = sessions.items_of(account, session)
    promotion = promised(account, session, code)
    customer = payer(account, session)
    method = customers.add_card(account, customer, card)
    if declined := charging.reason_to_decline(method, is_present=True):
        refuse(account, customer, method, item, declined)
    discount = None
    if promotion:
        discount = discounts.redeem(
            account, promotion, customer=customer["id"], session=session["id"]
        )
        note_discount(account, session, item, discount)
    wishes = account.get("double.wishes", f"{session['id']}.wishes")
    purchase = Purchase(session, item, customer, method, wishes, discount)
    act = subscribe if session["mode"] == sessions.SUBSCRIPTION else pay_once
    account.change(session, **act(account, purchase))
    account.change(session, **completed(session, customer))
    account.tell("checkout.session.completed", session)


def promised(account: Account, session: Record, code: str) -> Record | None:
    if not code.strip():
        return None
    found = discounts.find_code(account, code)
    if not found or not session["allow_promotion_codes"]:
        raise RefusedError.invalid("This promotion code is invalid.", "promotion_code")
    return found


def completed(session: Record, customer: Record) -> Record:
    tax = session["automatic_tax"]
    return {
        "automatic_tax": {**tax, "status": "complete"} if tax["enabled"] else tax,
        "status": "complete",
        "url": None,
        "payment_status": "paid" if session["amount_total"] else "no_payment_required",
        "customer_details": {
            "address": customer["address"] or {"country": "EC"},
            "email": customer["email"],
            "name": customer["name"],
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    }


def payer(account: Account, session: Record) -> Record:
    if session["customer"]:
        return account.get("customer", session["customer"])
    customer = customers.make(account, Form({"email": session["customer_email"] or EMAIL}))
    account.change(session, customer=customer["id"])
    return customer


def refuse(account: Account, customer: Record, method: Record, item: Record, declined: str) -> None:
    intent = charging.make_intent(
        account,
        amount=item["amount_total"],
        currency=item["currency"],
        customer=customer["id"],
    )
    charging.charge(account, intent, method, declined=declined)
    raise RefusedError.declined(declined, charge=intent["latest_charge"])


def note_discount(account: Account, session: Record, item: Record, discount: Record) -> None:
    coupon = account.get("coupon", discount["source"]["coupon"])
    off = discounts.taken_off(coupon, session["amount_subtotal"])
    item |= {"amount_discount": off, "amount_total": item["amount_subtotal"] - off}
    account.change(
        session,
        amount_total=session["amount_subtotal"] - off,
        discounts=[{"coupon": None, "promotion_code": discount["promotion_code"]}],
        total_details={**session["total_details"], "amount_discount": off},
    )


def subscribe(account: Account, purchase: Purchase) -> Record:
    wishes, item = purchase.wishes["subscription"], purchase.item
    subscription = subscribing.begin(
        account,
        purchase.customer,
        item["price"],
        purchase.card,
        quantity=item["quantity"],
        metadata=wishes["metadata"],
        discount=purchase.discount,
        taxed=purchase.session["automatic_tax"]["enabled"],
        trial_end=wishes["trial_end"],
    )
    due_now = 0 if wishes["trial_end"] else purchase.session["amount_total"]
    return {
        "subscription": subscription["id"],
        "invoice": subscription["latest_invoice"],
        "amount_total": due_now,
    }


def pay_once(account: Account, purchase: Purchase) -> Record:
    intent = None
    if amount := purchase.session["amount_total"]:
        intent = charging.make_intent(
            account,
            amount=amount,
            currency=purchase.item["currency"],
            customer=purchase.customer["id"],
            receipt_email=purchase.customer["email"],
            **purchase.wishes["payment_intent"],
        )
        charging.charge(account, intent, purchase.card)
    invoice = None
    if purchase.wishes["invoice"]["enabled"]:
        invoice = invoice_paid(account, purchase, intent)
    return {
        "payment_intent": intent["id"] if intent else None,
        "invoice": invoice["id"] if invoice else None,
    }


def invoice_paid(account: Account, purchase: Purchase, intent: Record | None) -> Record:
    now, item = account.now(), purchase.item
    line = Line(
        item["price"], item["amount_subtotal"], now, now, item["description"], item["quantity"]
    )
    invoice = drafting.draft(
        account,
        purchase.customer,
        [line],
        reason="manual",
        discount=purchase.discount,
        taxed=purchase.session["automatic_tax"]["enabled"],
        metadata=purchase.wishes["invoice"]["metadata"],
    )
    collecting.finalize(account, invoice)
    if intent:
        collecting.attach_payment(account, invoice, intent)
    collecting.settle(account, invoice)
    return invoice
