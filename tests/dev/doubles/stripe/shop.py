"""What a clinic would buy, asked for with the official client."""

from typing import Any

from stripe import StripeClient
from stripe.checkout import Session

from tests.dev.doubles.stripe.stage import StripeDouble

BACK = "http://localhost:8000/billing/?done=1"


def customer(client: StripeClient, **more: Any) -> str:
    customers: Any = client.v1.customers
    made = customers.create({"email": "owner@clinica.example", **more})
    return str(made.id)


def price_of(client: StripeClient, lookup_key: str) -> str:
    (found,) = client.v1.prices.list({"lookup_keys": [lookup_key]}).data
    return str(found.id)


def session(client: StripeClient, lookup_key: str, **more: Any) -> Session:
    price = client.v1.prices.retrieve(price_of(client, lookup_key))
    wanted = {
        "mode": "subscription" if price.recurring else "payment",
        "customer": customer(client),
        "success_url": BACK,
        "line_items": [{"price": price.id, "quantity": 1}],
        "allow_promotion_codes": True,
        **more,
    }
    sessions: Any = client.v1.checkout.sessions
    made: Session = sessions.create(wanted)
    return made


def subscribed(double: StripeDouble, lookup_key: str = "professional_monthly", **more: Any) -> str:
    bought = session(double.client, lookup_key)
    double.pay(bought.id, **more)
    return str(double.client.v1.checkout.sessions.retrieve(bought.id).subscription)


def types(double: StripeDouble) -> list[str]:
    return [event.type for event in double.events()]
