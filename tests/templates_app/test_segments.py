import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from templates_app.segments import (
    GSM_7,
    GSM_BASIC,
    GSM_EXTENSION,
    Segments,
    measure_text,
    plain_letters,
)

gsm_texts = st.text(st.sampled_from(sorted(GSM_7)), max_size=700)
any_texts = st.text(st.one_of(st.sampled_from("aé€á😊👩🏽‍⚕️ñ"), st.characters()), max_size=320)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("a", "GSM-7", 1, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("¿Qué tal, señor Nuñez?", "GSM-7", 22, 1),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("[{~^|\\}]\f", "GSM-7", 18, 1),
        ("á", "UCS-2", 1, 1),
        ("á" * 70, "UCS-2", 70, 1),
        ("á" * 71, "UCS-2", 71, 2),
        ("á" * 134, "UCS-2", 134, 2),
        ("á" * 135, "UCS-2", 135, 3),
        ("😊" * 35, "UCS-2", 70, 1),
        ("😊" * 36, "UCS-2", 72, 2),
        ("á€", "UCS-2", 2, 1),
        ("ç", "UCS-2", 1, 1),
        ("Ç", "GSM-7", 1, 1),
        ("\x1b", "UCS-2", 1, 1),
        ("\ud83d", "UCS-2", 1, 1),
    ],
)
def test_measure(text: str, encoding: str, units: int, count: int) -> None:
    assert measure_text(text) == Segments(encoding, units, count)  # type: ignore[arg-type]


def test_empty_text_has_no_segments() -> None:
    assert measure_text("") == Segments("GSM-7", 0, 0)


def test_escape_pair_is_not_split() -> None:
    even = "a" * 153 + "b" * 153
    assert measure_text(even).count == 2
    # Two units more are still 306 of 306 by division, but € may not straddle the 153rd unit.
    straddling = "a" * 152 + "€" + "b" * 152
    assert measure_text(straddling) == Segments("GSM-7", 306, 3)


def test_surrogate_pair_is_not_split() -> None:
    straddling = "á" * 66 + "😊" + "á" * 66
    assert measure_text(straddling) == Segments("UCS-2", 134, 3)


def test_joined_emoji_may_be_split() -> None:
    family = "👩‍👩‍👧‍👦"
    assert measure_text(family).units == 4 * 2 + 3
    # Seven families are 77 units; carriers cut at 67 units, inside the seventh.
    assert measure_text(family * 7) == Segments("UCS-2", 77, 2)


def test_gsm_alphabet_is_complete() -> None:
    # 128 codes less the escape; the extension table has ten more.
    assert len(GSM_BASIC) == 127
    assert len(GSM_EXTENSION) == 10
    assert not set("áíóúÁÍÓÚçãõâêô`") & GSM_7


def cut_by_hand(text: str) -> tuple[str, int, int]:
    """Count segments naively: write all units out, and cut pieces off the front."""
    gsm = all(character in GSM_7 for character in text)
    if gsm:
        symbols = [["esc", c] if c in GSM_EXTENSION else [c] for c in text]
    else:
        symbols = [["unit"] * (len(c.encode("utf-16-le", "surrogatepass")) // 2) for c in text]
    units = sum(len(symbol) for symbol in symbols)
    single, joined = (160, 153) if gsm else (70, 67)
    if units <= single:
        return ("GSM-7" if gsm else "UCS-2", units, 1 if text else 0)
    pieces: list[list[str]] = [[]]
    for symbol in symbols:
        if len(pieces[-1] + symbol) > joined:
            pieces.append([])
        pieces[-1] += symbol
    assert all(0 < len(piece) <= joined for piece in pieces)
    assert all(piece[-1] != "esc" for piece in pieces)
    return ("GSM-7" if gsm else "UCS-2", units, len(pieces))


@given(st.one_of(gsm_texts, any_texts))
@example("a" * 152 + "€" + "b" * 152)
def test_measure_agrees_with_cutting_by_hand(text: str) -> None:
    measured = measure_text(text)
    assert (measured.encoding, measured.units, measured.count) == cut_by_hand(text)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("¿Cómo está, señor Núñez? ¡Él sí!", "¿Como esta, señor Nuñez? ¡Él si!"),
        ("ÁÍÓÚ áíóú", "AIOU aiou"),
        ("é É ñ Ñ ü Ü à è ì ò ù ä ö å Ç", "é É ñ Ñ ü Ü à è ì ò ù ä ö å Ç"),
        ("não, obrigação, você, avô", "nao, obrigacao, voce, avo"),
        ("“Hola” ‘tú’ «vos»", '"Hola" \'tu\' "vos"'),
        ("uno — dos – tres…", "uno - dos - tres..."),
        ("5\u00a0minutos\u202f\u2009ya", "5 minutos  ya"),
        ("co\u00adsa\u200b\ufeff", "cosa"),
        ("1º 2ª", "1o 2a"),
        ("e\u0301 n\u0303 a\u0301 x\u0302", "é ñ a x"),
        ("Ω Å", "Ω Å"),
        ("😊 日本", "😊 日本"),
        ("½ ²", "½ ²"),
        ("", ""),
    ],
)
def test_plain_letters(written: str, plain: str) -> None:
    assert plain_letters(written) == plain


@given(gsm_texts)
def test_plain_letters_keeps_gsm_text(text: str) -> None:
    assert plain_letters(text) == text


@given(any_texts)
def test_plain_letters_is_idempotent(text: str) -> None:
    plain = plain_letters(text)
    assert plain_letters(plain) == plain
    assert not set("áíóúÁÍÓÚ“”‘’—…\u00a0") & set(plain)


@given(st.text(st.sampled_from(sorted(GSM_BASIC)), max_size=200))
def test_spanish_text_in_plain_letters_is_gsm_7(text: str) -> None:
    accented = text.replace("a", "á").replace("o", "ó").replace("-", "—")
    assert measure_text(plain_letters(accented)).encoding == "GSM-7"
    assert unicodedata.is_normalized("NFC", plain_letters(accented))
