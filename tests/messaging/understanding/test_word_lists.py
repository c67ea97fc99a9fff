from pathlib import Path

import pytest

from messaging.models import Topic, Urgency
from messaging.understanding import word_lists
from messaging.understanding.heads import load_heads

NAMES = [path.stem for path in sorted(word_lists.FOLDER.glob("*/*.txt"))]


def counts(text: str) -> dict[str, int]:
    found = dict(zip(NAMES, word_lists.count_words(text), strict=True))
    return {name: count for name, count in found.items() if count}


def test_each_topic_and_each_urgency_has_a_list() -> None:
    assert set(NAMES) == set(Topic.values) | set(Urgency.values) - {"none"}


def test_words_count_without_accents_and_capitals() -> None:
    assert counts("MUY CARO, y la RECEPCIÓN tambien") == {"price": 1, "reception": 1}


def test_star_stands_for_any_ending_and_a_word_counts_only_as_a_whole() -> None:
    assert counts("demoraron") == {"waiting": 1}
    assert "facilities" not in counts("the facade")


def test_count_stops_at_two() -> None:
    assert counts("caro, carísimo, un precio caro y más caro")["price"] == 2


def test_heads_were_trained_with_these_lists() -> None:
    """The weights belong to the lists. After a change of a list, run `make train`."""
    assert load_heads().word_lists == word_lists.digest()


@pytest.mark.parametrize("path", sorted(word_lists.FOLDER.glob("*/*.txt")), ids=lambda p: p.stem)
def test_list_has_one_phrase_on_each_line_and_none_twice(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines == [" ".join(line.split()) for line in lines if line.strip()]
    assert len(lines) == len(set(lines))
