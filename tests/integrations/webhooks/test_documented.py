"""What docs/webhooks.md says holds: its example runs, and its tables name what there is."""

import re
import time
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from config.embedded import ROOT
from core.registry import declared_by_apps
from integrations.webhooks import failing_endpoints, signing
from integrations.webhooks.endpoints import ROTATION_PERIOD

DOCUMENT = (ROOT / "docs/webhooks.md").read_text()
BODY = '{"type":"webhook.test","data":{"message":"¡Hola!"}}'.encode()


@pytest.fixture
def example() -> Any:
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - what an integrator would run
    return names["is_from_reputation_manager"]


def headers(*secrets: str) -> dict[str, str]:
    return signing.build_headers(BODY, secrets=secrets, message_id=uuid4(), at=timezone.now())


def test_example_accepts_only_our_signature(example: Any) -> None:
    secret, other = signing.new_secret(), signing.new_secret()
    ours = headers(secret)

    assert example(ours, BODY, secret)
    assert not example(ours, BODY, other)
    assert not example(ours, BODY + b" ", secret)
    assert not example(ours | {"webhook-id": str(uuid4())}, BODY, secret)
    assert not example(ours | {"webhook-timestamp": str(int(time.time()) - 301)}, BODY, secret)
    assert signing.is_signed(BODY, headers=ours, secret=secret)
    assert not signing.is_signed(BODY, headers=ours, secret=other)


def test_example_accepts_both_secrets_during_a_rotation(example: Any) -> None:
    new, old = signing.new_secret(), signing.new_secret()

    assert example(headers(new, old), BODY, new)
    assert example(headers(new, old), BODY, old)


def test_documented_events_are_the_declared_ones() -> None:
    documented = re.findall(r"^\| `([a-z_.]+)` \|", DOCUMENT, re.MULTILINE)
    assert sorted(documented) == sorted(declared_by_apps("webhook_events"))


def test_documented_pauses_are_the_real_ones() -> None:
    minutes = [pause.total_seconds() / 60 for pause in failing_endpoints.PAUSES]

    assert minutes == [10 / 60, 1, 5, 30, 120, 360]
    assert "after 10 seconds, 1 minute, 5 minutes,\n  30 minutes, 2 hours" in DOCUMENT
    assert (failing_endpoints.GIVE_UP_AFTER.days, ROTATION_PERIOD.total_seconds() / 3600) == (3, 24)
