"""The demo runs all processes. Whether it stops cleanly is checked after the journeys."""

from urllib.parse import urlsplit

import pytest

from dev.demo import __main__ as demo_command
from tests.journeys.demo import Demo


@pytest.mark.parametrize(
    "words",
    [
        "config.web",
        "--queues celery",
        "--queues send",
        "--queues imports",
        "celery beat",
        "dev.doubles.twilio",
        "dev.doubles.stripe",
    ],
)
def test_demo_runs_every_process(demo: Demo, words: str) -> None:
    assert demo.place.living(words)


def test_demo_answers_at_its_printed_address(demo: Demo) -> None:
    port = urlsplit(demo.site).port

    assert port
    assert demo_command.web_server_answers(port)
