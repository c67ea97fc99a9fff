"""The Python examples of docs/api.md run, in order, against a real server."""

import re
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from core import tenancy
from patients.models import Patient
from tests.core.api.calling import token_of
from tests.factories import ApiKeyFactory, MessageFactory
from tests.messaging.world import running_campaign

GUIDE = Path(__file__).parents[3] / "docs" / "api.md"


def test_quick_start_of_the_guide_runs(
    live_server: LiveServer,
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = ApiKeyFactory.create()
    campaign = running_campaign(key.workspace)
    MessageFactory.create(
        workspace=key.workspace, patient__campaign=campaign, rating=5, comment="muy bien"
    )
    monkeypatch.setenv("BASE", live_server.url)
    monkeypatch.setenv("KEY", token_of(key))
    examples = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    namespace: dict[str, object] = {}

    for example in examples:
        exec(compile(example, str(GUIDE), "exec"), namespace)  # noqa: S102 - that is what it is for

    output = capsys.readouterr().out
    assert len(examples) > 5
    assert key.workspace.name in output
    assert "created" in output
    assert "refused [{'field': 'phone', 'rule': 'phone_invalid'" in output
    assert "5 muy bien" in output
    assert (
        "invalid [('appointment_time', 'required'), ('colour', 'unknown'),"
        " ('phone', 'phone_invalid')]" in output
    )
    with tenancy.platform("test"):
        assert Patient.objects.filter(campaign=campaign).count() == 4
