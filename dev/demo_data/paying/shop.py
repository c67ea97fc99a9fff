"""The double's account when the demo starts: prices, a promotion code, one paying clinic."""

import random
from datetime import datetime

from billing.stripe import portal, prices
from dev.doubles.stripe import catalogue, customers
from dev.doubles.stripe.account import Account
from dev.doubles.stripe.endpoints import Call
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.portal import create_configuration
from dev.doubles.stripe.subscriptions import renewing, subscribing
from workspaces.models import Plan, Workspace
from workspaces.plans import PLANS

CARD = "4242424242424242"
PROMOTION = "BIENVENIDA20"


def open_shop() -> Account:
    """Create what `manage.py billing prices` would. The same seed gives the same ids each time."""
    account = Account(dice=random.Random(0))  # noqa: S311
    for article in prices.list_articles():
        add_article(account, article)
    catalogue.create_promotion(account, PROMOTION, percent_off=20)
    create_configuration(call_with(account, metadata={"managed_by": portal.MANAGED_BY}))
    account.undelivered.clear()
    return account


def add_article(account: Account, article: prices.Article) -> None:
    if article.product not in account.records:
        catalogue.create_product(
            call_with(account, id=article.product, name=article.name, metadata=article.metadata)
        )
    values = {
        "product": article.product,
        "currency": article.price.currency,
        "unit_amount": str(article.price.amount),
        "lookup_key": article.price.lookup_key,
        "metadata": article.metadata,
    }
    if article.interval:
        values["recurring"] = {"interval": article.interval}
    catalogue.create_price(call_with(account, **values))


def add_subscription(
    account: Account, workspace: Workspace, plan: Plan, *, since: datetime, until: datetime
) -> None:
    """Let a clinic pay month by month, with all events delivered already."""
    terms = PLANS[plan]
    assert terms.monthly
    account.clock.moment = int(since.timestamp())
    metadata = {"workspace_id": str(workspace.pk)}
    customer = customers.create(account, Form({"name": workspace.name, "metadata": metadata}))
    card = customers.add_card(account, customer, CARD)
    (price,) = account.of("price", lookup_key=terms.monthly.lookup_key)
    subscribing.begin(account, customer, price, card, metadata=metadata)
    account.clock.moment = int(until.timestamp())
    renewing.catch_up(account)
    account.clock.moment = None
    for event in account.of("event"):
        event["pending_webhooks"] = 0
    account.undelivered.clear()


def call_with(account: Account, **parameters: object) -> Call:
    return Call(account, Form(parameters))
