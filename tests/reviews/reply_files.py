"""Read the replies in `replies/`, which say whether the gate must allow them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("replies")
LINE = re.compile(r"(?P<mark>[+-])(?:\{(?P<names>[^}]*)\})? (?P<text>.*)")
HOLD_BACK_EVERY = 3


@dataclass(frozen=True)
class Reply:
    text: str
    is_clean: bool
    private_names: tuple[str, ...]
    is_held_back: bool


def read_replies(language: str) -> Iterator[Reply]:
    lines = (FOLDER / f"{language}.txt").read_text("utf-8").splitlines()
    written = [line for line in lines if line and not line.startswith("#")]
    for number, line in enumerate(written):
        match = LINE.fullmatch(line)
        assert match, line
        yield Reply(
            text=match["text"].replace("\\n", "\n"),
            is_clean=match["mark"] == "+",
            private_names=tuple(match["names"].split(", ")) if match["names"] else (),
            is_held_back=number % HOLD_BACK_EVERY == HOLD_BACK_EVERY - 1,
        )
