from typing import Any

import pytest

from messaging.models import Sender
from tests.messaging.webhooks.calls import TOKEN, US
from tests.messaging.world import shared_sender


@pytest.fixture(autouse=True)
def _account(settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = TOKEN
    settings.SITE_URL = "https://opiniones.example.com"


@pytest.fixture
def sender() -> Sender:
    return shared_sender(address=US)
