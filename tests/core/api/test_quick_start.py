"""The Python of docs/api.md, as a newcomer would run it: from the top, against a real server."""

import re
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from core import tenancy
from patients.models import Patient
from tests.core.api.calling import words_of
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
    monkeypatch.setenv("KEY", words_of(key))
    pieces = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    newcomer: dict[str, object] = {}

    for piece in pieces:
        exec(compile(piece, str(GUIDE), "exec"), newcomer)  # noqa: S102 - that is what it is for

    said = capsys.readouterr().out
    assert len(pieces) > 5
    assert key.workspace.name in said
    assert "created" in said
    assert "refused [{'field': 'phone', 'rule': 'phone_invalid'" in said
    assert "5 muy bien" in said
    assert (
        "invalid [('appointment_time', 'required'), ('colour', 'unknown'),"
        " ('phone', 'phone_invalid')]" in said
    )
    with tenancy.platform("test"):
        assert Patient.objects.filter(campaign=campaign).count() == 4
