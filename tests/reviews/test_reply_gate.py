"""The gate against replies as clinics write them: `replies/` says which it must refuse."""

import time
from collections.abc import Sequence

import pytest

from reviews.reply_gate import Reason, check_reply
from tests.reviews.reply_files import Reply, read_replies

LANGUAGES = ("es", "en", "pt")
PARTS = ("", "_second", "_third", "_fourth", "_fifth", "_sixth")
FEWEST_REPLIES = 320
MOST_REFUSED = 0.05
# Far more than a reply needs on a busy machine, far less than a pattern that takes quadratic time.
SECONDS = 0.5


def read_all(language: str) -> list[Reply]:
    return [reply for part in PARTS for reply in read_replies(f"{language}{part}")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_replies_are_many_and_half_of_them_clean(language: str) -> None:
    replies = list(read_replies(language))

    clean = sum(reply.is_clean for reply in replies)
    assert len(replies) >= FEWEST_REPLIES
    assert 0.45 < clean / len(replies) < 0.55
    assert len({reply.text for reply in replies}) == len(replies)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_reply_that_reveals_a_patient_passes(language: str) -> None:
    passed = [
        reply.text
        for reply in read_all(language)
        if not reply.is_clean and check_reply(reply.text, private_names=reply.private_names).allowed
    ]

    assert passed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_clean_replies_are_refused(language: str) -> None:
    clean = [reply for reply in read_all(language) if reply.is_clean]

    refused = [
        reply.text
        for reply in clean
        if not check_reply(reply.text, private_names=reply.private_names).allowed
    ]
    assert len(refused) <= MOST_REFUSED * len(clean), refused


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_quote_the_reply_as_it_is_written(language: str) -> None:
    for reply in read_all(language):
        for finding in check_reply(reply.text, private_names=reply.private_names).findings:
            end = finding.start + len(finding.words)
            assert finding.words
            assert reply.text[finding.start : end] == finding.words


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("Gracias por su comentario y por su última visita.", "su última visita", Reason.VISIT),
        ("Thanks! See you soon!", "See you soon", Reason.AGAIN),
        ("Foi um prazer te atender.", "te atender", Reason.CARE),
        ("No encontramos su nombre.", "No encontramos su nombre", Reason.PATIENT),
        ("Your root canal went well.", "root canal", Reason.HEALTH),
        ("La doctora agradece el mensaje.", "La doctora", Reason.DOCTOR),
        ("¡Gracias, Andrés!", "Andrés", Reason.NAME),
        ("Sentimos lo del martes pasado.", "martes pasado", Reason.DATE),
        ("A limpeza custa R$ 90.", "R$ 90", Reason.MONEY),
        ("Escríbanos a hola@example.com.", "hola@example.com", Reason.CONTACT),
        ("Fue un error nuestro.", "un error nuestro", Reason.ADMISSION),
        ("Qué lindo su peinado.", "su", Reason.PERSON),
        ("Faltaba personal.", "Faltaba", Reason.PAST),
        ("El técnico llegó.", "llegó", Reason.PAST),
        ("Buenas tardes,\nFaltaba personal.", "Faltaba", Reason.PAST),
        ("The power cut upset us. It rained.", "rained", Reason.PAST),
        ("Gracias por escribir. Un poco de reposo ayuda.", "Un poco de reposo", Reason.UNCLEAR),
    ],
)
def test_finding_says_which_words_and_why(text: str, words: str, reason: Reason) -> None:
    findings = check_reply(text).findings

    assert any(words in each.words and each.reason == reason for each in findings), findings


@pytest.mark.parametrize(
    "text",
    [
        "gracias por su v\u200bisita",
        "gracias por su vi\u0301sita",
        "gracias por su vіsіta",  # Cyrillic letters
        "GRACIAS POR SU VISITAAAA",
        "gracias por su v i s i t a",
        "gracias por su v1s1ta",
        "grasias por su bicita",
        "gracias por su ｖｉｓｉｔａ",
        "#GraciasPorSuVisita",
    ],
)
def test_disguised_words_are_found(text: str) -> None:
    assert not check_reply(text).allowed


@pytest.mark.parametrize(
    ("text", "names", "is_allowed"),
    [
        ("Un saludo para Toapanta.", ["Wilmer Toapanta"], False),
        ("Un saludo para toapanta.", ["Wilmer Toapanta"], False),
        ("Gracias por la luz de sus palabras.", ["Luz Mera"], True),
        ("Qué lindo leer esto, Luz.", ["Luz Mera"], False),
        ("Compartimos lo que dice luz Mera.", ["Luz Mera"], False),
        ("Priya's words made our day.", ["Priya Raman"], False),
        ("Obrigado, Zezinho!", ["Zeza Lima"], False),
        ("W. T., leemos con gusto todo comentario.", ["Wilmer Toapanta"], False),
        ("Saludos de Clínica Santa María.", ["María Quishpe"], True),
        ("Gracias por de la Torre.", ["Ana de la Torre"], False),
    ],
)
def test_names_of_the_clinics_own_data(text: str, names: Sequence[str], is_allowed: bool) -> None:
    assert check_reply(text, private_names=names).allowed is is_allowed


@pytest.mark.parametrize(
    "text",
    [
        *(letter * 4000 for letter in "a 1@.-\n😀ñ"),
        *(word * 1000 for word in ("a ", "1 ", "1-", "a.", "su ", "you ", "\u200b", "a'", "$1 ")),
        " ".join(reply.text for reply in read_replies("es"))[:4000],
    ],
    ids=lambda text: repr(text[:4]),
)
def test_long_reply_takes_no_time(text: str) -> None:
    check_reply("Hola")  # loads the words
    start = time.process_time()

    check_reply(text, private_names=["Andrés Villacís"])

    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("Odontomed Quito", True),  # a signature
        ("Gracias. Odontomed Quito", True),
        ("Gracias. Todo grabado", False),
        ("Gracias. Con reposo todo pasa", False),
        ("Los comentarios de Bayside Plaza Norte importan.", True),
        ("El equipo usa tornos, sierras y martillos.", False),
    ],
)
def test_sentence_has_few_words_that_are_not_known(text: str, is_allowed: bool) -> None:
    assert check_reply(text).allowed is is_allowed


def test_advice_about_a_sentence_gives_way_to_a_more_exact_one() -> None:
    findings = check_reply("Gracias por escribir. El reposo del martes pasado ayuda.").findings

    assert {each.reason for each in findings} == {Reason.DATE}


def test_empty_reply_has_nothing_to_refuse() -> None:
    assert check_reply("").allowed


def test_same_reply_has_the_same_findings() -> None:
    text = "Gracias Andrés por su visita del 12 de marzo, la Dra. Paz le espera."

    assert check_reply(text) == check_reply(text)
