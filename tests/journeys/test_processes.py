"""The journeys' demo is the whole product; what it leaves is looked at when they are done."""

from urllib.parse import urlsplit

import pytest

from dev.demo import __main__ as starting
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


def test_demo_answers_where_it_says(demo: Demo) -> None:
    port = urlsplit(demo.site).port

    assert port
    assert starting.answers(port)
