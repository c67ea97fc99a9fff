"""The labelled texts that the heads are trained on."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# Texts with all labels, written for the training. The name of a file begins with its language.
TEXTS = Path(settings.BASE_DIR) / "messaging/understanding/training"
# Replies with an intent: the tables that test the rules, which are corrected by hand.
REPLIES = Path(settings.BASE_DIR) / "tests/messaging"
REPLY_INTENTS = {"out": "opt_out", "in": "opt_in", "help": "help", "other": "other"}


@dataclass(frozen=True)
class Example:
    """A text with its labels. A label is None where nobody has given one."""

    text: str
    intent: str | None
    language: str | None = None
    topics: frozenset[str] | None = None
    urgency: str | None = None
    sentiment: str | None = None

    @property
    def is_held_back(self) -> bool:
        """A fifth of the texts, chosen by their hash, so that a new text moves no other."""
        return hashlib.sha256(self.text.encode()).digest()[0] < 256 // 5


def load_examples() -> list[Example]:
    return [*_load_texts(), *_load_replies()]


def _load_texts() -> Iterator[Example]:
    for path in sorted(TEXTS.glob("*.tsv")):
        for line in _lines(path)[1:]:
            intent, topics, urgency, sentiment, text = line.split("\t")
            yield Example(
                text=text,
                intent=intent,
                language=path.stem.partition("_")[0],
                topics=frozenset(topics.split(",")) - {"-"},
                urgency=urgency,
                sentiment=sentiment,
            )


def _load_replies() -> Iterator[Example]:
    for path in sorted(REPLIES.glob("replies*.tsv")):
        for line in _lines(path):
            expected, text, *_comment = line.split("\t")
            meaning = expected.rstrip("?!")
            intent = REPLY_INTENTS.get(meaning, "rating")
            if intent == "other" and "?" in expected:
                intent = "other?"
            yield Example(text=_unescape(text), intent=intent)


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _unescape(text: str) -> str:
    text = re.sub(r"\\u(....)", lambda code: chr(int(code[1], 16)), text)
    return text.replace("\\n", "\n")
