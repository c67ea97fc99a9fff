"""The official client gets what it would get from Stripe: shapes, pages, refusals."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from stripe import RequestOptions

from dev.doubles.stripe.account import API_VERSION
from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import StripeDouble


def test_it_speaks_the_version_of_the_client(stripe_double: StripeDouble) -> None:
    assert stripe.api_version == API_VERSION


@pytest.mark.parametrize(
    ("kind", "asks", "code", "param"),
    [
        (
            stripe.InvalidRequestError,
            lambda client: client.v1.customers.retrieve("cus_none"),
            "resource_missing",
            "id",
        ),
        (
            stripe.InvalidRequestError,
            lambda client: client.v1.prices.create({"currency": "usd", "unit_amount": 1}),
            "parameter_missing",
            "product",
        ),
        (
            stripe.InvalidRequestError,
            lambda client: client.v1.customers.create({"adress": {"city": "Quito"}}),
            "parameter_unknown",
            "adress[city]",
        ),
        (
            stripe.InvalidRequestError,
            lambda client: client.v1.customers.list({"limit": "many"}),
            "parameter_invalid_integer",
            "limit",
        ),
        (
            stripe.InvalidRequestError,
            lambda client: client.v1.prices.list({"expand": ["data.nobody"]}),
            None,
            "expand",
        ),
        (
            stripe.InvalidRequestError,
            lambda client: client.v1.webhook_endpoints.list(),
            None,
            None,
        ),
        (
            stripe.InvalidRequestError,
            lambda client: shop.session(client, "credits_500", mode="subscription"),
            None,
            None,
        ),
        (
            stripe.InvalidRequestError,
            lambda client: shop.session(client, "credits_500", automatic_tax={"enabled": True}),
            "customer_tax_location_invalid",
            None,
        ),
    ],
)
def test_a_refusal_is_the_clients_own_exception(
    stripe_double: StripeDouble,
    kind: type[stripe.StripeError],
    asks: Callable[[stripe.StripeClient], object],
    code: str | None,
    param: str | None,
) -> None:
    with pytest.raises(kind) as refusal:
        asks(stripe_double.client)
    assert refusal.value.code == code
    assert getattr(refusal.value, "param", None) == param
    assert refusal.value.request_id


def test_a_wrong_key_is_not_let_in(stripe_double: StripeDouble) -> None:
    with pytest.raises(stripe.AuthenticationError) as refusal:
        stripe_double.client_with("sk_test_of_somebody_else").v1.customers.list()
    assert refusal.value.http_status == 401
    assert "of_somebody" not in str(refusal.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (409, stripe.APIError),
        (429, stripe.RateLimitError),
        (500, stripe.APIError),
        (503, stripe.APIError),
    ],
)
def test_what_goes_wrong_on_purpose(
    stripe_double: StripeDouble, status: int, kind: type[stripe.StripeError]
) -> None:
    stripe_double.refuse(status)
    with pytest.raises(kind) as refusal:
        stripe_double.client.v1.customers.list()
    assert refusal.value.http_status == status
    assert stripe_double.client.v1.customers.list().data == []


def test_nobody_answers_while_it_is_down(stripe_double: StripeDouble) -> None:
    stripe_double.down(True)
    with pytest.raises(stripe.APIConnectionError):
        stripe_double.client.v1.customers.list()
    stripe_double.down(False)
    assert stripe_double.client.v1.customers.list().data == []


def test_pages_lead_from_one_to_the_next(stripe_double: StripeDouble) -> None:
    customers = stripe_double.client.v1.customers
    made = [shop.customer(stripe_double.client) for _ in range(5)]
    first = customers.list({"limit": 2})
    assert first.has_more
    assert [each.id for each in first.data] == made[:2:-1]
    assert [each.id for each in first.auto_paging_iter()] == made[::-1]
    before = customers.list({"limit": 2, "ending_before": made[2]})
    assert [each.id for each in before.data] == made[:2:-1]
    assert not customers.list({"starting_after": made[1]}).has_more


def test_the_same_key_gets_the_same_answer_and_does_it_once(stripe_double: StripeDouble) -> None:
    customers = stripe_double.client.v1.customers
    key: RequestOptions = {"idempotency_key": "once"}
    first = customers.create({"email": "a@b.example"}, key)
    again = customers.create({"email": "a@b.example"}, key)
    assert first.id == again.id
    assert again.last_response
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        customers.create({"email": "c@d.example"}, key)
    assert len(customers.list().data) == 1


def test_an_answer_that_is_lost_is_asked_for_again(stripe_double: StripeDouble) -> None:
    stripe_double.lose_answers()
    made = stripe_double.client_with(retries=2).v1.customers.create({"name": "Clínica"})
    assert [each.id for each in stripe_double.client.v1.customers.list().data] == [made.id]


def test_a_lookup_key_moves_to_another_price_when_told_to(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    old = client.v1.prices.retrieve(shop.price_of(client, "credits_500"))
    wanted: dict[str, Any] = {
        "currency": "usd",
        "unit_amount": 2500,
        "product": str(old.product),
        "lookup_key": "credits_500",
    }
    prices: Any = client.v1.prices
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        prices.create(wanted)
    new = prices.create({**wanted, "transfer_lookup_key": True})
    assert shop.price_of(client, "credits_500") == new.id
    assert client.v1.prices.retrieve(old.id).lookup_key is None


def test_parts_are_shown_whole_to_those_who_ask(stripe_double: StripeDouble) -> None:
    client = stripe_double.client
    (price,) = client.v1.prices.list(
        {"lookup_keys": ["professional_yearly"], "expand": ["data.product"]}
    ).data
    assert price.product["object"] == "product"  # type: ignore[index]
    assert price.recurring
    assert price.recurring.interval == "year"
