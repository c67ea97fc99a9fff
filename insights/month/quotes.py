"""Quotes of patients: a piece of what they wrote, with the names of people masked."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core import sql
from insights.month.masking import MASK, has_contact, mask_names
from insights.topics.counting import TEXTS, TONE

MAX_LENGTH, MIN_LETTERS = 220, 12
OF_EACH_TOPIC = 20
PRAISE, BLAME = "praise", "blame"
SENTENCE_END = re.compile(r"[.!?…]+(?=\s)")
MAX_MASKED_SHARE = 3  # one word in three

# The newest texts of each topic and tone, those of a good length first.
SELECT_TEXTS = f"""
WITH texts AS MATERIALIZED ({TEXTS}
), tones AS (
    SELECT visit, {TONE} AS tone FROM texts WHERE is_read GROUP BY visit, rating
), written AS (
    SELECT texts.visit, tones.tone, texts.topics, texts.rating, texts.patient, texts.practice_id,
           coalesce(comment.comment, feedback.comment, inbound.body) AS text
    FROM texts
    JOIN tones USING (visit)
    LEFT JOIN messaging_message comment
        ON texts.source = 'COMMENT' AND comment.id = texts.source_id
    LEFT JOIN messaging_feedback feedback
        ON texts.source = 'FEEDBACK' AND feedback.id = texts.source_id
    LEFT JOIN messaging_inboundmessage inbound
        ON texts.source = 'INBOUND' AND inbound.id = texts.source_id
    WHERE texts.is_read AND tones.tone <> ''
), placed AS (
    SELECT written.*, topic, row_number() OVER (
               PARTITION BY tone, topic
               ORDER BY length(text) BETWEEN 25 AND {MAX_LENGTH} DESC, visit DESC, text) AS place
    FROM written
    CROSS JOIN unnest(topics) AS topic
)
SELECT visit, tone, topic, rating, patient, practice_id, text
FROM placed
WHERE place <= {OF_EACH_TOPIC}
ORDER BY tone, topic, place
"""


@dataclass(frozen=True)
class PatientQuote:
    """`text` is a piece of the original, with masks in place of names. It names no patient.

    `visit` is a number that tells the quotes of one visit from those of another.
    """

    visit: int
    topic: str
    tone: str
    rating: int | None
    practice_id: UUID
    text: str
    is_cut: bool = False

    @property
    def masks(self) -> int:
        return self.text.count(MASK)


def read_quotes(
    values: dict[str, Any], *, doctors: Collection[str]
) -> tuple[list[PatientQuote], list[UUID]]:
    """Return what may be quoted, for each topic and tone, the most readable first.

    The second list has the ask of each visit, in the order of `PatientQuote.visit`.
    """
    rows, numbers = sql.fetch(SELECT_TEXTS, **values), dict[UUID, int]()
    for row in rows:
        row["visit"] = numbers.setdefault(row["visit"], len(numbers))
    quotes = [quote for row in rows if (quote := make_quote(**row, doctors=doctors))]
    quotes.sort(key=lambda quote: (quote.tone, quote.topic, quote.masks, quote.is_cut))
    return quotes, list(numbers)


def make_quote(
    *,
    text: str,
    patient: str,
    doctors: Collection[str],
    visit: int,
    topic: str,
    tone: str,
    rating: int | None,
    practice_id: UUID,
) -> PatientQuote | None:
    """Return the start of a text as a quote, or None if it says too little or has a contact."""
    piece = cut(text)
    if has_contact(piece) or sum(letter.isalpha() for letter in piece) < MIN_LETTERS:
        return None
    masked = mask_names(piece, patient=patient, doctors=doctors)
    if masked.count(MASK) * MAX_MASKED_SHARE > len(piece.split()):
        return None
    is_cut = piece != text.strip()
    return PatientQuote(visit, topic, tone, rating, practice_id, masked, is_cut)


def cut(text: str) -> str:
    """Return as many whole sentences as fit, or whole words if the first sentence is too long."""
    text = text.strip()
    if len(text) <= MAX_LENGTH:
        return text
    start = text[: MAX_LENGTH + 1]
    ends = [match.end() for match in SENTENCE_END.finditer(start)]
    if ends:
        return start[: ends[-1]]
    return start.rpartition(" ")[0] or text[:MAX_LENGTH]


def choose_quotes(
    quotes: Iterable[PatientQuote], topics: Sequence[str], *, tone: str, many: int
) -> list[PatientQuote]:
    """Choose quotes of these topics in turn, each of another visit and with other words."""
    by_topic = [
        [quote for quote in quotes if quote.tone == tone and quote.topic == topic]
        for topic in topics
    ]
    chosen: list[PatientQuote] = []
    for quote in _in_turn(by_topic):
        if len(chosen) == many:
            break
        if all(quote.visit != other.visit and quote.text != other.text for other in chosen):
            chosen.append(quote)
    return chosen


def _in_turn(lists: Sequence[Sequence[PatientQuote]]) -> Iterator[PatientQuote]:
    for place in range(max(map(len, lists), default=0)):
        for quotes in lists:
            if place < len(quotes):
                yield quotes[place]
