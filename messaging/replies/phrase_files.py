"""Read the files of phrases and words in the folder `phrases`, whose README.md explains them."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("phrases")
COMMENT_SIGN = ";"


@dataclass(frozen=True)
class PhraseFile:
    """The tables of a file by heading, and the groups that its phrases use as `{name}`."""

    tables: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)


@cache
def read_phrase_file(name: str) -> PhraseFile:
    path = FOLDER / f"{name}.txt"
    return parse_phrases(path.read_text(encoding="utf-8"), path.name)


def parse_phrases(text: str, file_name: str) -> PhraseFile:
    """Return the tables and groups. Raise ValueError with file and line when one is misplaced."""
    file = PhraseFile()
    lines: list[str] | None = None
    section, heading = file.tables, ""
    for number, line in enumerate([*text.splitlines(), "[]"], start=1):
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            if lines is not None:
                section[heading] = "\n".join([*lines, ""]).replace("\\\n", " ")
            heading, lines = stripped[1:-1], []
            section = file.groups if heading.startswith("{") else file.tables
            heading = heading.strip("{}")
            if heading in section:
                raise ValueError(f"{file_name}, line {number}: [{heading}] is there twice.")
        elif stripped and not stripped.startswith(COMMENT_SIGN):
            if lines is None:
                raise ValueError(f"{file_name}, line {number}: write a [heading] before it.")
            lines.append(stripped)
    return file
