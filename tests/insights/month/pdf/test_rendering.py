"""Hostile texts reach the paper as they are or not at all, and a bad run ends with an error."""

import os
import subprocess
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from insights.month.pdf import compiler, rendering
from insights.month.pdf.document import Document, Hero, Points, PrintedQuote, Voices
from insights.month.pdf.printable import has_unprintable_words, to_printable
from insights.month.pdf.rendering import CannotRenderError, render_pdf
from tests.insights.month.pdf.pdf_text import read_text

DOCUMENT = Document(
    is_sheet=False,
    language="es",
    paper="a4",
    title="Informe",
    clinic="Clínica",
    month="Marzo de 2026",
    kind="Informe mensual",
    hero=Hero("4,5", "de 5", "De 20 calificaciones.", 4.5),
    footer="Clínica",
    page_of="{page}/{last}",
)


def with_words(words: str, *, is_sheet: bool = False) -> Document:
    """Put the words everywhere where a person can write something."""
    return replace(
        DOCUMENT,
        is_sheet=is_sheet,
        title=f"Informe: {words}",
        clinic=words,
        scope=words,
        footer=words,
        points=[Points("Qué cambió", [words])],
        voices=[Voices("Voces", "", [(words, "3")], [PrintedQuote(words, "")], is_praise=True)],
    )


@pytest.mark.parametrize("is_sheet", [False, True])
@pytest.mark.parametrize(
    "words",
    [
        '#import "@preview/cetz:0.3.0": *',
        '#read("/etc/passwd")',
        "#{ while true {} } #sys.inputs $ x^2 $ *a* _b_ `c` = d - e / f",
        "\\u{1F600} \\ \\\\ <label> @label // comment /* more */ [a] {b} #panic()",
        '"}], "is_sheet": true, "clinic": "',
        "%PDF-1.7 (a) <b> ]TJ ET",
    ],
)
def test_markup_is_printed_as_it_is(words: str, is_sheet: bool) -> None:
    text = read_text(render_pdf(with_words(words, is_sheet=is_sheet)))

    assert text.count(words) >= 2
    assert "root:" not in text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Gracias 😀👨‍👩‍👧 a todos ❤️", "Gracias a todos"),
        ("nul\0 y\tlínea\r\nnueva", "nul y línea nueva"),
        ("\u202eal revés\u202c \u200bsin ancho\ufeff", "al revés sin ancho"),
        ("n\u0303andu\u0301", "ñandú"),
        ("46\u202f%", "46\u00a0%"),
        ("مرحبا بالعالم", ""),
        ("日本語 ok \ud800", "ok"),
        ("••• “así” – ¿no?", "••• “así” – ¿no?"),
    ],
)
def test_only_letters_of_the_typeface_are_printed(written: str, printed: str) -> None:
    assert to_printable(written) == printed

    render_pdf(with_words(written))
    render_pdf(with_words(written, is_sheet=True))


def test_words_in_another_script_are_noticed() -> None:
    assert has_unprintable_words("muy bien, شكرا")
    assert not has_unprintable_words("muy bien 😀")


def test_very_long_words_are_printed_whole() -> None:
    words = "x" * 4000
    text = read_text(render_pdf(with_words(words)))

    assert words in text.replace(" ", "").replace("\u200b", "")


@pytest.mark.parametrize("is_sheet", [False, True])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_logo_is_printed(kind: str, is_sheet: bool) -> None:
    file = BytesIO()
    Image.new("RGB", (600, 200), "teal").save(file, kind)
    document = replace(DOCUMENT, is_sheet=is_sheet, logo=list(file.getvalue()))

    assert b"/Subtype/Image" in render_pdf(document)


def test_slow_run_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "PATIENCE_SECONDS", 0.001)

    with pytest.raises(CannotRenderError):
        render_pdf(DOCUMENT)


def test_failure_is_an_error_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "to_json", lambda _document: "no json")

    with pytest.raises(CannotRenderError, match=r"Try again|Intente"):
        render_pdf(DOCUMENT)


def test_program_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def run(_command: list[str], **options: object) -> object:
        seen.update(options)
        raise subprocess.TimeoutExpired("typst", 1)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(CannotRenderError):
        render_pdf(DOCUMENT)

    assert os.environ.keys() & dict(seen["env"]).keys() == set()  # type: ignore[call-overload]


def test_template_folder_has_nothing_else() -> None:
    assert [path.name for path in compiler.TEMPLATE.parent.iterdir()] == ["monthly_report.typ"]
