"""A figure or a time in an answer is fine; a phone or an identity card is not."""

import pytest

from messaging.assistant.answers import UnusableAnswerError, check_text


@pytest.mark.parametrize(
    "text",
    [
        "Respondieron 139 de 386 (36 %).",
        "The average fell to 4.12 (4.40 in October).",
        "Hay 12.500 preguntas, y en 2026 (387 en octubre) fueron menos.",
        "Nuestro horario es 8.30-17.30.",
    ],
)
def test_figure_is_accepted(text: str) -> None:
    assert check_text(text, max_length=500, instructions="") == text


@pytest.mark.parametrize(
    "text",
    [
        "Llame al 0987 654 321.",
        "Llame al 0987 - 654 - 321.",
        "Llame al (099) 123-4567.",
        "Llame al 099.123.456.",
        "Su cédula es 1712345678.",
    ],
)
def test_number_of_a_person_is_refused(text: str) -> None:
    with pytest.raises(UnusableAnswerError):
        check_text(text, max_length=500, instructions="")
