"""Fixtures of the doubles, for all tests."""

from collections.abc import Iterator

import pytest

from tests.dev.doubles.google.stage import GoogleDouble
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.dev.doubles.push.stage import PushService
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


@pytest.fixture(scope="session")
def one_language_model() -> Iterator[LanguageModel]:
    with LanguageModel() as double:
        yield double


@pytest.fixture
def language_model(one_language_model: LanguageModel) -> Iterator[LanguageModel]:
    """A provider of a language model for one test, which speaks as Anthropic does."""
    one_language_model.reset()
    with one_language_model.in_use():
        yield one_language_model


@pytest.fixture(scope="session")
def one_push_service() -> Iterator[PushService]:
    with PushService() as double:
        yield double


@pytest.fixture
def push_service(one_push_service: PushService) -> Iterator[PushService]:
    """A push service without browsers."""
    one_push_service.reset()
    with one_push_service.in_use():
        yield one_push_service


@pytest.fixture(scope="session")
def one_google_double() -> Iterator[GoogleDouble]:
    with GoogleDouble() as double:
        yield double


@pytest.fixture
def google_double(one_google_double: GoogleDouble) -> Iterator[GoogleDouble]:
    """The double of Google, as at its start, which the product calls."""
    one_google_double.reset()
    with one_google_double.in_use():
        yield one_google_double
