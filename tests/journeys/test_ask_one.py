"""Reception asks one patient at the desk, by keyboard alone and on a phone."""

import re

from playwright.sync_api import expect

from tests.journeys.accessibility import DESK_BY_DAY, PHONE_AT_NIGHT, find_violations
from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.interactions import tabs_to
from tests.journeys.people import OWNER, RECEPTION
from tests.journeys.visitor import Visitor

CONSENT = re.compile("El paciente acepta recibir un mensaje")


def chooses_campaign(visitor: Visitor) -> None:
    """Choose where. The form remembers it for the next patient."""
    visitor.field("Dónde").select_option(index=1)


def test_reception_asks_a_patient_by_keyboard(visitor: Visitor) -> None:
    visitor.signs_in(*RECEPTION).sees("Hola, Recepción")
    page, keyboard = visitor.page, visitor.page.keyboard

    keyboard.press("Alt+n")
    visitor.is_at("/ask/").sees("Preguntar a un paciente")
    expect(visitor.field("Nombre")).to_be_focused()
    keyboard.type("Ñusta Quilla")
    keyboard.press("Tab")
    keyboard.type("099 222 1199")
    chooses_campaign(visitor)
    tabs_to(visitor, page.get_by_label(CONSENT))
    keyboard.press("Space")
    keyboard.press("Enter")
    visitor.sees("Ñusta Quilla: el mensaje sale", "Últimos que preguntó")
    expect(visitor.field("Nombre")).to_be_focused()
    expect(visitor.field("Nombre")).to_have_value("")
    assert not find_violations(visitor, DESK_BY_DAY)
    visitor.takes_a_picture("asked")

    # Alt-N types nothing and goes nowhere while somebody writes.
    keyboard.type("Otra")
    keyboard.press("Alt+n")
    expect(visitor.field("Nombre")).to_have_value(re.compile("^Otra"))


def test_owner_asks_and_takes_back_on_a_phone(visitors: Visitors) -> None:
    owner = visitors(**PHONE).signs_in(*OWNER).sees("Hola, Dr. Demo")
    owner.page.locator(".nav-more > summary").click()
    owner.follows("Preguntar a un paciente").is_at("/ask/")
    owner.writes("Nombre", "Pía Montes").writes("Teléfono celular", "099 12")
    chooses_campaign(owner)
    owner.page.get_by_text("Después de la espera de siempre").click()
    owner.ticks(CONSENT).presses("Preguntar al paciente")
    owner.sees("no es un teléfono válido").fits()

    owner.writes("Teléfono celular", "099 222 1188").presses("Preguntar al paciente")
    owner.sees("Pía Montes: el mensaje sale").fits()
    assert not find_violations(owner, PHONE_AT_NIGHT)
    owner.page.get_by_role("button", name="Deshacer Pía Montes").click()
    owner.sees("Deshecho: no se envía nada.")
    expect(owner.field("Nombre")).to_have_value("Pía Montes")
