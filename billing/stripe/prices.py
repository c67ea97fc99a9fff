"""Plans and packs as Stripe sells them. A price is found by its lookup key; what it is for stands
in its metadata, which it keeps when a later price takes the key over."""

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

OURS = "reputation"


@dataclass(frozen=True)
class Article:
    product: str
    name: str
    price: Price
    interval: str  # empty: paid once
    metadata: dict[str, str]


def articles() -> Iterator[Article]:
    for plan, terms in PLANS.items():
        for price, interval in ((terms.monthly, "month"), (terms.yearly, "year")):
            if price:
                product = f"{OURS}_{plan.lower()}"
                yield Article(product, str(plan.label), price, interval, {"plan": plan.value})
    for pack in PACKS:
        yield Article(
            product=f"{OURS}_{pack.lookup_key}",
            name=_("%(number)d message credits") % {"number": pack.credits},
            price=pack.price,
            interval="",
            metadata={"credits": str(pack.credits)},
        )


def publish(*, language: str) -> list[str]:
    """Make or change at Stripe what differs from our table; says what it did."""
    did = []
    with stripe_client() as client, override(language):
        present = _present(client)
        for article in articles():
            if _publish_product(client, article):
                did.append(f"product {article.product}")
            theirs = present.get(article.price.lookup_key)
            if theirs is None or not _is_same(theirs, article):
                made = client.v1.prices.create(_described(article))
                if theirs:  # subscriptions that have it keep it; nobody new gets it
                    client.v1.prices.update(theirs.id, {"active": False})
                did.append(f"price {article.price.lookup_key} is {made.id}")
    return did


def find(client: StripeClient, price: Price) -> StripePrice:
    found = client.v1.prices.list({"lookup_keys": [price.lookup_key], "active": True}).data
    if not found:
        log.error("price_not_published", lookup_key=price.lookup_key)
        raise ProblemError(_("This cannot be bought at the moment.") + f" {support.how_to_ask()}")
    return found[0]


def _present(client: StripeClient) -> dict[str, StripePrice]:
    keys = [article.price.lookup_key for article in articles()]
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


def _described(article: Article) -> PriceCreateParams:
    described: PriceCreateParams = {
        "product": article.product,
        "currency": article.price.currency,
        "unit_amount": article.price.amount,
        "lookup_key": article.price.lookup_key,
        "transfer_lookup_key": True,
        "tax_behavior": "exclusive",
        "metadata": article.metadata,
    }
    if article.interval:
        described["recurring"] = {"interval": "year" if article.interval == "year" else "month"}
    return described
