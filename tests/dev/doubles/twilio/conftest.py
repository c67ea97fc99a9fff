from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from twilio.rest import Client

from tests.dev.doubles.twilio.clients import PATIENT, SENDER, client
from tests.dev.doubles.twilio.stage import Stage

Send = Callable[..., Any]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture
def twilio(stage: Stage) -> Iterator[Client]:
    with ExitStack() as stack:
        found = client(stage.base)
        stack.callback(found.http_client.session.close)
        yield found


@pytest.fixture
def send(stage: Stage, twilio: Client) -> Send:
    """Send an SMS to the patient with a status callback. Keywords replace its parameters."""

    def send(**fields: Any) -> Any:
        usual = {
            "to": PATIENT,
            "from_": SENDER,
            "body": "¿Cómo le fue?",
            "status_callback": stage.product.url("status"),
        }
        wanted = {**usual, **fields}
        given = {name: value for name, value in wanted.items() if value is not None}
        return twilio.messages.create(**given)

    return send
