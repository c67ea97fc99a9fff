"""The files of words and phrases that people correct by hand."""

import re
from pathlib import Path

import pytest

from messaging.replies import phrase_files
from messaging.replies.lexicon import ALL_GROUPS
from messaging.replies.patterns import compile_phrases
from messaging.replies.phrase_files import FOLDER, parse_phrases, read_phrase_file
from messaging.replies.verb_forms import VERB_GROUPS

NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
CODE = "".join(path.read_text() for path in Path(phrase_files.__file__).parent.glob("*.py"))


def is_named_in_code(name: str) -> bool:
    return f'"{name}"' in CODE or f"'{name}'" in CODE


def test_file_has_tables_and_groups_with_comments_and_long_lines() -> None:
    file = parse_phrases(
        """
        ; a comment
        [refusals]
        ; another
        no {us}* \\
            escriban
        nunca mas

        [{us}]
        me nos
        """,
        "example.txt",
    )
    first, second = file.tables["refusals"].splitlines()
    assert first.split() == ["no", "{us}*", "escriban"]
    assert second == "nunca mas"
    assert file.groups["us"].split() == ["me", "nos"]


@pytest.mark.parametrize(
    ("text", "line"),
    [("no me escriban", 1), ("[a]\nno\n[a]\nsi", 3), ("[{a}]\nno\n\n[{a}]", 4)],
)
def test_misplaced_line_is_named(text: str, line: int) -> None:
    with pytest.raises(ValueError, match=rf"example\.txt, line {line}:"):
        parse_phrases(text, "example.txt")


def test_unknown_group_is_named_with_its_phrase() -> None:
    with pytest.raises(ValueError, match=r"no group 'writ'.*\{no\} \{writ\}"):
        compile_phrases("{no} {writ}")


@pytest.mark.parametrize("name", NAMES)
def test_no_table_is_empty_or_unused(name: str) -> None:
    assert is_named_in_code(name)
    for heading, table in read_phrase_file(name).tables.items():
        assert table.split(), heading
        assert is_named_in_code(heading), heading


def test_every_group_is_used() -> None:
    files = [read_phrase_file(name) for name in NAMES]
    phrases = "".join(table for file in files for table in file.tables.values())
    used = {name for names in re.findall(r"\{([^}]*)\}", phrases) for name in names.split("|")}
    groups = {name for file in files for name in file.groups}
    assert [name for name in groups if name not in used and not is_named_in_code(name)] == []
    assert used <= ALL_GROUPS.keys() | groups
    assert read_phrase_file("verbs").groups.keys() <= VERB_GROUPS.keys()
