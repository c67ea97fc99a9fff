"""The languages of public reviews, on the texts that train the local reader."""

import csv
from pathlib import Path

import pytest

from config.embedded.places import ROOT
from reviews.languages import detect_language

TEXTS = ROOT / "messaging/understanding/training"
# Fewer words tell too little, and are no review.
FEWEST_WORDS = 4


def texts_in(language: str) -> list[str]:
    found: list[str] = []
    for file in sorted(Path(TEXTS).glob(f"{language}_*.tsv")):
        lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        found += [row["text"] for row in rows if len(row["text"].split()) >= FEWEST_WORDS]
    return found


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_language_of_most_texts_is_found_and_rarely_wrong(language: str) -> None:
    found = [detect_language(text) for text in texts_in(language)]

    assert len(found) > 500
    assert found.count(language) / len(found) >= 0.9
    assert sum(each not in {language, ""} for each in found) / len(found) <= 0.02


@pytest.mark.parametrize("text", ["", "👍👍👍", "Excelente", "Dr. Ruiz 10/10", "非常好"])
def test_text_that_tells_nothing_has_no_language(text: str) -> None:
    assert detect_language(text) == ""
