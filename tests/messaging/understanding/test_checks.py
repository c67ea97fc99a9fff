import pytest
from django.core.checks import run_checks

from messaging.understanding import embedding


def messages() -> list[str]:
    return [message.id for message in run_checks() if message.id]


def test_missing_reader_is_told_by_the_system_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "is_installed", lambda: False)
    assert "messaging.I001" in messages()


def test_installed_reader_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "is_installed", lambda: True)
    assert "messaging.I001" not in messages()
