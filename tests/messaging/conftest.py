from collections.abc import Iterator

import pytest
from django.test.utils import override_settings

from tests.dev.doubles.simulation import ACCOUNT_SID, AUTH_TOKEN, Simulation, running_simulator


@pytest.fixture(scope="session")
def one_simulator() -> Iterator[Simulation]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def simulator(one_simulator: Simulation) -> Iterator[Simulation]:
    """Twilio and a mail server for one test; nobody hears its callbacks here, so none is told."""
    one_simulator.reset()
    one_simulator.faults(rate_lose=1)
    with override_settings(
        TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        TWILIO_API_BASE_URL=one_simulator.url,
        TWILIO_CONTENT_BASE_URL=one_simulator.url,
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=one_simulator.smtp_port,
        EMAIL_HOST_USER="",
        EMAIL_HOST_PASSWORD="",
        EMAIL_USE_TLS=False,
        EMAIL_USE_SSL=False,
    ):
        yield one_simulator
