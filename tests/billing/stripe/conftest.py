from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from stripe import HTTPClient

from tests.billing.stripe.moving_clock import CLOCK, ONE_DOUBLE
from tests.dev.doubles.stripe.stage import StripeDouble


@pytest.fixture
def _moving_clock(stripe_double: StripeDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0)
    monkeypatch.setattr(timezone, "now", CLOCK)
    ONE_DOUBLE.append(stripe_double)
    yield
    ONE_DOUBLE.clear()
    CLOCK.ahead = timedelta()
