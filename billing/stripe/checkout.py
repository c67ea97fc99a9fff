"""Open Stripe's pages where a clinic pays for a plan or for a pack of credits."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from stripe import StripeClient
from stripe import Subscription as StripeSubscription
from stripe.params.checkout import SessionCreateParams

from billing.stripe import customers, portal, prices
from billing.stripe.client import stripe_client
from billing.stripe.subscription_states import MAY_CHARGE
from core import audit
from core.errors import ProblemError
from workspaces import support
from workspaces.models import Plan, User, Workspace
from workspaces.plans import PLANS, Pack, Price


def choose_plan(*, workspace: Workspace, plan: Plan, yearly: bool, by: User) -> str:
    """Return the URL where to pay, or to change a subscription that the workspace already has."""
    price = _price_of(plan, yearly=yearly)
    with stripe_client() as client:
        customer = customers.get_or_create(client, workspace, by)
        price_id = prices.find_price(client, price).id
        if present := _running_subscription(client, customer):
            address = _change_page(client, customer, present, price_id)
        else:
            _close_open_pages(client, customer)
            address = _checkout_page(
                client,
                workspace,
                {
                    "mode": "subscription",
                    "customer": customer,
                    "line_items": [{"price": price_id, "quantity": 1}],
                    "allow_promotion_codes": True,
                    "subscription_data": {"metadata": {"workspace_id": str(workspace.pk)}},
                },
            )
    _record(workspace, price, by)
    return address


def buy_pack(*, workspace: Workspace, pack: Pack, by: User) -> str:
    with stripe_client() as client:
        address = _checkout_page(
            client,
            workspace,
            {
                "mode": "payment",
                # No promotion codes: with one for the whole price there would be no payment, and
                # credits are given for a payment.
                "customer": customers.get_or_create(client, workspace, by),
                "line_items": [{"price": prices.find_price(client, pack.price).id, "quantity": 1}],
                "invoice_creation": {"enabled": True},
                "payment_intent_data": {
                    "metadata": {
                        "workspace_id": str(workspace.pk),
                        "pack": pack.lookup_key,
                        # The number at this moment: the pack may change before it is paid.
                        "credits": str(pack.credits),
                    }
                },
            },
        )
    _record(workspace, pack.price, by)
    return address


def _price_of(plan: Plan, *, yearly: bool) -> Price:
    terms = PLANS[plan]
    price = terms.yearly if yearly else terms.monthly
    if price is None:
        raise ProblemError(_("This plan is by agreement.") + f" {support.how_to_ask()}")
    return price


def _running_subscription(client: StripeClient, customer: str) -> StripeSubscription | None:
    """Ask Stripe: what was paid a moment ago may not have reached our tables."""
    listed = client.v1.subscriptions.list({"customer": customer, "status": "all", "limit": 100})
    running = [each for each in listed.auto_paging_iter() if each.status in MAY_CHARGE]
    return max(running, key=lambda each: each.created, default=None)


def _change_page(
    client: StripeClient,
    customer: str,
    present: StripeSubscription,
    price_id: str,
) -> str:
    item = present["items"].data[0]
    if item.price.id == price_id or present.status not in ("active", "trialing"):
        return portal.create_session(client, customer)
    return portal.create_session(
        client,
        customer,
        {
            "type": "subscription_update_confirm",
            "subscription_update_confirm": {
                "subscription": present.id,
                "items": [{"id": item.id, "price": price_id, "quantity": 1}],
            },
        },
    )


def _close_open_pages(client: StripeClient, customer: str) -> None:
    """A page left open in another tab could be paid as a second subscription."""
    listed = client.v1.checkout.sessions.list({"customer": customer, "status": "open"})
    for each in listed.auto_paging_iter():
        if each.mode == "subscription":
            client.v1.checkout.sessions.expire(each.id)


def _checkout_page(client: StripeClient, workspace: Workspace, extra: SessionCreateParams) -> str:
    back = settings.SITE_URL + reverse("billing")
    parameters: SessionCreateParams = {
        **extra,
        "client_reference_id": str(workspace.pk),
        "metadata": {"workspace_id": str(workspace.pk)},
        "automatic_tax": {"enabled": settings.STRIPE_AUTOMATIC_TAX},
        "tax_id_collection": {"enabled": True},
        "customer_update": {"address": "auto", "name": "auto"},
        "success_url": f"{back}?done=1",
        "cancel_url": back,
        "locale": portal.portal_locale(),
    }
    page = client.v1.checkout.sessions.create(parameters)
    if not page.url:
        raise ProblemError(_("This cannot be bought at the moment.") + f" {support.how_to_ask()}")
    return page.url


def _record(workspace: Workspace, price: Price, by: User) -> None:
    audit.record(
        "payment.checkout",
        workspace,
        by=by,
        workspace_id=workspace.pk,
        name=workspace.name,
        new={"price": price.lookup_key},
    )
