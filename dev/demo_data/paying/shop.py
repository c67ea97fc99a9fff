"""The double's account as the demo finds it: our prices, a promotion code, one clinic that pays."""

import random
from datetime import datetime

from billing.stripe import portal, prices
from dev.doubles.stripe import catalogue, customers, discounts
from dev.doubles.stripe.account import Account
from dev.doubles.stripe.endpoints import Call
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.portal import configure
from dev.doubles.stripe.subscriptions import renewing, subscribing
from workspaces.models import Plan, Workspace
from workspaces.plans import PLANS

CARD = "4242424242424242"
PROMOTION = "BIENVENIDA20"


def open_shop() -> Account:
    """What `manage.py billing prices` would make. The same dice each time, so the same ids."""
    account = Account(dice=random.Random(0))  # noqa: S311
    for article in prices.articles():
        add_article(account, article)
    coupon = discounts.make_coupon(asking(account, percent_off="20"))
    promotion = {"type": "coupon", "coupon": coupon["id"]}
    discounts.make_promotion_code(asking(account, code=PROMOTION, promotion=promotion))
    configure(asking(account, metadata={"managed_by": portal.MANAGED_BY}))
    account.untold.clear()
    return account


def add_article(account: Account, article: prices.Article) -> None:
    if article.product not in account.records:
        product = asking(account, id=article.product, name=article.name, metadata=article.metadata)
        catalogue.make_product(account, product.form)
    price = asking(
        account,
        product=article.product,
        currency=article.price.currency,
        unit_amount=str(article.price.amount),
        lookup_key=article.price.lookup_key,
        tax_behavior="exclusive",
        metadata=article.metadata,
    )
    if article.interval:
        price.form.tree["recurring"] = {"interval": article.interval}
    catalogue.make_price(price)


def subscribe(
    account: Account, workspace: Workspace, plan: Plan, *, since: datetime, until: datetime
) -> None:
    """Month by month, as if all of it had been told at its time, and heard."""
    terms = PLANS[plan]
    assert terms.monthly
    account.clock.moment = int(since.timestamp())
    ours = {"workspace_id": str(workspace.pk)}
    customer = customers.make(account, Form({"name": workspace.name, "metadata": ours}))
    card = customers.add_card(account, customer, CARD)
    (price,) = account.of("price", lookup_key=terms.monthly.lookup_key)
    subscribing.begin(account, customer, price, card, metadata=ours, taxed=True)
    account.clock.moment = int(until.timestamp())
    renewing.catch_up(account)
    account.clock.moment = None
    for event in account.of("event"):
        event["pending_webhooks"] = 0
    account.untold.clear()


def asking(account: Account, **told: object) -> Call:
    return Call(account, Form(told), path="")
