"""Stripe's customer portal, where a clinic changes its card or plan, or cancels."""

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


def open_portal(*, workspace: Workspace, by: User) -> str:
    """Return the URL of a portal session, which is valid for some minutes."""
    if not workspace.stripe_customer_id:
        raise ProblemError(_("Nothing was bought yet: choose a plan or a pack of credits first."))
    with stripe_client() as client:
        address = create_session(client, workspace.stripe_customer_id)
    audit.record(
        "subscription.manage", workspace, by=by, workspace_id=workspace.pk, name=workspace.name
    )
    return address


def portal_locale() -> Literal["es", "en"]:
    """The language of our pages for this person, not of their browser."""
    return "en" if (get_language() or "").startswith("en") else "es"


def create_session(
    client: StripeClient,
    customer: str,
    flow: SessionCreateParamsFlowData | None = None,
) -> str:
    parameters: SessionCreateParams = {
        "customer": customer,
        "return_url": settings.SITE_URL + reverse("billing"),
        "locale": portal_locale(),
    }
    if configuration := _our_configuration(client):
        parameters["configuration"] = configuration.id
    if flow:
        parameters["flow_data"] = flow
    return client.v1.billing_portal.sessions.create(parameters).url


def configure_portal() -> str:
    """Create or update what the portal offers. Return the configuration's id.

    A smaller plan begins with the next period: the present one is paid until then, and its credits
    were given already.
    """
    with stripe_client() as client:
        wanted = _configuration_parameters(client)
        if existing := _our_configuration(client):
            same = cast(ConfigurationUpdateParams, wanted)  # the same features, by another name
            client.v1.billing_portal.configurations.update(existing.id, same)
            return existing.id
        return client.v1.billing_portal.configurations.create(wanted).id


def _our_configuration(client: StripeClient) -> Configuration | None:
    """Find it by our metadata. Without one Stripe uses the configuration of the dashboard."""
    listed = client.v1.billing_portal.configurations.list({"active": True, "limit": 100})
    for each in listed.data:
        if each.metadata and each.metadata.to_dict().get("managed_by") == MANAGED_BY:
            return each
    return None


def _configuration_parameters(client: StripeClient) -> ConfigurationCreateParams:
    products: dict[str, list[str]] = {}
    for article in prices.list_articles():
        if article.interval:
            price = prices.find_price(client, article.price)
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
