import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.lists.cells import ListRow
from patients.people.facts import Person, PersonWarning, Refusal
from patients.people.values import Formula
from tests.patients.lists.lists import NOW, read_people, reader_of, survey_text

HEADINGS = (
    "Paciente;Celular;Otro teléfono;Correo;Fecha cita;Hora;Especialidad;Médico;Consentimiento"
    ";Canal;Idioma"
)
SURVEY = survey_text(f"{HEADINGS}\n" + "Ana;0987654321;;;20/11/2026;9:30;;;sí;;\n")
CELLS = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.text(alphabet="0123456789+-./: ()ehmap", max_size=24),
    st.text().map(Formula),
    st.integers(),
    st.integers(min_value=10**40, max_value=10**5000),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.times(),
)


@given(st.lists(CELLS, max_size=14))
def test_any_cells_give_a_person_or_a_refusal(cells: list[object]) -> None:
    result = reader_of(SURVEY).read(ListRow(2, cells))  # type: ignore[arg-type]  # any cells at all
    assert isinstance(result, Person | Refusal)


@given(CELLS, CELLS)
def test_any_day_and_hour_give_a_time_or_a_reason(day: object, hour: object) -> None:
    cells = ["Ana", "0987654321", None, None, day, hour]
    result = reader_of(SURVEY).read(ListRow(2, cells))  # type: ignore[arg-type]
    if isinstance(result, Person):
        assert abs(result.appointment_time - NOW) < timedelta(days=800)
    else:
        assert result.reason in {"time_missing", "time_invalid", "time_far", "formula"}


PEOPLE = st.builds(
    Person,
    name=st.text(
        alphabet=st.characters(categories=("L", "Nd", "P", "Zs"), exclude_characters="\u00ad"),
        max_size=40,
    ).map(lambda text: " ".join(text.split())),
    phone=st.integers(0, 9_999_999).map(lambda number: f"+59398{number:07d}"),
    email=st.sampled_from(["", "ana@correo.ec", "a.b+c@d-e.com"]),
    appointment_time=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(  # noqa: DTZ001
        lambda at: at.replace(second=0, microsecond=0, tzinfo=reader_of(SURVEY).builder.zone)
    ),
    appointment_type=st.sampled_from(["", "Control", "Cardiología"]),
    doctor_name=st.sampled_from(["", "Dra. Vera"]),
    has_consent=st.booleans(),
    consent_words=st.just(""),
    channel=st.sampled_from(["SMS", "WHATSAPP"]),
    language=st.sampled_from(["es", "en", "pt"]),
)


@given(PEOPLE)
def test_person_written_to_a_list_is_read_back_unchanged(person: Person) -> None:
    local = person.appointment_time
    cells = [
        person.name, person.phone, "", person.email, f"{local:%d/%m/%Y}", f"{local:%H:%M}",
        person.appointment_type, person.doctor_name, "sí" if person.has_consent else "no",
        person.channel, person.language,
    ]  # fmt: skip
    escaped = [f"'{text}" if text[:1] in {*"=+-@"} and text[:1] else text for text in cells]
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow(escaped)
    [result] = read_people(f"{HEADINGS}\n{out.getvalue()}")
    assert isinstance(result, Person)
    result = replace(result, consent_words="")
    assert result == person


def read_line(line: str, consent_words: str = "") -> Person | Refusal:
    [result] = read_people(f"{HEADINGS}\n{line}\n", consent_words=consent_words)
    return result


def test_other_phone_is_used_when_the_first_is_no_mobile() -> None:
    result = read_line("Ana;022345678;0987654321;;20/11/2026;9:30;;;;;")
    assert isinstance(result, Person)
    assert result.phone == "+593987654321"


def test_invalid_email_with_a_valid_phone_is_left_out() -> None:
    result = read_line("Ana;0987654321;;ana@correo;20/11/2026;9:30;;;;correo;")
    assert isinstance(result, Person)
    assert (result.email, result.channel) == ("", "SMS")


def test_invalid_phone_with_a_valid_email_gives_a_warning() -> None:
    result = read_line("Ana;09876;;ana@correo.ec;20/11/2026;9:30;;;;;")
    assert isinstance(result, Person)
    assert (result.phone, result.email, result.channel) == ("", "ana@correo.ec", "EMAIL")
    assert result.warning == PersonWarning("phone_unused", "09876")


def test_invalid_email_with_a_valid_phone_gives_a_warning() -> None:
    result = read_line("Ana;0987654321;;ana@correo;20/11/2026;9:30;;;;;")
    assert isinstance(result, Person)
    assert (result.phone, result.email) == ("+593987654321", "")
    assert result.warning == PersonWarning("email_unused", "ana@correo")


def test_refusal_has_the_readable_facts() -> None:
    result = read_line("Ana;09876;;ana@correo;20/11/2026;9:30;;;sí;;")
    assert isinstance(result, Refusal)
    assert (result.name, result.phone, result.email) == ("Ana", "", "")
    assert result.appointment_time == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    assert result.has_consent


def test_declared_consent_counts_without_a_consent_column() -> None:
    content = "Paciente;Celular;Fecha\nAna;0987654321;20/11/2026 9:30\n"
    [result] = read_people(content, consent_words="Firmado en la ficha")
    assert isinstance(result, Person)
    assert (result.has_consent, result.consent_words) == (True, "Firmado en la ficha")


def test_declared_consent_does_not_override_the_consent_column() -> None:
    result = read_line("Ana;0987654321;;;20/11/2026;9:30;;;no;;", consent_words="Todos")
    assert isinstance(result, Person)
    assert (result.has_consent, result.consent_words) == (False, "Consentimiento: no")


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (date(2026, 11, 20), time(9, 30)),
        (datetime(2026, 11, 20), "9:30"),  # noqa: DTZ001
        (46346, 0.3958333333),
        (46346.0, time(9, 30)),
        (20261120, 930),
        (datetime(2026, 11, 20, 9, 30), None),  # noqa: DTZ001
        (datetime(2026, 11, 20, 14, 30, tzinfo=UTC), None),
        (46346.3958333333, ""),
    ],
)
def test_typed_cells_of_a_workbook_give_the_appointment_time(day: object, hour: object) -> None:
    cells = ["Ana", 987654321, None, None, day, hour]
    result = reader_of(SURVEY).read(ListRow(2, cells))  # type: ignore[arg-type]
    assert isinstance(result, Person)
    assert result.appointment_time == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
