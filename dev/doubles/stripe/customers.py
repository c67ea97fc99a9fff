"""Customers and their cards."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import Call, Endpoint, list_by, retrieve
from dev.doubles.stripe.form import Form


def create(account: Account, form: Form) -> Record:
    return account.create(
        "customer",
        "cus",
        "customer.created",
        address=None,
        balance=0,
        default_card=None,
        email=form.text("email") or None,
        invoice_prefix=account.new_id("X")[2:10].upper(),
        invoices=0,
        metadata=form.metadata(),
        name=form.text("name") or None,
        preferred_locales=[],
    )


def change(call: Call) -> Record:
    customer, form = call.account.get("customer", call.id), call.form
    values: Record = {name: form.text(name) for name in ("email", "name") if name in form}
    if "preferred_locales" in form:
        values["preferred_locales"] = form.texts("preferred_locales")
    return call.account.change(customer, "customer.updated", **values)


def add_card(account: Account, customer: Record, number: str) -> Record:
    """Add a card. Later invoices are charged to it."""
    card = account.create("payment_method", "pm", customer=customer["id"], last4=number[-4:])
    account.change(customer, "customer.updated", default_card=card["id"])
    return card


ENDPOINTS = [
    Endpoint("POST", "/v1/customers", lambda call: create(call.account, call.form)),
    Endpoint("GET", "/v1/customers", list_by("customer")),
    Endpoint("GET", "/v1/customers/{id}", retrieve("customer")),
    Endpoint("POST", "/v1/customers/{id}", change),
]
