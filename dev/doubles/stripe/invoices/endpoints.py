from dev.doubles.stripe import customers
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import CREATED, PAGES, Call, Endpoint, page, retrieve
from dev.doubles.stripe.invoices import collecting
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import renewing


def list_invoices(call: Call) -> Record:
    form = call.form

    def fits(invoice: Record) -> bool:
        details = (invoice["parent"] or {}).get("subscription_details") or {}
        return (
            form.text("customer") in ("", invoice["customer"])
            and form.text("status") in ("", invoice["status"])
            and form.text("subscription") in ("", details.get("subscription"))
        )

    return page(call, [invoice for invoice in call.account.of("invoice") if fits(invoice)])


def lines(call: Call) -> Record:
    invoice = call.account.get("invoice", call.id)
    return page(call, reversed(invoice["lines"]["data"]))


def list_payments(call: Call) -> Record:
    form = call.form
    payment = form.part("payment")
    if "payment" in form and payment.required("type") != "payment_intent":
        raise RefusedError.invalid("Only payment intents are doubled.", "payment[type]")
    wanted = payment.text("payment_intent")
    return page(
        call,
        [
            one
            for one in call.account.of("invoice_payment")
            if form.text("invoice") in ("", one["invoice"])
            and form.text("status") in ("", one["status"])
            and wanted in ("", one["payment"]["payment_intent"])
        ],
    )


def pay(call: Call) -> Record:
    invoice = call.account.get("invoice", call.id)
    if invoice["status"] == "paid":
        raise RefusedError.invalid("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] != "open":
        raise RefusedError.invalid(f"This invoice is {invoice['status']}: it cannot be paid.")
    if not renewing.try_again(call.account, invoice):
        raise RefusedError.declined("generic_decline")
    return invoice


def pay_with(account: Account, invoice: Record, number: str) -> bool:
    """The customer pays what is open, with a card that stays on file."""
    customer = account.get("customer", invoice["customer"])
    card = customers.add_card(account, customer, number)
    paid = collecting.collect(account, invoice, card, is_present=True)
    if subscription := collecting.subscription_of(account, invoice):
        if paid:
            account.change(subscription, default_payment_method=card["id"])
        renewing.note_payment(account, subscription, paid=paid)
    return paid


ENDPOINTS = [
    Endpoint(
        "GET",
        "/v1/invoices",
        list_invoices,
        ("customer", "subscription", "status", *PAGES, *CREATED),
    ),
    Endpoint("GET", "/v1/invoices/{id}", retrieve("invoice")),
    Endpoint("GET", "/v1/invoices/{id}/lines", lines, PAGES),
    Endpoint("POST", "/v1/invoices/{id}/pay", pay),
    Endpoint(
        "GET",
        "/v1/invoice_payments",
        list_payments,
        ("invoice", "status", "payment[type]", "payment[payment_intent]", *PAGES, *CREATED),
    ),
    Endpoint("GET", "/v1/invoice_payments/{id}", retrieve("invoice_payment")),
]
