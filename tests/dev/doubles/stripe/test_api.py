"""The official client gets objects, pages and errors as from Stripe."""

from collections.abc import Callable

import pytest
import stripe
from stripe import RequestOptions

from dev.doubles.stripe.account import API_VERSION
from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import StripeDouble


def test_double_has_the_api_version_of_the_client(stripe_double: StripeDouble) -> None:
    assert stripe.api_version == API_VERSION


@pytest.mark.parametrize(
    ("request_with", "code"),
    [
        (lambda client: client.v1.customers.retrieve("cus_none"), "resource_missing"),
        (lambda client: client.v1.prices.create({"currency": "usd"}), "parameter_missing"),
        (lambda client: client.v1.webhook_endpoints.list(), None),
    ],
)
def test_error_raises_the_exception_of_the_client(
    stripe_double: StripeDouble,
    request_with: Callable[[stripe.StripeClient], object],
    code: str | None,
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        request_with(stripe_double.client)
    assert refusal.value.code == code
    assert refusal.value.request_id


def test_wrong_key_is_refused(stripe_double: StripeDouble) -> None:
    with pytest.raises(stripe.AuthenticationError):
        stripe_double.client_with("sk_test_of_somebody_else").v1.customers.list()


@pytest.mark.parametrize(("status", "kind"), [(500, stripe.APIError), (503, stripe.APIError)])
def test_refused_request_fails_once(
    stripe_double: StripeDouble, status: int, kind: type[stripe.StripeError]
) -> None:
    stripe_double.refuse(status)

    with pytest.raises(kind) as refusal:
        stripe_double.client.v1.customers.list()

    assert refusal.value.http_status == status
    assert stripe_double.client.v1.customers.list().data == []


def test_double_that_is_down_resets_connections(stripe_double: StripeDouble) -> None:
    stripe_double.down(True)
    with pytest.raises(stripe.APIConnectionError):
        stripe_double.client.v1.customers.list()

    stripe_double.down(False)
    assert stripe_double.client.v1.customers.list().data == []


def test_lists_are_paged_newest_first(stripe_double: StripeDouble) -> None:
    customers = stripe_double.client.v1.customers
    created = [shop.create_customer(stripe_double.client) for _ in range(5)]

    first = customers.list({"limit": 2})

    assert first.has_more
    assert [each.id for each in first.data] == created[:2:-1]
    assert [each.id for each in first.auto_paging_iter()] == created[::-1]


def test_repeated_idempotency_key_returns_the_first_answer(stripe_double: StripeDouble) -> None:
    customers = stripe_double.client.v1.customers
    key: RequestOptions = {"idempotency_key": "once"}

    first = customers.create({"email": "a@b.example"}, key)
    again = customers.create({"email": "a@b.example"}, key)

    assert first.id == again.id
    with pytest.raises(stripe.IdempotencyError):
        customers.create({"email": "c@d.example"}, key)
    assert len(customers.list().data) == 1


def test_request_with_lost_response_is_not_applied_twice(stripe_double: StripeDouble) -> None:
    stripe_double.lose_answers()

    created = stripe_double.client_with(retries=2).v1.customers.create({"name": "Clínica"})

    assert [each.id for each in stripe_double.client.v1.customers.list().data] == [created.id]
