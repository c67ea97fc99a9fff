"""An owner edits a text, sees its preview, and sends a test to their own phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.demo import Demo
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import DOCTOR, RECEPTION, SignUp
from tests.journeys.phones import Phone
from tests.journeys.visitor import Visitor

WALL = {"viewport": {"width": 700, "height": 780}}
MINE, LINE = "098 765 7701", "+593 98 765 7701"
BETTER = "Buenas, {{firstName}}. De 1 a 5, que tal le fue? {{ratingLink}} "


def edits_the_sms_ask(owner: Visitor) -> Visitor:
    return owner.opens_in_settings("Textos").follows("Pregunta por SMS").follows("Editar")


def test_changed_text_is_previewed_tested_and_restored(
    visitors: Visitors, demo: Demo, mailbox: Mailbox
) -> None:
    clinic = SignUp("Clínica Palabras", owner="Vera Luna", email="vera@palabras.example")
    owner = clinic.signs_up(visitors(), mailbox)
    wall = visitors(**WALL).opens(demo.phones.url).sees("En vivo")

    # Edit the text with its preview
    edits_the_sms_ask(owner).sees("1 segmento", "Hola Juan, califique su visita")
    owner.takes_a_picture("as it came")
    owner.writes("Texto", "Cuéntenos, {{nombre}}: ¿cómo le fue hoy? " + "¡Gracias! " * 9)
    owner.sees("¿Quiso decir {{name}}?", "Con letras simples", "darse de baja: {{optOutLink}}")
    owner.sees("el enlace a las estrellas se agrega al final").takes_a_picture("much to think of")
    owner.presses("Guardar como versión nueva").sees("no es una variable")
    owner.writes("Texto", BETTER)
    owner.page.get_by_role("button", name="{{optOutLink}}").click()
    owner.sees("Buenas, Juan. De 1 a 5", "1 segmento").takes_a_picture("better words")
    owner.presses("Guardar como versión nueva").sees("“Pregunta por SMS” se guardó")
    owner.sees("Versión 2", "Vera Luna").takes_a_picture("two versions")

    # Send a test to the owner's phone
    owner.follows("Enviarme una prueba").ticks("SMS").writes("Su teléfono", MINE)
    owner.takes_a_picture("a test").presses("Enviar la prueba")
    owner.sees("Primero confirme su teléfono").takes_a_picture("a phone to confirm")
    owner.presses("Enviarme el código").sees("Un código va en camino")
    mine = Phone(wall, LINE)
    mine.rings("es su codigo de Reputation Manager")
    owner.writes("Código", mine.code()).takes_a_picture("the code").presses("Confirmar")
    owner.sees("Su teléfono está confirmado").ticks("SMS").presses("Enviar la prueba")
    owner.sees("La prueba se envió").takes_a_picture("sent")
    mine.rings("PRUEBA: Buenas, Vera. De 1 a 5, que tal le fue?").has_got(2)
    wall.takes_a_picture("the phone")

    # Compare and restore versions
    owner.follows("Pregunta por SMS").sees("Quedan 49 créditos").follows(re.compile("^Comparar"))
    owner.sees("De la versión 1 a la versión 2").takes_a_picture("what differs")
    owner.presses("Restaurar la versión 1").sees("como versión 3", "Hola Juan, califique")
    owner.opens_in_settings("Actividad").sees(
        "Restauró un texto anterior", "Se envió un texto como prueba"
    )


def test_variable_is_inserted_and_undone_by_keyboard(visitor: Visitor, mailbox: Mailbox) -> None:
    clinic = SignUp("Clínica Teclas", owner="Teo Paz", email="teo@teclas.example")
    clinic.signs_up(visitor, mailbox)
    edits_the_sms_ask(visitor).writes("Texto", "Hola , gracias")
    text, keyboard = visitor.field("Texto"), visitor.page.keyboard
    text.focus()
    keyboard.press("Home")
    for _ in "Hola ":
        keyboard.press("ArrowRight")

    visitor.page.get_by_role("button", name="{{doctor}}").focus()
    keyboard.press("Enter")

    expect(text).to_have_value("Hola {{doctor}}, gracias")
    expect(text).to_be_focused()
    keyboard.press("Control+z")
    expect(text).to_have_value("Hola , gracias")


def test_campaign_uses_its_own_text(visitors: Visitors, mailbox: Mailbox) -> None:
    clinic = SignUp("Clínica Tono", owner="Rita Mar", email="rita@tono.example")
    owner = clinic.signs_up(visitors(), mailbox)
    owner.opens_in_settings("Textos").follows("Texto nuevo").chooses("Canal", "SMS")
    owner.writes("Texto", "Hola {{firstName}} {{ratingLink}} {{optOutLink}}")
    owner.writes("Nombre", "Para niños").takes_a_picture("another").presses("Guardar")
    owner.sees("“Para niños” se guardó", "Para elegir").takes_a_picture("for choice")

    owner.follows("Campañas").follows("Nueva campaña").writes("Nombre", "Pediatría")
    owner.presses("Guardar como borrador").sees("Usa los textos de siempre").follows("Elegir")
    owner.chooses("Pregunta · Español · SMS", "Para niños").takes_a_picture("choosing")
    owner.presses("Guardar").sees("Para niños").takes_a_picture("own words")
    owner.opens_in_settings("Textos").sees("Lo usa: Pediatría").takes_a_picture("the list")
    owner.follows("Para niños").follows("Eliminar")
    with owner.expecting("409"):
        owner.presses("Sí, eliminarlo").sees("Una campaña usa este texto.")
    owner.takes_a_picture("still used")


@pytest.mark.parametrize(
    ("window", "language"),
    [
        pytest.param(PHONE, "Español", id="phone"),
        pytest.param(PHONE | {"color_scheme": "dark"}, "English", id="phone-dark-english"),
        pytest.param({"color_scheme": "dark"}, "English", id="desk-dark-english"),
    ],
)
def test_doctor_reads_texts_at_any_size(
    visitors: Visitors, window: dict[str, object], language: str
) -> None:
    doctor = visitors(**window).opens("/accounts/login/").presses(language).signs_in(*DOCTOR)
    doctor.opens("/templates/").sees("Pregunta por SMS").fits().takes_a_picture("texts")
    doctor.follows("Gracias, con enlace a reseñas").sees("¡Muchas gracias,").fits()
    doctor.does_not_see("Enviarme una prueba", "Send me a test").takes_a_picture("a text")


def test_reception_cannot_see_texts(visitor: Visitor) -> None:
    visitor.signs_in(*RECEPTION).does_not_see("Textos")
    with visitor.expecting("403"):
        visitor.opens("/templates/").sees("Su rol no permite")
