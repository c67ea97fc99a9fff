import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from templates_app.rendering import (
    VARIABLES,
    UnknownVariable,
    first_name,
    render_template_text,
    unknown_variables,
    variables_in,
)

NAMES = [variable.name for variable in VARIABLES]
LINKS = [variable.name for variable in VARIABLES if variable.is_link]


def test_variables_are_complete() -> None:
    assert NAMES == [
        "name",
        "firstName",
        "doctor",
        "practice",
        "appointmentType",
        "date",
        "ratingLink",
        "reviewLink",
        "feedbackLink",
        "optOutLink",
    ]
    assert LINKS == ["ratingLink", "reviewLink", "feedbackLink", "optOutLink"]


def test_variables_in_names_each_once_in_order_of_first_use() -> None:
    content = "{{practice}}: {{ firstName }}, {{practice}} {{nobody}} {{date}} {doctor}"
    assert variables_in(content) == ["practice", "firstName", "date"]


@pytest.mark.parametrize(
    ("content", "written", "nearest"),
    [
        ("Hola {{firstname}}", "{{firstname}}", "firstName"),
        ("Hola {{ FIRST_NAME }}", "{{ FIRST_NAME }}", "firstName"),
        ("Hola {{fristName}}", "{{fristName}}", "firstName"),
        ("Hola {{first name}}", "{{first name}}", "firstName"),
        ("Hola {{nombre}}", "{{nombre}}", "name"),
        ("{{Clínica}}", "{{Clínica}}", "practice"),
        ("{{rating_link}}", "{{rating_link}}", "ratingLink"),
        ("{{optoutlink}}", "{{optoutlink}}", "optOutLink"),
        ("{{zzzz}}", "{{zzzz}}", None),
        ("Hola {name}", "{name}", "name"),
        ("Hola { name }", "{ name }", "name"),
        ("Hola {{name}", "{{name}", "name"),
        ("Hola {name}}", "{name}}", "name"),
        ("Hola {{{name}}}", "{{{name}}}", "name"),
        ("Hola {{name y gracias", "{{name", "name"),
        ("Hola {doctor y gracias", "{doctor", "doctor"),
        ("Hola name}} y gracias", "name}}", "name"),
        ("Hola {{}}", "{{}}", None),
        ("Hola {{", "{{", None),
    ],
)
def test_unknown_variables_come_with_the_nearest(
    content: str, written: str, nearest: str | None
) -> None:
    assert unknown_variables(content) == [UnknownVariable(written, nearest)]


@pytest.mark.parametrize(
    "content",
    ["", "Hola", "Hola {{name}}", "{{ name }}{{doctor}}", "sonría :-{ :-}", "a { b"],
)
def test_unknown_variables_is_empty_when_all_is_well(content: str) -> None:
    assert unknown_variables(content) == []


def test_unknown_variables_reports_each_once() -> None:
    content = "{{foo}} {{name}} {doctor} {{foo}}"
    assert [unknown.written for unknown in unknown_variables(content)] == ["{{foo}}", "{doctor}"]


def test_render_replaces_variables() -> None:
    content = "Hola {{firstName}}, ¿cómo fue su visita a {{ practice }}?\r\n{{ratingLink}}"
    values = {
        "firstName": "Ana",
        "practice": "Clínica Pérez S.A.",
        "ratingLink": "https://mi.clinica.ec/r/AbC",
    }
    assert render_template_text(content, values) == (
        "Hola Ana, ¿cómo fue su visita a Clínica Pérez S.A.?\nhttps://mi.clinica.ec/r/AbC"
    )


def test_render_does_not_read_a_value_as_a_variable() -> None:
    values = {"name": "{{doctor}} {{{practice}}}", "doctor": "Dr. Paz", "practice": "Sonrisas"}
    assert render_template_text("Hola {{name}}.", values) == "Hola doctor practice."


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hola {{firstName}}, gracias", "Hola, gracias"),
        ("Hola, {{firstName}}, gracias", "Hola, gracias"),
        ("Hola {{firstName}}: gracias", "Hola: gracias"),
        ("Hola {{firstName}} {{name}}, gracias", "Hola, gracias"),
        ("Hola {{firstName}}", "Hola"),
        ("¡Hola {{firstName}}!", "¡Hola!"),
        ("¡Gracias, {{firstName}}! Hasta pronto.", "¡Gracias! Hasta pronto."),
        ("Gracias, {{firstName}}.", "Gracias."),
        ("{{firstName}}, ¿cómo le fue?", "¿Cómo le fue?"),
        ("{{firstName}}, gracias", "Gracias"),
        ("¿{{firstName}}, cómo le fue?", "¿cómo le fue?"),
        ("{{name}}{{doctor}}hola", "Hola"),
        ("{{name}}", ""),
        ("{{name}} {{doctor}}", ""),
        ("¿Cómo fue su visita con {{doctor}}?", "¿Cómo fue su visita?"),
        ("Su cita con el Dr. {{doctor}} fue hoy", "Su cita fue hoy"),
        ("Your visit with {{doctor}} at noon", "Your visit at noon"),
        ("Sua consulta com {{doctor}}.", "Sua consulta."),
        ("Su cita de {{appointmentType}} fue hoy", "Su cita fue hoy"),
        ("Su doctor ({{doctor}}) espera", "Su doctor espera"),
        ("Fecha: {{date}}\nGracias", "Gracias"),
        ("Gracias.\nFecha: {{date}}", "Gracias."),
        ("Gracias. Opine aquí: {{reviewLink}}", "Gracias."),
        ("Gracias. Opine aquí: {{reviewLink}}. Hasta pronto.", "Gracias. Hasta pronto."),
        ("Gracias. Opine en {{reviewLink}}", "Gracias. Opine"),
        ("Hola\n{{reviewLink}}\nadiós", "Hola\n\nadiós"),
        ("{{unknown}} hola", "Hola"),
        ("hola {{name", "hola name"),
        ("hola {{}} name}}", "hola  name"),
    ],
)
def test_render_removes_variable_without_value(content: str, text: str) -> None:
    assert render_template_text(content, {}) == text


def test_render_does_not_change_values() -> None:
    content = "{{practice}}: {{firstName}}, califique: {{ratingLink}} Baja: {{optOutLink}}"
    values = {"practice": "Sonrisas", "ratingLink": "https://a.ec/r/x"}
    assert render_template_text(content, values) == "Sonrisas, califique: https://a.ec/r/x"


def test_render_keeps_values_apart_when_the_one_between_is_missing() -> None:
    values = {"name": "Ana", "practice": "Sonrisas"}
    assert render_template_text("{{name}} {{doctor}} {{practice}}", values) == "Ana Sonrisas"
    assert render_template_text("{{name}} {{doctor}}{{practice}}", values) == "Ana Sonrisas"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Juan Pérez", "Juan Pérez"),
        ("  Juan \t Pérez\n", "Juan Pérez"),
        ("Juan\r\nPérez\x00\x1b\u2028fin", "Juan Pérez fin"),
        ("Ju\u200ban\u202e\ufeff", "Juan"),
        ("Jua\ud83dn", "Juan"),
        ("Juan http://evil.com/x?y=1 Paz", "Juan Paz"),
        ("Juan HTTPS://EVIL.COM", "Juan"),
        ("Juan www.evil.com", "Juan"),
        ("Juan bit.ly/x", "Juan bit. ly/x"),
        ("evil.com", "evil. com"),
        ("evil。com", "evil. com"),
        ("clínica.ec", "clínica. ec"),
        ("ana@evil.com", "ana evil. com"),
        ("tel:0987654321", ""),
        ("javascript:alert(1)", ""),
        ("Juan 0987654321", "Juan"),
        ("Juan +593 98 765-4321 Paz", "Juan Paz"),
        ("Juan {{doctor}}", "Juan doctor"),
        ("Dr.Paz", "Dr. Paz"),
        ("Clínica Pérez S.A.", "Clínica Pérez S.A."),
        ("Centro Médico 24 Horas", "Centro Médico 24 Horas"),
        ("O'Higgins-Núñez", "O'Higgins-Núñez"),
        ("María José (madre)", "María José (madre)"),
        ("a" * 5000, "a" * 80),
    ],
)
def test_value_is_one_line_without_links(value: str, text: str) -> None:
    assert render_template_text("{{name}}", {"name": value}) == text


def test_date_keeps_its_digits() -> None:
    assert render_template_text("{{date}}", {"date": "2026-05-04 10:30"}) == "2026-05-04 10:30"


def test_link_is_complete_or_left_out() -> None:
    link = "https://mi.clinica.ec/r/AbCdEf123456?x=0987654321"
    assert render_template_text("{{ratingLink}}", {"ratingLink": link}) == link
    assert (
        render_template_text("{{ratingLink}}", {"ratingLink": "https://a.ec/\nx y"})
        == "https://a.ec/xy"
    )
    assert (
        render_template_text("Aquí: {{ratingLink}}", {"ratingLink": "https://a.ec/" + "x" * 600})
        == ""
    )


contents = st.lists(
    st.one_of(
        st.sampled_from([f"{{{{{name}}}}}" for name in NAMES]),
        st.sampled_from(
            ["{{", "}}", "{", "}", "{{nobody}}", " ", ", ", ": ", ".", "\n", "¿", "con "]
        ),
        st.text(max_size=8),
    ),
    max_size=12,
).map("".join)
values = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60))


@given(contents, values)
@example("{{{name}}{", {"name": "x"})
@example("{ {{name}} {", {})
@example("}{{}", {})
@example("{({{name}}){", {})
def test_render_never_raises_and_never_shows_a_variable(
    content: str, given_values: dict[str, str]
) -> None:
    text = render_template_text(content, given_values)
    assert "{{" not in text
    assert "}}" not in text


@given(st.text(max_size=200))
@example("http://" * 20)
@example("a.b.com www.www.x://www.y.com")
@example("hthttp://tp://evil.com")
def test_value_never_contains_line_break_or_address(value: str) -> None:
    text = render_template_text("<{{name}}>", {"name": value})
    assert len(text.splitlines()) == 1
    assert len(text) <= 82
    assert not re.search(r"://|www\.|@|\w\.[^\W\d_]{2}", text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Juan Pérez", "Juan"),
        ("juan pérez", "Juan"),
        ("JUAN PÉREZ", "Juan"),
        ("PÉREZ, JUAN", "Juan"),
        ("Pérez Gómez, Juan Carlos", "Juan"),
        ("Pérez,", "Pérez"),
        ("Dr. Juan Pérez", "Juan"),
        ("Dra Ana", "Ana"),
        ("Sra. Dra. Ana Paz", "Ana"),
        ("Dr.", "Dr."),
        ("María José Paz", "María"),
        ("Ma. Fernanda López", "Ma. Fernanda"),
        ("JEAN-PAUL SARTRE", "Jean-Paul"),
        ("Ana", "Ana"),
        ("McKenzie Brown", "McKenzie"),
        ("  Ana   Paz ", "Ana"),
        ("", ""),
        ("   ", ""),
        (",", ""),
    ],
)
def test_first_name(name: str, first: str) -> None:
    assert first_name(name) == first


@given(st.text(max_size=80))
def test_first_name_never_raises(name: str) -> None:
    assert first_name(name) == "" or name.strip()
