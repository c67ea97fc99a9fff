"""Stripe's own pages where a clinic changes its card, its plan or its mind."""

from typing import Literal, cast

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from stripe import StripeClient
from stripe.billing_portal import Configuration
from stripe.params.billing_portal import (
    ConfigurationCreateParams,
    ConfigurationUpdateParams,
    SessionCreateParams,
    SessionCreateParamsFlowData,
)

from billing.stripe import prices
from billing.stripe.client import stripe_client
from core import audit
from core.errors import ProblemError
from workspaces.models import User, Workspace

MANAGED_BY = "reputation-manager"


def open(*, workspace: Workspace, by: User) -> str:
    """The address of the portal, good for some minutes."""
    if not workspace.stripe_customer_id:
        raise ProblemError(_("Nothing was bought yet: choose a plan or a pack of credits first."))
    with stripe_client() as client:
        address = session(client, workspace.stripe_customer_id)
    audit.record(
        "subscription.manage", workspace, by=by, workspace_id=workspace.pk, name=workspace.name
    )
    return address


def locale() -> Literal["es", "en"]:
    """The language in which the person reads our pages, whatever their browser asks for."""
    return "en" if (get_language() or "").startswith("en") else "es"


def session(
    client: StripeClient,
    customer: str,
    flow: SessionCreateParamsFlowData | None = None,
) -> str:
    asked: SessionCreateParams = {
        "customer": customer,
        "return_url": settings.SITE_URL + reverse("billing"),
        "locale": locale(),
    }
    if configuration := _ours(client):
        asked["configuration"] = configuration.id
    if flow:
        asked["flow_data"] = flow
    return client.v1.billing_portal.sessions.create(asked).url


def configure() -> str:
    """What the portal offers. A smaller plan begins with the next period: it was paid until then,
    and its credits are there already."""
    with stripe_client() as client:
        wished = _wished(client)
        if present := _ours(client):
            same = cast(ConfigurationUpdateParams, wished)  # the same features, by another name
            client.v1.billing_portal.configurations.update(present.id, same)
            return present.id
        return client.v1.billing_portal.configurations.create(wished).id


def _ours(client: StripeClient) -> Configuration | None:
    """Found by what we wrote on it; without one Stripe takes the dashboard's."""
    listed = client.v1.billing_portal.configurations.list({"active": True, "limit": 100})
    for each in listed.data:
        if each.metadata and each.metadata.to_dict().get("managed_by") == MANAGED_BY:
            return each
    return None


def _wished(client: StripeClient) -> ConfigurationCreateParams:
    products: dict[str, list[str]] = {}
    for article in prices.articles():
        if article.interval:
            price = prices.find(client, article.price)
            products.setdefault(article.product, []).append(price.id)
    return {
        "metadata": {"managed_by": MANAGED_BY},
        "default_return_url": settings.SITE_URL + reverse("billing"),
        "features": {
            "customer_update": {"enabled": True, "allowed_updates": ["email", "address", "tax_id"]},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
            "subscription_update": {
                "enabled": True,
                "default_allowed_updates": ["price", "promotion_code"],
                "proration_behavior": "always_invoice",
                "schedule_at_period_end": {
                    "conditions": [
                        {"type": "decreasing_item_amount"},
                        {"type": "shortening_interval"},
                    ]
                },
                "products": [
                    {"product": product, "prices": ids} for product, ids in products.items()
                ],
            },
        },
    }
