from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.integrations.webhooks.receiver import Receiver, listening


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_MAY_STAY_HERE = True
    with listening() as receiver:
        yield receiver


@pytest.fixture
def another(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_MAY_STAY_HERE = True
    with listening() as receiver:
        yield receiver
