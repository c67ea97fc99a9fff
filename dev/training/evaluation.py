"""How well heads read texts that they were not trained on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dev.training.examples import Example
from messaging.understanding.classify import choose_topics, choose_urgency
from messaging.understanding.heads import Heads

Features = np.ndarray  # of one text
Matrix = np.ndarray  # one row for each text


@dataclass(frozen=True)
class Score:
    """How often a code was right, wrong and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        both = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / both if both else 0.0


Answers = list[tuple[frozenset[str], frozenset[str]]]  # expected and found, for each text


# A probability is honest when this share of the answers that have it is right.
CALIBRATION_EDGES = (0.0, 0.3, 0.5, 0.7, 0.9, 1.0)


def report_lines(heads: Heads, examples: Sequence[Example], read: Matrix) -> list[str]:
    """Return a table: one line for each question, language and code, and the calibration."""
    lines = [f"{'question':10} {'language':8} {'code':12} {'texts':>5} {'prec.':>6} {'recall':>6}"]
    for question in ("intent", "topic", "urgency", "sentiment", "language"):
        for language in (None, "es", "pt", "en"):
            chosen = [
                (example, features)
                for example, features in zip(examples, read, strict=True)
                if language is None or example.language == language
            ]
            answers = list(_answers(heads, question, chosen))
            lines += _lines_of(question, language or "all", answers)
    for question in ("intent", "topic"):
        lines += _calibration_lines(question, _confidences(heads, question, examples, read))
    return lines


def score_codes(answers: Answers) -> dict[str, Score]:
    codes = sorted(set().union(*(expected | found for expected, found in answers)))
    return {code: _score(answers, code) for code in codes}


def micro_score(answers: Answers) -> Score:
    scores = score_codes(answers).values()
    return Score(
        right=sum(score.right for score in scores),
        wrong=sum(score.wrong for score in scores),
        missed=sum(score.missed for score in scores),
    )


def _lines_of(question: str, language: str, answers: Answers) -> Iterator[str]:
    if not answers:
        return
    for code, score in score_codes(answers).items():
        count = score.right + score.missed
        yield (
            f"{question:10} {language:8} {code:12} {count:5} "
            f"{score.precision:6.2f} {score.recall:6.2f}"
        )
    f1 = micro_score(answers).f1
    yield f"{question:10} {language:8} {'micro F1':12} {len(answers):5} {f1:6.2f}"


def _answers(
    heads: Heads, question: str, chosen: Sequence[tuple[Example, Features]]
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for example, features in chosen:
        expected = _expected(example, question)
        if expected is not None:
            yield expected, found_codes(heads, question, features)


def _expected(example: Example, question: str) -> frozenset[str] | None:
    if question == "topic":
        return example.topics
    code = getattr(example, question)
    return None if code is None else frozenset([code])


def found_codes(heads: Heads, question: str, features: Features) -> frozenset[str]:
    """Return the codes that `classify` would choose."""
    shares: dict[str, float] = getattr(heads, question).probabilities(features)
    if question == "topic":
        return frozenset(label.code for label in choose_topics(shares))
    if question == "urgency":
        return frozenset([choose_urgency([shares], heads.urgent_below).code])
    return frozenset([max(shares, key=lambda code: shares[code])])


def _confidences(
    heads: Heads, question: str, examples: Sequence[Example], read: Matrix
) -> Iterator[tuple[float, bool]]:
    """Yield each probability that a head gives, and whether the text has that code."""
    for example, features in zip(examples, read, strict=True):
        expected = _expected(example, question)
        if expected is not None:
            shares = getattr(heads, question).probabilities(features)
            yield from ((share, code in expected) for code, share in shares.items())


def _calibration_lines(question: str, confidences: Iterable[tuple[float, bool]]) -> Iterator[str]:
    known = list(confidences)
    for low, high in pairwise(CALIBRATION_EDGES):
        inside = [(share, right) for share, right in known if low < share <= high]
        if inside:
            said = sum(share for share, _right in inside) / len(inside)
            true = sum(right for _share, right in inside) / len(inside)
            yield (
                f"{question:10} confidence {low:.1f} to {high:.1f}: {len(inside):5} answers, "
                f"expected {said:.2f} right, are {true:.2f}"
            )


def _score(answers: Answers, code: str) -> Score:
    pairs = [(code in expected, code in found) for expected, found in answers]
    return Score(
        right=pairs.count((True, True)),
        wrong=pairs.count((False, True)),
        missed=pairs.count((True, False)),
    )
