import re

import pytest

from core.names import load_words
from insights.month.masking import MASK, has_contact, mask_names
from insights.month.quotes import MAX_LENGTH, cut

DOCTORS = ["Dra. Valeria Suárez", "Dr. Ana Ruiz"]


def mask(text: str, patient: str = "Zoila Vega Mora") -> str:
    return mask_names(text, patient=patient, doctors=DOCTORS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The patient's own name, however it is written.
        ("Soy Zoila Vega, gracias", "Soy •••, gracias"),
        ("soy zoila vega, gracias", "soy •••, gracias"),
        ("SOY ZOILA VEGA", "SOY •••"),
        ("Atte. Zoila de la Vega", "Atte. •••"),
        ("Zoila", "•••"),
        # Third persons.
        ("Mi hija Camila salió contenta", "Mi hija ••• salió contenta"),
        ("mi hija camila salió contenta", "mi hija ••• salió contenta"),
        ("La señora Rosa de recepción", "La señora ••• de recepción"),
        ("la señora rosa fue grosera", "la señora ••• fue grosera"),
        ("La Sra. Pérez me ayudó", "La Sra. ••• me ayudó"),
        ("Rosa me atendió muy bien", "••• me atendió muy bien"),
        ("El enfermero Wilmer Quishpe me pinchó mal", "El enfermero ••• me pinchó mal"),
        ("ME ATENDIO CAMILA", "ME ATENDIO •••"),
        ("My son Xyrus was scared", "My son ••• was scared"),
        ("A enfermeira Jussara foi ótima", "A enfermeira ••• foi ótima"),
        # Doctors of the workspace keep their names, others do not.
        ("La Dra. Valeria Suárez explica todo", "La Dra. Valeria Suárez explica todo"),
        ("gracias doctora valeria", "gracias doctora valeria"),
        ("Ana Ruiz es la mejor", "Ana Ruiz es la mejor"),
        ("El Dr. Pedro Lema me trató mal", "El Dr. ••• me trató mal"),
        ("mi hermana Ana también fue", "mi hermana ••• también fue"),
        ("Gracias Dra. Valeria. Muy amable", "Gracias Dra. Valeria. Muy amable"),
        # No names.
        ("Gracias doctora. Muy amables", "Gracias doctora. Muy amables"),
        # Any other word with a capital letter inside a sentence may be a name.
        ("gracias doctora, Excelente trato", "gracias doctora, ••• trato"),
        ("Gracias a Dios todo bien. Muy amables", "Gracias a Dios todo bien. Muy amables"),
        ("Una luz en la sala, y mucha paz", "Una luz en la sala, y mucha paz"),
        ("EXCELENTE ATENCION MUY AMABLES", "EXCELENTE ATENCION MUY AMABLES"),
        ("La señora de recepción fue cortante", "La señora de recepción fue cortante"),
        ("👍 Excelente", "👍 Excelente"),
        ("So sweet, I’m happy and I've slept", "So sweet, I’m happy and I've slept"),
        ("Will the doctor call", "Will the doctor call"),
        ("al segundo día", "al segundo día"),
        ("", ""),
    ],
)
def test_names_are_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


def test_patient_called_like_the_doctor_is_masked_without_a_title() -> None:
    assert mask("Soy Ana, gracias doctora Ana", patient="Ana Torres") == (
        "Soy •••, gracias doctora Ana"
    )


def test_patient_with_the_whole_name_of_the_doctor_is_masked() -> None:
    assert mask("Soy Ana Ruiz, me vio la Dra. Ana Ruiz", patient="Ana Ruiz") == (
        "Soy •••, me vio la Dra. Ana Ruiz"
    )


def test_masked_text_is_made_of_pieces_of_the_original() -> None:
    text = "Fui con mi hija Camila de la Torre, y la Sra. Rosa (de caja) gritó a Wilmer. Soy Zoila"
    pieces = [re.escape(piece) for piece in mask(text).split(MASK)]

    assert re.fullmatch(".+".join(pieces), text)
    assert not {"Camila", "Torre", "Rosa", "Wilmer", "Zoila"} & set(re.findall(r"\w+", mask(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Llámeme al 0991234567",
        "mi número es 099 123 4567",
        "llame (02) 245-6789",
        "escriba a zoila@example.com",
        "vean www.ejemplo.ec",
        "https://bit.ly/x",
        "cédula 1712345678",
        "al ０９９１２３４５６７",
        "Zo\u200bila me llamo",
    ],
)
def test_contacts_are_found(text: str) -> None:
    assert has_contact(text)


@pytest.mark.parametrize(
    "text", ["Esperé 45 minutos", "a las 10:30 del 12", "un 5/5", "👩‍⚕️ genial"]
)
def test_other_numbers_are_no_contacts(text: str) -> None:
    assert not has_contact(text)


def test_cut_text_is_a_piece_of_whole_sentences() -> None:
    text = "Primera frase. " * 30
    piece = cut(text)

    assert piece in text
    assert len(piece) <= MAX_LENGTH
    assert piece.endswith("frase.")
    assert cut("palabra " * 60) in "palabra " * 60
    assert len(cut("x" * 500)) == MAX_LENGTH


def test_file_of_names_has_its_sections() -> None:
    words = load_words()

    assert "camila" in words.names
    assert "rosa" in words.words_too
    assert "dra" in words.doctor_titles
    assert "sra" in words.other_titles
    assert "de" in words.particles
    assert "dios" in words.safe
    assert not words.names & words.words_too
