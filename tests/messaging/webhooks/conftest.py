import pytest
from pytest_django import Settings

from tests.messaging.webhooks.calls import TOKEN


@pytest.fixture(autouse=True)
def _account(settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = TOKEN
    settings.SITE_URL = "https://opiniones.example.com"
