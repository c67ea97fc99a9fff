"""How well heads read texts that they were not trained on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dev.training.examples import Example
from messaging.understanding.classify import TOPIC_FROM
from messaging.understanding.heads import Heads


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


def report_lines(heads: Heads, examples: Sequence[Example], vectors: Sequence[object]) -> list[str]:
    """Return a table: one line for each question, language and code."""
    lines = [f"{'question':10} {'language':8} {'code':12} {'texts':>5} {'prec.':>6} {'recall':>6}"]
    for question in ("intent", "topic", "urgency", "sentiment", "language"):
        for language in (None, "es", "pt", "en"):
            chosen = [
                (example, vector)
                for example, vector in zip(examples, vectors, strict=True)
                if language is None or example.language == language
            ]
            answers = list(_answers(heads, question, chosen))
            lines += _lines_of(question, language or "all", answers)
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
    heads: Heads, question: str, chosen: Sequence[tuple[Example, object]]
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for example, vector in chosen:
        expected = getattr(example, "topics" if question == "topic" else question)
        if expected is None:
            continue
        yield (
            frozenset(expected) if question == "topic" else frozenset([expected]),
            found_codes(heads, question, vector),
        )


def found_codes(heads: Heads, question: str, vector: object) -> frozenset[str]:
    """Return the codes that the head gives, by the thresholds of `classify`."""
    shares: dict[str, float] = getattr(heads, question).probabilities(vector)
    if question == "topic":
        return frozenset(code for code, share in shares.items() if share >= TOPIC_FROM)
    if question == "urgency" and shares.pop("none") >= heads.urgent_below:
        return frozenset(["none"])
    return frozenset([max(shares, key=lambda code: shares[code])])


def _score(answers: Answers, code: str) -> Score:
    pairs = [(code in expected, code in found) for expected, found in answers]
    return Score(
        right=pairs.count((True, True)),
        wrong=pairs.count((False, True)),
        missed=pairs.count((True, False)),
    )
