import io
import tempfile
from contextlib import suppress
from typing import BinaryIO, cast

from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from hypothesis import example, given
from hypothesis import strategies as st

from patients.lists.file_types import sniff
from patients.lists.problem_messages import CODES
from patients.lists.problems import ListProblem
from patients.lists.rows import rows
from patients.lists.survey import survey
from tests.patients.lists.lists import rows_of, survey_text

LIST = "Paciente;Celular;Fecha\nAna Muñoz;0987654321;20/11/2026 9:30\n"
LIKE_CSV = st.text(alphabet="ab12;,\t|\"'\r\n=+ñ\ufeff ", max_size=300).map(str.encode)


@given(
    st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data),
        st.binary(max_size=200).map(lambda data: b"\xff\xfe" + data),
        LIKE_CSV,
    )
)
@example(b'\t"\r\x0b')
@example(b'!;;"\r\x01;')
def test_any_bytes_give_a_survey_or_a_problem(data: bytes) -> None:
    file = io.BytesIO(data)
    try:
        found = survey(file, filename="list.csv")
    except ListProblem as problem:
        assert problem.code in CODES
    else:
        assert len(list(rows(file, found))) == found.rows
    with suppress(ListProblem):
        sniff(data, "list.csv")


@given(st.data(), st.sampled_from(["real-dates-lost-zeros.xlsx", "inline-texts-and-errors.xlsx"]))
def test_damaged_workbook_gives_a_survey_or_a_problem(data: st.DataObject, name: str) -> None:
    from tests.patients.lists.test_files import FILES

    content = bytearray((FILES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = io.BytesIO(bytes(content))
    with suppress(ListProblem):
        list(rows(file, survey(file, filename=name)))


def test_rows_read_to_find_the_heading_are_not_lost() -> None:
    lines = "".join(f"Ana;0987654321;{day:02d}/11/2026 9:30\n" for day in range(1, 31))
    content = f"Paciente;Celular;Fecha\n{lines}"
    assert [row.number for row in rows_of(content)] == list(range(2, 32))


def test_uploaded_file_of_django_stays_open() -> None:
    with tempfile.NamedTemporaryFile() as kept, TemporaryUploadedFile("a", "", 0, None) as uploaded:
        kept.write(LIST.encode())
        uploaded.write(LIST.encode())
        for given_file in (File(kept), uploaded, SimpleUploadedFile("a.csv", LIST.encode())):
            file = cast(BinaryIO, given_file)
            found = survey(file, filename="a.csv")
            assert [row.cells[0] for row in rows(file, found)] == ["Ana Muñoz"]
            assert not file.closed


def test_survey_reports_progress() -> None:
    content = "Paciente;Celular;Fecha\n" + "Ana;0987654321;20/11/2026 9:30\n" * 2_500
    told: list[int] = []
    survey(io.BytesIO(content.encode()), filename="a.csv", on_row=told.append)
    assert told == [1_000, 2_000]


def test_column_without_heading_is_named_by_its_letter() -> None:
    found = survey_text("Paciente;;Celular;Fecha\nAna;x;0987654321;20/11/2026 9:30\n")
    assert [column.label for column in found.columns] == ["Paciente", "B", "Celular", "Fecha"]


def test_encoding_is_detected_from_an_accent_in_the_last_row() -> None:
    content = LIST.replace("ñ", "n").encode() + "Peña;0987654321;20/11/2026 9:30\n".encode("cp1252")
    assert survey_text(content).encoding == "cp1252"


def test_broken_letter_does_not_change_the_encoding() -> None:
    content = (LIST + "Ñandú;0987654321;20/11/2026 9:30\n" * 40).encode() + b"Pe\xf1a;1;2\n"
    found = survey_text(content)
    assert found.encoding == "utf-8"
    assert rows_of(content)[1].cells[0] == "Ñandú"


def test_blank_rows_are_skipped() -> None:
    content = f"{LIST} ;\u00a0; \n;;\nLuis;0991234567;20/11/2026 9:30\n"
    assert survey_text(content).rows == 2
    assert [row.number for row in rows_of(content)] == [2, 5]
