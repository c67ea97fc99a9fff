import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messaging.replies import ReplyReading
from messaging.replies import read_by_rules as read
from messaging.replies.tokenizer import MAX_TEXT_LENGTH
from templates_app.defaults import DEFAULTS, DefaultText
from templates_app.rendering import render_template_text

INTENTS = {"out": "opt_out", "in": "opt_in", "help": "help", "other": "other"}


class Case(NamedTuple):
    text: str
    intent: str
    rating: int | None
    comment: str | None
    may_be_opt_out: bool
    needs_person: bool


def cases(table: str) -> Iterator[Case]:
    for line in Path(__file__).with_name(table).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        expected, text, *comment = line.split("\t")
        meaning = expected.rstrip("?!")
        yield Case(
            text=re.sub(r"\\u(....)", lambda code: chr(int(code[1], 16)), text).replace(
                "\\n", "\n"
            ),
            intent=INTENTS.get(meaning, "rating"),
            rating=int(meaning) if meaning.isdecimal() else None,
            comment=comment[0].removeprefix("-") if comment else None,
            may_be_opt_out="?" in expected,
            needs_person="!" in expected,
        )


def without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not "\u0300" <= letter < "\u0370")


PLAIN = list(cases("replies.tsv"))
# These tables also say whether a text may be an opt-out (?) and whether it needs a person (!).
FLAGGED_TABLES = (
    "replies_by_form.tsv",
    "replies_second_set.tsv",
    "replies_third_set.tsv",
    "replies_fourth_set.tsv",
    "replies_fifth_set.tsv",
    "replies_sixth_set.tsv",
)
CASES = PLAIN + [case for table in FLAGGED_TABLES for case in cases(table)]
OPT_OUTS = [case.text for case in CASES if case.intent == "opt_out"]


def test_plain_texts_are_read_as_the_table_says() -> None:
    wrong = []
    for case in PLAIN:
        reading = read(case.text)
        comment = reading.comment if case.comment is None else case.comment
        if reading.comment != comment or (reading.intent, reading.rating) != case[1:3]:
            wrong.append((case, reading))
    assert wrong == []


def is_read_as_expected(case: Case) -> bool:
    reading = read(case.text)
    flags = (reading.may_be_opt_out, reading.needs_person)
    if case.intent == "opt_out" and not case.needs_person:
        flags = (reading.may_be_opt_out, False)
    return (reading.intent, reading.rating, *flags) == (
        case.intent,
        case.rating,
        case.may_be_opt_out,
        case.needs_person,
    )


@pytest.mark.parametrize("table", FLAGGED_TABLES)
def test_flagged_texts_are_read_as_the_table_says(table: str) -> None:
    assert [(case, read(case.text)) for case in cases(table) if not is_read_as_expected(case)] == []


def test_clear_opt_out_is_never_doubtful() -> None:
    assert not any(read(text).may_be_opt_out for text in OPT_OUTS)


def test_denied_or_conditional_opt_in_is_not_an_opt_in() -> None:
    for text in (
        "no quiero volver a recibir mensajes",
        "vuelvan a escribir y los denuncio",
        "quién les dijo que quiero recibir mensajes",
        "si quiero recibir mensajes les aviso",
        "solo quiero recibir mensajes de mis citas",
        "se quero receber mensagens eu aviso",
        "dar de alta",
    ):
        assert read(text).intent != "opt_in", text
    assert read("ahora si quiero recibir mensajes").intent == "opt_in"
    assert read("si quiero recibir mensajes").intent == "opt_in"


def test_rating_with_words_about_the_visit_is_not_doubtful() -> None:
    assert [case.text for case in PLAIN if case.rating and read(case.text).may_be_opt_out] == []


def test_request_beside_opt_out_needs_person() -> None:
    assert read("dadme de baja y llamadme para cambiar la cita").needs_person
    assert not read("¿me pueden sacar de la lista?").needs_person


OFF_SCALE = ("10", "un 10!", "diez", "8/10", "Le doy un 9", "del 1 al 10 un 8", "0", "100", "6 ⭐")
NOT_OFF_SCALE = (
    "5",
    "4 o 5",
    "10, digo 5",
    "esperé 10 minutos",
    "llegué a las 10",
    "55",
    "hola",
    "",
)


@pytest.mark.parametrize("text", OFF_SCALE)
def test_grade_outside_1_to_5_is_off_scale(text: str) -> None:
    reading = read(text)

    assert (reading.intent, reading.rating, reading.off_scale) == ("other", None, True)


@pytest.mark.parametrize("text", NOT_OFF_SCALE)
def test_other_number_is_not_off_scale(text: str) -> None:
    assert not read(text).off_scale


VARIANTS: list[Callable[[str], str]] = [
    str.upper,
    str.lower,
    "  {}\n".format,
    "{}!!".format,
    "{} 🙏".format,
    "*{}*".format,
    without_accents,
]


@pytest.mark.parametrize("vary", VARIANTS)
def test_opt_out_is_read_in_any_spelling(vary: Callable[[str], str]) -> None:
    assert [text for text in OPT_OUTS if read(vary(text)).intent != "opt_out"] == []


@pytest.mark.parametrize("beside", ["5. {}", "{}\n5", "⭐⭐⭐⭐⭐\n{}"])
def test_opt_out_wins_over_rating(beside: str) -> None:
    assert [text for text in OPT_OUTS if read(beside.format(text)).intent != "opt_out"] == []


@pytest.mark.parametrize("vary", ["{} 🙂".format, "{}!".format, without_accents])
def test_rating_is_read_in_any_spelling(vary: Callable[[str], str]) -> None:
    answers = [case for case in CASES if case.rating and "> " not in case.text]
    assert [case for case in answers if read(vary(case.text)).rating != case.rating] == []


def test_comment_is_the_text_without_the_rating() -> None:
    assert read("le doy un 3, tardaron mucho") == ReplyReading("rating", 3, "tardaron mucho")
    assert read("¡Gracias! 5").comment == "¡Gracias!"
    assert read("5. ¿Cuándo es mi próxima cita?").comment == "¿Cuándo es mi próxima cita?"
    assert read("La doctora, excelente; le doy un 5. Volveré.").comment == (
        "La doctora, excelente Volveré."
    )
    assert read("5, perdón, 4, gracias").comment == "gracias"
    assert read("tengo unos perros") == ReplyReading("other", None, "tengo unos perros")
    assert read("STOP. Muy mala atención").comment == "Muy mala atención"
    assert read("AYUDA").comment == ""
    assert read("") == ReplyReading("other", None, "")


def test_comment_keeps_spelling_and_emoji() -> None:
    text = "5 ¡La Dra. Ñáñez es LO MÁXIMO! 👩🏽‍⚕️❤️"
    assert read(text).comment == "¡La Dra. Ñáñez es LO MÁXIMO! 👩🏽‍⚕️❤️"


ASKS = [text for text in DEFAULTS if text.type in ("INITIAL", "REMINDER")]


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: f"{ask.type}-{ask.language}-{ask.channel}")
def test_quoted_question_of_ours_is_ignored(ask: DefaultText) -> None:
    question = render_template_text(
        ask.content,
        {
            "name": "Ana Paz",
            "firstName": "Ana",
            "practice": "Clínica Sur",
            "ratingLink": "https://mi.clinica.ec/r/AbCdEf1234",
            "optOutLink": "https://mi.clinica.ec/o/AbCdEf1234",
        },
    )
    assert read(question).intent == "other"
    assert read(f"{question}\n4").rating == 4
    quoted = "\n".join(f"> {line}" for line in question.splitlines())
    assert read(f"{quoted}\nSTOP").intent == "opt_out"


vocabulary = sorted({word for case in CASES for word in case.text.split()})
mixed_pieces = st.lists(
    st.one_of(
        st.sampled_from(vocabulary),
        st.sampled_from(
            ["\n", "\u200b", "\u202e", "\x00", "\ud83d", "5\ufe0f\u20e3", "½", "(", "-"]
        ),
        st.text(max_size=5),
    ),
    max_size=30,
)


@given(st.one_of(mixed_pieces.map(" ".join), mixed_pieces.map("".join), st.text()))
@example("")
@example("\ud83d")
@example("5" * 5000)
@example("⁵")
@example(">")
@example("1 (")
@example("1-")
def test_any_text_gives_a_valid_reading(text: str) -> None:
    reading = read(text)
    assert (reading.rating is not None) == (reading.intent == "rating")
    assert reading.rating in (None, 1, 2, 3, 4, 5)
    # PostgreSQL refuses some of these, and the others are invisible.
    assert not any(
        unicodedata.category(letter) in ("Cc", "Cs") for letter in reading.comment if letter != "\n"
    )
    assert reading == read(text)


@pytest.mark.parametrize(
    "piece",
    [
        *["a", "5 ", "1 a ", "1-", "1 (", "1.", "⭐", "5 ⭐ ", "*", "“", "> \n", "a.", "\0", "-5"],
        *["mas ", "ya basta ", "no quiero ", "stop os seus ", "dejen de me de ", "s t o "],
        *["no me quiero que me ", "borren mi numero de la ", "un 5 pero ", "cinco un ", "x stop, "],
        *["quiero volver a recibir ", "me pueden ", "si me vuelven a escribir ", "otra vez "],
        *["quién les dio mi ", "no.me.", "estos mensajes ", "cuándo ", "necesito una "],
        *["a\u0301", "\u0301", "👩‍👩‍👧‍👦", "no mas ", "5 de ", "5 o ", "por favor "],
    ],
)
def test_huge_text_takes_no_longer_than_the_maximum_length(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    reading = read(text)
    assert time.process_time() - start < 2
    assert len(reading.comment) <= MAX_TEXT_LENGTH
