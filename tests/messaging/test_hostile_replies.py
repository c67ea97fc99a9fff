"""Texts that are made to keep the reader busy: reading takes time in proportion to their length.

Anyone with a phone may send one, and a STOP may be waiting behind it.
"""

import cProfile
import pstats
import time

import pytest

from messaging import replies
from messaging.replies.text import LONGEST_READ

LONG = LONGEST_READ // 4
SHORT = LONG // 8
# Eight times the text: eight times the work, and 64 times for a quadratic reader.
MOST_GROWTH = 20

HOSTILE = {
    "digits": "5",
    "ratings": "5 ",
    "fractions": "5/5 ",
    "decimals": "1,5",
    "stars": "⭐",
    "emoji": "😀",
    "families": "👨\u200d👩\u200d👧",
    "zero-width spaces": "\u200b",
    "accents that pile up": "a" + "\u0301" * 30,
    "one endless word": "a",
    "letters alone": "d ",
    "spelled out": "s t o p ",
    "almost an opt-out": "no me escriban mas mensajes que no ",
    "politeness": "gracias por favor ",
    "negations": "no no ",
    "conditions": "si no es 5 es ",
    "questions": "¿? ",
    "quoted lines": "\n> hola\n",
    "blank lines": "\n \n",
    "addresses": "a.bb.cc/",
    "almost addresses": "a@b-",
    "brackets": "((",
}


def text_of(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def calls_made(text: str) -> int:
    profile = cProfile.Profile()
    profile.runcall(replies.read, text)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # not in the stubs


def processor_seconds(text: str) -> float:
    """Of this thread alone, so that a busy machine changes little; patterns count here too."""
    taken = []
    for _ in range(2):
        before = time.thread_time()
        replies.read(text)
        taken.append(time.thread_time() - before)
    return min(taken)


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_work_in_proportion_to_its_length(piece: str) -> None:
    short, long = text_of(piece, SHORT), text_of(piece, LONG)
    replies.read(short)  # patterns are compiled at the first reading

    assert calls_made(long) < calls_made(short) * MOST_GROWTH
    # Below some milliseconds the clock is too coarse to compare.
    assert processor_seconds(long) < max(processor_seconds(short), 0.003) * MOST_GROWTH


@pytest.mark.parametrize("piece", ["5 ", "a", "\u0301"])
def test_text_of_64_kilobytes_costs_no_more_than_the_longest_that_is_read(piece: str) -> None:
    replies.read(piece)

    most = calls_made(text_of(piece, LONGEST_READ))
    assert calls_made(text_of(piece, 64 * 1024)) <= most * 1.1
