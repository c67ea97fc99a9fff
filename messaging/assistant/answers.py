"""Check what the model has answered. What breaks a rule is not shown to anybody."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from messaging.assistant.masking import contains_mask
from workspaces.vetting.plain_names import carries_address, decipher

# A phone, an identity card or a record number: the model has never seen one, so it made it up.
_LONG_NUMBER = re.compile(r"\d(?:(?:[ ().·/-]|\s?[\u2010-\u2015-]\s?)?\d){4,}")
# Figures and times are no such number: "12.500 preguntas", "8.30-17.30".
_FIGURE = re.compile(
    r"(?<![\d.,])(?:[1-9]\d{0,2}[.,]\d{3}(?![.,]?\d)|\d{1,2}[.:][0-5]\d(?![.,:]?\d))"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f]")
_TAGS = re.compile("[\U000e0000-\U000e0fff]")
_MARKUP = re.compile(r"<[a-z/!]|```|\]\(|\{\{|\{%", re.IGNORECASE)
# So many words in a row that are also in our instructions are not a coincidence.
WORDS_OF_A_LEAK = 8


class UnusableAnswerError(Exception):
    """The answer breaks the schema or a rule for its texts. The message names the rule."""


def parse_object(text: str, *, keys: frozenset[str]) -> Mapping[str, Any]:
    """Return the JSON object with exactly these keys."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise UnusableAnswerError("no JSON") from None
    if not isinstance(parsed, dict) or parsed.keys() != keys:
        raise UnusableAnswerError("other keys")
    return parsed


def check_text(value: object, *, max_length: int, instructions: str, min_length: int = 1) -> str:
    """Return a plain text without addresses, numbers of people, markup or our instructions."""
    if not isinstance(value, str):
        raise UnusableAnswerError("no text")
    text = value.strip()
    if not min_length <= len(text) <= max_length:
        raise UnusableAnswerError("length")
    if _CONTROL.search(text) or _TAGS.search(text):
        raise UnusableAnswerError("invisible letters")
    if carries_address(text):
        raise UnusableAnswerError("an address")
    if _LONG_NUMBER.search(_FIGURE.sub("#", decipher(text))):
        raise UnusableAnswerError("a long number")
    if _MARKUP.search(text):
        raise UnusableAnswerError("markup")
    if contains_mask(text):
        raise UnusableAnswerError("a mask")
    if repeats_instructions(text, instructions):
        raise UnusableAnswerError("our instructions")
    return text


def check_list(value: object, *, max_items: int) -> Sequence[object]:
    """Return the first items of a list."""
    if not isinstance(value, list):
        raise UnusableAnswerError("no list")
    return value[:max_items]


def repeats_instructions(text: str, instructions: str) -> bool:
    words, ours = _words(text), f" {' '.join(_words(instructions))} "
    return any(
        f" {' '.join(words[start : start + WORDS_OF_A_LEAK])} " in ours
        for start in range(len(words) - WORDS_OF_A_LEAK + 1)
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
