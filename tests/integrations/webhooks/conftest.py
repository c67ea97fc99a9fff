from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.integrations.webhooks.receiver import Receiver, run_receiver


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_MAY_STAY_HERE = True
    with run_receiver() as receiver:
        yield receiver


@pytest.fixture
def another(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_MAY_STAY_HERE = True
    with run_receiver() as receiver:
        yield receiver
