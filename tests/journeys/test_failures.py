"""Failures lose no input, and the page says what to do."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitors
from tests.journeys.people import NEIGHBOUR, OWNER
from tests.journeys.visitor import Visitor

# The tabs have a number behind their names.
COMPLETED, DRAFT = re.compile("^Completada"), re.compile("^Borrador")


@pytest.mark.parametrize(("name", "scripts"), [("De prisa", True), ("Sin scripts", False)])
def test_double_click_creates_one_campaign(visitors: Visitors, name: str, scripts: bool) -> None:
    visitor = visitors(java_script_enabled=scripts).signs_in(*NEIGHBOUR)
    visitor.follows("Nueva campaña").writes("Nombre", name)
    visitor.page.get_by_role("button", name="Guardar como borrador").dblclick()
    visitor.sees(f"“{name}” se guardó").follows("Campañas")
    expect(visitor.page.get_by_role("link", name=name)).to_have_count(1)
    visitor.takes_a_picture("only one")


def test_unreachable_server_shows_a_toast_and_keeps_the_page(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).follows("Campañas").sees("Odontología")
    visitor.sees(re.compile("En los últimos siete días"))
    visitor.context.set_offline(True)
    with visitor.expecting("ERR_INTERNET_DISCONNECTED|htmx:"):
        visitor.follows(COMPLETED).sees("No logramos conectar con el servidor", "Odontología")
        visitor.takes_a_picture("offline")
    visitor.context.set_offline(False)
    visitor.follows(COMPLETED).sees("Chequeos ejecutivos").does_not_see("Odontología")

    visitor.page.route("**/campaigns/?status=DRAFT", lambda route: route.fulfill(status=503))
    with visitor.expecting("503"):
        visitor.follows(DRAFT).sees("Algo falló de nuestro lado", "Chequeos ejecutivos")
        visitor.takes_a_picture("broken")


def test_ended_session_in_an_htmx_part_keeps_the_page(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).is_at("/").opens_in_settings("Actividad").chooses(
        "Qué", "Creó una campaña"
    )
    visitor.context.clear_cookies(name="sessionid")
    visitor.presses("Filtrar").sees("Su sesión terminó").takes_a_picture("session over")

    with visitor.context.expect_page() as opened:
        visitor.follows("Iniciar sesión en otra pestaña")
    first, visitor.page = visitor.page, opened.value
    visitor.signs_in(*OWNER).sees("Hola, Dr. Demo")
    visitor.page = first
    visitor.presses("Filtrar").sees("Mostrar todo").does_not_see("Otorgó créditos: ")


def test_ended_session_in_a_form_keeps_the_input(visitor: Visitor) -> None:
    visitor.signs_in(*NEIGHBOUR).follows("Nueva campaña").writes("Nombre", "Lo que escribí")
    visitor.writes("Descripción", "Para no escribirlo otra vez.").ticks("Recibe listas")
    visitor.context.clear_cookies(name="sessionid")
    visitor.presses("Guardar como borrador").is_at("/accounts/login/")
    visitor.sees("Su sesión terminó. Lo que escribió sigue aquí").takes_a_picture("session over")

    visitor.enters_credentials(*NEIGHBOUR).is_at("/campaigns/new")
    expect(visitor.field("Nombre")).to_have_value("Lo que escribí")
    visitor.takes_a_picture("typed again").presses("Guardar como borrador")
    visitor.sees("“Lo que escribí” se guardó", "Para no escribirlo", "recibe listas")
