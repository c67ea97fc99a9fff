"""Stripe's own pages where a clinic pays: a plan by the month or the year, or a pack of credits."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from stripe import StripeClient
from stripe import Subscription as StripeSubscription
from stripe.params.checkout import SessionCreateParams

from billing.stripe import customers, portal, prices
from billing.stripe.client import stripe_client
from core import audit
from core.errors import ProblemError
from workspaces import support
from workspaces.models import Plan, User, Workspace
from workspaces.plans import PLANS, Pack, Price

LIVES = {"active", "trialing", "past_due", "unpaid", "paused"}


def subscribe(*, workspace: Workspace, plan: Plan, yearly: bool, by: User) -> str:
    """Where to pay; who has a subscription already is led to where it is changed."""
    price = _price_of(plan, yearly=yearly)
    with stripe_client() as client:
        customer = customers.of(client, workspace, by)
        wished = prices.find(client, price).id
        if present := _present(client, customer):
            address = _change(client, customer, present, wished)
        else:
            _close_open_pages(client, customer)
            address = _page(
                client,
                workspace,
                {
                    "mode": "subscription",
                    "customer": customer,
                    "line_items": [{"price": wished, "quantity": 1}],
                    "allow_promotion_codes": True,
                    "subscription_data": {"metadata": {"workspace_id": str(workspace.pk)}},
                },
            )
    _record(workspace, price, by)
    return address


def buy_pack(*, workspace: Workspace, pack: Pack, by: User) -> str:
    with stripe_client() as client:
        address = _page(
            client,
            workspace,
            {
                "mode": "payment",
                # No promotion codes: one for the whole price leaves no payment, and the credits
                # follow from the payment.
                "customer": customers.of(client, workspace, by),
                "line_items": [{"price": prices.find(client, pack.price).id, "quantity": 1}],
                "invoice_creation": {"enabled": True},
                "payment_intent_data": {
                    "metadata": {
                        "workspace_id": str(workspace.pk),
                        "pack": pack.lookup_key,
                        # As many as were promised, whatever the pack holds by the time it is paid.
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


def _present(client: StripeClient, customer: str) -> StripeSubscription | None:
    """Asked there, for what was paid a moment ago may not have arrived here."""
    listed = client.v1.subscriptions.list({"customer": customer, "status": "all", "limit": 100})
    living = [each for each in listed.auto_paging_iter() if each.status in LIVES]
    return max(living, key=lambda each: each.created, default=None)


def _change(
    client: StripeClient,
    customer: str,
    present: StripeSubscription,
    wished: str,
) -> str:
    item = present["items"].data[0]
    if item.price.id == wished or present.status not in ("active", "trialing"):
        return portal.session(client, customer)
    return portal.session(
        client,
        customer,
        {
            "type": "subscription_update_confirm",
            "subscription_update_confirm": {
                "subscription": present.id,
                "items": [{"id": item.id, "price": wished, "quantity": 1}],
            },
        },
    )


def _close_open_pages(client: StripeClient, customer: str) -> None:
    """A page left open in another tab would be a second subscription."""
    listed = client.v1.checkout.sessions.list({"customer": customer, "status": "open"})
    for each in listed.auto_paging_iter():
        if each.mode == "subscription":
            client.v1.checkout.sessions.expire(each.id)


def _page(client: StripeClient, workspace: Workspace, wish: SessionCreateParams) -> str:
    back = settings.SITE_URL + reverse("billing")
    whole: SessionCreateParams = {
        **wish,
        "client_reference_id": str(workspace.pk),
        "metadata": {"workspace_id": str(workspace.pk)},
        "automatic_tax": {"enabled": settings.STRIPE_AUTOMATIC_TAX},
        "tax_id_collection": {"enabled": True},
        "customer_update": {"address": "auto", "name": "auto"},
        "success_url": f"{back}?done=1",
        "cancel_url": back,
        "locale": portal.locale(),
    }
    page = client.v1.checkout.sessions.create(whole)
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
