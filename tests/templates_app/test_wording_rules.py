"""Meta's rules for the words of a template: each violation says what to change."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from templates_app.defaults import DEFAULTS, DefaultText
from templates_app.models import Category, Channel
from templates_app.whatsapp.wording_rules import (
    advised_category,
    number_variables,
    problems_of,
)
from tests.factories import TemplateFactory

FINE = "Hola {{firstName}}, gracias por su visita a {{practice}}. ¿Cómo fue, del 1 al 5?"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_good_text_has_no_problem() -> None:
    assert problems_of(FINE) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{{firstName}}, ¿cómo fue su visita al consultorio, del 1 al 5?", "before {{firstName}}"),
        ("¡{{firstName}}! ¿Cómo fue su visita al consultorio, del 1 al 5?", "before {{firstName}}"),
        ("Hola, ¿cómo fue su visita? Opine por favor: {{ratingLink}}.", "after {{ratingLink}}"),
        (
            "Hola {{firstName}} {{doctor}} quiere saber cómo fue su visita al consultorio.",
            "between {{firstName}} and {{doctor}}",
        ),
        ("Hola {{firstName}} de {{practice}} hoy", "at least 5 words"),
        (FINE + " Gracias." * 130, "at most 1024 letters"),
        ("Hola:\n\n\n" + FINE, "one empty line"),
        ("Hola:     " + FINE, "four spaces"),
        (FINE + " Mire bit.ly/abc por favor.", "bit.ly/abc"),
    ],
)
def test_violation_is_named(content: str, said: str) -> None:
    (problem,) = problems_of(content)

    assert said in problem


def test_variables_become_numbered_gaps() -> None:
    text = "Hola {{ firstName }}: {{practice}} saluda a {{firstName}}.\r\nGracias.\n"

    assert number_variables(text) == "Hola {{1}}: {{2}} saluda a {{1}}.\nGracias."


FOR_WHATSAPP = [text for text in DEFAULTS if text.channel in ("", Channel.WHATSAPP)]


@pytest.mark.parametrize("text", FOR_WHATSAPP, ids=lambda text: f"{text.type}-{text.language}")
def test_default_texts_for_whatsapp_can_be_submitted(text: DefaultText) -> None:
    assert problems_of(text.content) == []


def test_request_for_a_review_is_advised_as_marketing() -> None:
    ask = TemplateFactory.build(content=FINE)
    thanks = TemplateFactory.build(content="Gracias. Opine en {{reviewLink}} si desea.")

    assert (advised_category(ask), advised_category(thanks)) == (
        Category.UTILITY,
        Category.MARKETING,
    )
