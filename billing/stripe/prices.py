"""Publish our plans and packs as products and prices at Stripe.

A price is found by its lookup key. Its metadata says what it is for, and stays when a later price
takes over the key.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.utils.translation import gettext as _
from django.utils.translation import override
from stripe import InvalidRequestError, StripeClient
from stripe import Price as StripePrice
from stripe.params import PriceCreateParams

from billing.stripe.client import MISSING, stripe_client
from core.errors import ProblemError
from workspaces import support
from workspaces.plans import PACKS, PLANS, Price

log = structlog.get_logger("billing")

PRODUCT_PREFIX = "reputation"


@dataclass(frozen=True)
class Article:
    product: str
    name: str
    price: Price
    interval: str  # "month", "year", or "" for a single payment
    metadata: dict[str, str]


def list_articles() -> Iterator[Article]:
    for plan, terms in PLANS.items():
        for price, interval in ((terms.monthly, "month"), (terms.yearly, "year")):
            if price:
                product = f"{PRODUCT_PREFIX}_{plan.lower()}"
                yield Article(product, str(plan.label), price, interval, {"plan": plan.value})
    for pack in PACKS:
        yield Article(
            product=f"{PRODUCT_PREFIX}_{pack.lookup_key}",
            name=_("%(number)d message credits") % {"number": pack.credits},
            price=pack.price,
            interval="",
            metadata={"credits": str(pack.credits)},
        )


def publish_prices(*, language: str) -> list[str]:
    """Create or change at Stripe what differs from our table. Return a line for each change."""
    changes = []
    with stripe_client() as client, override(language):
        published = _published_prices(client)
        for article in list_articles():
            if _publish_product(client, article):
                changes.append(f"product {article.product}")
            theirs = published.get(article.price.lookup_key)
            if theirs is None or not _is_same(theirs, article):
                created = client.v1.prices.create(_price_parameters(article))
                if theirs:  # running subscriptions keep it, new ones cannot have it
                    client.v1.prices.update(theirs.id, {"active": False})
                changes.append(f"price {article.price.lookup_key} is {created.id}")
    return changes


def find_price(client: StripeClient, price: Price) -> StripePrice:
    found = client.v1.prices.list({"lookup_keys": [price.lookup_key], "active": True}).data
    if not found:
        log.error("price_not_published", lookup_key=price.lookup_key)
        raise ProblemError(_("This cannot be bought at the moment.") + f" {support.how_to_ask()}")
    return found[0]


def _published_prices(client: StripeClient) -> dict[str, StripePrice]:
    keys = [article.price.lookup_key for article in list_articles()]
    found = client.v1.prices.list({"lookup_keys": keys, "active": True, "limit": 100})
    return {price.lookup_key: price for price in found.auto_paging_iter() if price.lookup_key}


def _publish_product(client: StripeClient, article: Article) -> bool:
    try:
        product = client.v1.products.retrieve(article.product)
    except InvalidRequestError as error:
        if error.code != MISSING:
            raise
        client.v1.products.create(
            {"id": article.product, "name": article.name, "metadata": article.metadata}
        )
        return True
    if product.name == article.name and product.active:
        return False
    client.v1.products.update(article.product, {"name": article.name, "active": True})
    return True


def _is_same(theirs: StripePrice, article: Article) -> bool:
    interval = theirs.recurring.interval if theirs.recurring else ""
    return (
        theirs.unit_amount == article.price.amount
        and theirs.currency == article.price.currency
        and interval == article.interval
        and article.metadata.items() <= theirs.metadata.to_dict().items()
    )


def _price_parameters(article: Article) -> PriceCreateParams:
    parameters: PriceCreateParams = {
        "product": article.product,
        "currency": article.price.currency,
        "unit_amount": article.price.amount,
        "lookup_key": article.price.lookup_key,
        "transfer_lookup_key": True,
        "tax_behavior": "exclusive",
        "metadata": article.metadata,
    }
    if article.interval:
        parameters["recurring"] = {"interval": "year" if article.interval == "year" else "month"}
    return parameters
