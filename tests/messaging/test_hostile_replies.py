"""Reading a hostile text takes time in proportion to its length, not to its square.

Anybody with a phone can send such a text, and while it is read other patients' STOPs wait.
"""

import cProfile
import pstats
import time

import pytest

from messaging import replies
from messaging.replies.tokenizer import MAX_TEXT_LENGTH

LONG = MAX_TEXT_LENGTH // 4
SHORT = LONG // 8
# The long text has eight times the length. A quadratic reader would take 64 times as long.
MAX_GROWTH = 20

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


def repeat_to_length(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def count_calls(text: str) -> int:
    profile = cProfile.Profile()
    profile.runcall(replies.read, text)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # not in the stubs


def measure_seconds(text: str) -> float:
    """Return the processor time of this thread, so that a busy machine changes little."""
    taken = []
    for _ in range(2):
        before = time.thread_time()
        replies.read(text)
        taken.append(time.thread_time() - before)
    return min(taken)


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_time_in_proportion_to_length(piece: str) -> None:
    short, long = repeat_to_length(piece, SHORT), repeat_to_length(piece, LONG)
    replies.read(short)  # patterns are compiled at the first reading

    assert count_calls(long) < count_calls(short) * MAX_GROWTH
    # Below some milliseconds the clock is too coarse to compare.
    assert measure_seconds(long) < max(measure_seconds(short), 0.003) * MAX_GROWTH


@pytest.mark.parametrize("piece", ["5 ", "a", "\u0301"])
def test_text_of_64_kilobytes_takes_no_longer_than_the_maximum(piece: str) -> None:
    replies.read(piece)

    max_calls = count_calls(repeat_to_length(piece, MAX_TEXT_LENGTH))
    assert count_calls(repeat_to_length(piece, 64 * 1024)) <= max_calls * 1.1
