"""The search that opens by Ctrl-K, and the bar at the bottom of a phone."""

import re

from playwright.sync_api import expect

from tests.journeys.accessibility import DESK_BY_DAY, PHONE_AT_NIGHT, find_violations
from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.people import DOCTOR, OWNER, RECEPTION
from tests.journeys.visitor import Visitor


def test_search_is_used_by_keyboard(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).sees("Hola, Dr. Demo").opens("/help/")
    page, keyboard = visitor.page, visitor.page.keyboard
    field = page.get_by_role("combobox", name="Buscar páginas, pacientes, campañas y acciones")
    chosen = page.locator("[role=option][aria-selected=true]")

    # Ctrl-K opens it with the pages of every day; the focus is in the field
    keyboard.press("Control+k")
    expect(field).to_be_focused()
    expect(chosen).to_have_text("Inicio")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert not find_violations(visitor, DESK_BY_DAY)

    # The arrow keys move, and the focus stays
    keyboard.press("ArrowDown")
    expect(chosen).to_have_text("Mensajes")
    keyboard.press("ArrowUp")
    keyboard.press("ArrowUp")
    expect(chosen).to_have_text("Agregar un punto de conexión")
    active = field.get_attribute("aria-activedescendant")
    assert active == chosen.get_attribute("id")
    expect(field).to_be_focused()

    # Escape closes it, and the focus is where it was
    search = page.get_by_role("link", name="Buscar", exact=True)
    keyboard.press("Escape")
    expect(field).to_be_hidden()
    search.focus()
    keyboard.press("Enter")
    expect(field).to_be_focused()
    keyboard.press("Escape")
    expect(search).to_be_focused()

    # Patients, campaigns and acts are found by beginnings of words
    keyboard.press("Control+k")
    keyboard.type("odontologia")
    expect(chosen).to_contain_text("Odontología")
    expect(page.get_by_role("status").filter(has_text="resultado")).to_have_count(1)
    field.fill("zurita sus")
    expect(chosen).to_contain_text("Susana Zurita")
    visitor.takes_a_picture("a patient")
    field.fill("nada de esto hay")
    visitor.sees("No hay nada así")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("invitar")
    expect(chosen).to_have_text("Invitar a alguien")
    keyboard.press("Enter")
    visitor.is_at("/team/invite")


def test_enter_before_results_leads_to_page_of_search(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).sees("Hola, Dr. Demo").opens("/help/")
    visitor.page.route(
        "**/search/?q=factu",
        lambda route: route.abort() if "HX-Request" in route.request.headers else route.continue_(),
    )
    visitor.page.keyboard.press("Control+k")
    visitor.page.keyboard.type("factu")
    visitor.page.keyboard.press("Enter")
    visitor.is_at("/search/").sees("Su plan, sus créditos y sus facturas.")


def test_search_works_without_script(visitors: Visitors) -> None:
    visitor = visitors(java_script_enabled=False).signs_in(*RECEPTION).sees("Hola, Recepción")
    visitor.follows("Buscar").is_at("/search/").writes("¿Qué busca?", "odonto").presses("Buscar")
    visitor.sees("Campañas", "Odontología").does_not_see("Pacientes").takes_a_picture("found")
    visitor.follows(re.compile("^Odontología")).is_at("/imports/")


def test_bar_of_a_phone_has_four_entries_and_the_others_in_a_sheet(visitors: Visitors) -> None:
    visitor = visitors(**PHONE).signs_in(*DOCTOR).sees("Hola, Dra. María López")
    page = visitor.page
    bar = page.get_by_role("navigation", name="Principal").get_by_role("link")
    more = page.locator(".nav-more > summary")
    expect(bar).to_have_count(4)
    visitor.takes_a_picture("the bar").fits()

    # The sheet has the others. A tap on the page closes it
    more.tap()
    visitor.sees("Resultados", "Perfil y seguridad", "Cerrar sesión").takes_a_picture("the sheet")
    assert not find_violations(visitor, PHONE_AT_NIGHT)
    page.touchscreen.tap(195, 150)
    visitor.does_not_see("Perfil y seguridad")

    more.tap()
    visitor.follows("Campañas").is_at("/campaigns/").fits()
    expect(more).to_have_attribute("aria-current", "true")
    more.tap()
    visitor.follows("Buscar")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(page.get_by_role("option").first).to_be_visible()
    visitor.takes_a_picture("the search").fits().presses("Cerrar la búsqueda")
    visitor.signs_out()


def test_bar_of_a_phone_works_without_script(visitors: Visitors) -> None:
    visitor = visitors(**PHONE, java_script_enabled=False).signs_in(*DOCTOR)
    visitor.sees("Hola, Dra. María López").page.locator(".nav-more > summary").tap()
    visitor.follows("Configuración").is_at("/settings/").sees("Respuestas preparadas").fits()
