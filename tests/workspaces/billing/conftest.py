from collections.abc import Iterator

import pytest
from django.test.utils import override_settings

from tests.workspaces.billing.stage import StripeDouble


@pytest.fixture(scope="session")
def one_double() -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        yield double


@pytest.fixture
def stripe_double(one_double: StripeDouble) -> Iterator[StripeDouble]:
    """Stripe for one test, with our prices and nothing else in it."""
    one_double.reset()
    with override_settings(
        STRIPE_SECRET_KEY=one_double.secret_key,
        STRIPE_WEBHOOK_SECRET=one_double.webhook_secret,
        STRIPE_API_BASE_URL=one_double.url,
    ):
        yield one_double
