"""Purchases of a clinic, made with the official client."""

from typing import Any

from stripe import StripeClient
from stripe.checkout import Session

from tests.dev.doubles.stripe.stage import StripeDouble

SUCCESS_URL = "http://localhost:8000/billing/?done=1"


def create_customer(client: StripeClient) -> str:
    return str(client.v1.customers.create({"email": "owner@clinica.example"}).id)


def price_id(client: StripeClient, lookup_key: str) -> str:
    (price,) = client.v1.prices.list({"lookup_keys": [lookup_key]}).data
    return str(price.id)


def open_session(client: StripeClient, lookup_key: str, **more: Any) -> Session:
    price = client.v1.prices.retrieve(price_id(client, lookup_key))
    parameters = {
        "mode": "subscription" if price.recurring else "payment",
        "customer": create_customer(client),
        "success_url": SUCCESS_URL,
        "line_items": [{"price": price.id, "quantity": 1}],
        "allow_promotion_codes": True,
        **more,
    }
    sessions: Any = client.v1.checkout.sessions
    session: Session = sessions.create(parameters)
    return session


def subscribe(double: StripeDouble, lookup_key: str = "professional_monthly", **more: Any) -> str:
    session = open_session(double.client, lookup_key)
    double.pay(session.id, **more)
    return str(double.client.v1.checkout.sessions.retrieve(session.id).subscription)


def subscription_of(double: StripeDouble) -> Any:
    (subscription,) = double.client.v1.subscriptions.list({"status": "all"}).data
    return subscription


def event_types(double: StripeDouble) -> list[str]:
    return [event.type for event in double.events()]
