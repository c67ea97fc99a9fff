"""Compile tables of phrases into regular expressions over a line of phonetic keys.

phrases/README.md explains how a phrase is written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from messaging.replies.lexicon import ALL_GROUPS, GROUP_MARKS, is_one_word, with_marks
from messaging.replies.sentences import COMMA, NUMBER
from messaging.replies.tokenizer import phonetic_key

# `~` at the end of a word in a table, and the expression that it becomes.
PREFIX_SIGN, ANY_ENDING = "~", r"[^\s,]*+"
# Stands for the group marks that a word may carry, until the expression is complete.
MARKS_SIGN, ANY_MARKS = "<", r"(?:/[^\s:]*+:)?+"


def compile_phrases(table: str, **own_groups: str) -> re.Pattern[str]:
    """Return a pattern that finds any phrase of the table anywhere in a line of keys."""
    return re.compile(rf"(?<= )(?:{'|'.join(_line_patterns(table, own_groups))})")


def compile_whole_text(table: str, **own_groups: str) -> re.Pattern[str]:
    """Return a pattern for a text that has only phrases of the table, and politeness."""
    phrases = "|".join(_line_patterns(table, own_groups))
    polite = rf"(?:{group_pattern('polite')}|{COMMA})"
    return re.compile(rf" {polite}*?(?:{phrases})(?:{polite}|{phrases})*+")


def _line_patterns(table: str, own_groups: dict[str, str]) -> Iterator[str]:
    groups = _compiled_groups() | {
        name: alternatives_pattern(entries) for name, entries in own_groups.items()
    }
    return (_line_pattern(line, groups) for line in table.splitlines() if line.strip())


def alternatives_pattern(entries: str) -> str:
    """Return the expression for one of these entries, trying the longest first."""
    trie = _trie_pattern(map(_entry_keys, entries.split()))
    return trie.replace(MARKS_SIGN, ANY_MARKS).replace(PREFIX_SIGN, ANY_ENDING)


def _trie_pattern(texts: Iterable[str]) -> str:
    """Return an expression that branches letter by letter.

    A plain `a|b|c` tries each of a thousand entries at every word; this tries one branch.
    """
    by_first_letter: dict[str, list[str]] = {}
    for text in sorted(set(texts)):
        by_first_letter.setdefault(text[:1], []).append(text[1:])
    may_end_here = by_first_letter.pop("", None) is not None
    if not by_first_letter:
        return ""
    branches = "|".join(letter + _trie_pattern(rest) for letter, rest in by_first_letter.items())
    if len(by_first_letter) == 1 and not may_end_here:
        return branches
    return f"(?:{branches}){'?' if may_end_here else ''}"


def group_pattern(name: str) -> str:
    return _compiled_groups()[name]


@cache
def _compiled_groups() -> dict[str, str]:
    return {name: _compile_group(name, entries) for name, entries in ALL_GROUPS.items()}


def _compile_group(name: str, entries: str) -> str:
    if not (mark := GROUP_MARKS.get(name)):
        return alternatives_pattern(entries)
    marked_word = rf"/[^\s:]*?{mark}[^\s:]*+:[^\s,]++ "
    others = alternatives_pattern(
        " ".join(entry for entry in entries.split() if not is_one_word(entry))
    )
    # Several words come before one, so that "dar de baja" is tried before "dar".
    return f"(?:{others}|{marked_word})" if others else marked_word


def _line_pattern(line: str, groups: Mapping[str, str]) -> str:
    try:
        return "".join(_element_pattern(element, groups) for element in line.split())
    except KeyError as error:
        raise ValueError(f"There is no group {error}, which this phrase uses: {line}") from error


def _element_pattern(element: str, groups: Mapping[str, str]) -> str:
    if element == "…":
        return GAP
    if element == "^":
        return rf"(?:(?<=^ )|(?<={COMMA}))"
    if element == "$":
        return rf"{groups['polite']}*+(?=, |$)"
    # Possessive (`*+`): the tables overlap, and backtracking would read a text many times over.
    repeated = {"?": "?", "*": "*+"}.get(element[-1], "")
    choices = _split_group_choices(element.rstrip("?*!").strip("()").split("|"))
    either = "|".join(
        groups[choice.strip("{}")] if choice.startswith("{") else alternatives_pattern(choice)
        for choice in choices
    )
    return f"(?!{either})" if element.endswith("!") else f"(?:{either}){repeated}"


def _split_group_choices(choices: list[str]) -> Iterator[str]:
    """Read "{write|send}" as "{write}" or "{send}"."""
    in_braces = False
    for choice in choices:
        is_group = in_braces or choice.startswith("{")
        in_braces = is_group and not choice.endswith("}")
        yield f"{{{choice.strip('{}')}}}" if is_group else choice


def _entry_keys(entry: str) -> str:
    """Return an entry of a table in phonetic keys, as they stand in a line."""
    if entry == ",":
        return COMMA
    return "".join(map(_word_key, entry.split("-")))


def _word_key(word: str) -> str:
    if word == NUMBER.strip():
        return NUMBER
    if word.endswith(PREFIX_SIGN):
        return f"{MARKS_SIGN}{phonetic_key(word)}{PREFIX_SIGN} "
    return with_marks(phonetic_key(word))


# These words turn a sentence round, so "…" does not reach across them.
_NOT_IN_GAP = alternatives_pattern("por al via by dejar parar deixar stop perder lose mis")
GAP = rf"(?:(?!{_NOT_IN_GAP})[^\s,]+ ){{0,4}}?"
