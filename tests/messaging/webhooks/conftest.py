import pytest
from pytest_django import Settings

from messaging.models import Sender
from templates_app.models import Channel
from tests.factories import SenderFactory
from tests.messaging.webhooks.calls import TOKEN, US


@pytest.fixture(autouse=True)
def _account(settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = TOKEN
    settings.SITE_URL = "https://opiniones.example.com"


@pytest.fixture
def sender() -> Sender:
    """An SMS number that clinics share."""
    return SenderFactory.create(workspace=None, address=US)


@pytest.fixture(params=[US, f"whatsapp:{US}"], ids=["bare", "prefixed"])
def whatsapp(request: pytest.FixtureRequest) -> Sender:
    """A WhatsApp sender, whose address is stored with or without the prefix."""
    return SenderFactory.create(workspace=None, address=request.param, channel=Channel.WHATSAPP)
