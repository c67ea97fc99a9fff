"""Customers, and the cards they pay with."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import CREATED, PAGES, Call, Endpoint, listed, retrieve
from dev.doubles.stripe.form import Form

TEXTS = ("email", "name", "phone", "description")
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def make(account: Account, form: Form) -> Record:
    customer: Record = {
        "id": account.new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": account.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": account.new_id("X")[2:10].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    customer |= told(form, customer)
    return account.add(customer, "customer.created")


def told(form: Form, customer: Record) -> Record:
    values: Record = {name: form.text(name) or None for name in TEXTS if name in form}
    if "metadata" in form:
        merged = customer["metadata"] | form.metadata()
        values["metadata"] = {name: value for name, value in merged.items() if value}
    if "address" in form:
        address = form.part("address")
        values["address"] = {name: address.text(name) or None for name in ADDRESS}
    if "preferred_locales" in form:
        values["preferred_locales"] = form.texts("preferred_locales")
    if "tax_exempt" in form:
        values["tax_exempt"] = form.one_of("tax_exempt", ("none", "exempt", "reverse"))
    return values


def change(call: Call) -> Record:
    customer = call.account.get("customer", call.id)
    return call.account.change(customer, "customer.updated", **told(call.form, customer))


def add_card(account: Account, customer: Record, number: str) -> Record:
    """It becomes the one that later invoices are charged to."""
    last4 = number[-4:]
    card = account.add(
        {
            "id": account.new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": {
                "address": customer["address"],
                "email": customer["email"],
                "name": customer["name"],
                "phone": None,
                "tax_id": None,
            },
            "card": {
                "brand": "visa",
                "checks": None,
                "country": "US",
                "display_brand": "visa",
                "exp_month": 12,
                "exp_year": 2034,
                "funding": "credit",
                "last4": last4,
            },
            "created": account.now(),
            "customer": customer["id"],
            "livemode": False,
            "metadata": {},
            "type": "card",
        },
        "payment_method.attached",
    )
    settings = customer["invoice_settings"] | {"default_payment_method": card["id"]}
    account.change(customer, "customer.updated", invoice_settings=settings)
    return card


ACCEPTED = (
    *(*TEXTS, "metadata[*]", "preferred_locales[]", "tax_exempt"),
    *(f"address[{name}]" for name in ADDRESS),
)

ENDPOINTS = [
    Endpoint("POST", "/v1/customers", lambda call: make(call.account, call.form), ACCEPTED),
    Endpoint("GET", "/v1/customers", listed("customer", "email"), ("email", *PAGES, *CREATED)),
    Endpoint("GET", "/v1/customers/{id}", retrieve("customer")),
    Endpoint("POST", "/v1/customers/{id}", change, ACCEPTED),
    Endpoint("GET", "/v1/payment_methods/{id}", retrieve("payment_method")),
]
