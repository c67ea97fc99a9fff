"""Fixtures of the doubles, for all tests."""

from collections.abc import Iterator

import pytest

from tests.dev.doubles.stripe.stage import StripeDouble


@pytest.fixture(scope="session")
def one_double() -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        yield double


@pytest.fixture
def stripe_double(one_double: StripeDouble) -> Iterator[StripeDouble]:
    """The double of Stripe, reset to our prices."""
    one_double.reset()
    with one_double.in_use():
        yield one_double
