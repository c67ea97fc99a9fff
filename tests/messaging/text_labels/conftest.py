from dataclasses import replace

import pytest

from messaging import understanding
from messaging.understanding import Label, Understanding

NOTHING = Understanding(
    topics=(),
    urgency=Label("none", 1),
    sentiment=Label("neutral", 1),
    language=Label("es", 1),
    intent=Label("other", 1),
)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> "FixedReader":
    """The labels do not depend on trained heads here: a text gets what the test says."""
    fixed = FixedReader()
    monkeypatch.setattr(understanding, "classify", fixed.classify)
    monkeypatch.setattr(understanding, "version", lambda: fixed.version)
    return fixed


class FixedReader:
    def __init__(self) -> None:
        self.version = "test-1"
        self.words: dict[str, Understanding] = {}

    def learn(self, word: str, *, topics: tuple[str, ...] = (), urgency: str = "none") -> None:
        self.words[word] = replace(
            NOTHING,
            topics=tuple(Label(code, 1) for code in topics),
            urgency=Label(urgency, 1),
        )

    def classify(self, text: str, *, rating: int | None = None) -> Understanding:  # noqa: ARG002
        return next((found for word, found in self.words.items() if word in text), NOTHING)
