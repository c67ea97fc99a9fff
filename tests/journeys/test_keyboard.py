"""Everything works without a mouse, and one can see where one is."""

from playwright.sync_api import expect

from tests.journeys.hands import tabs_to
from tests.journeys.people import Clinic
from tests.journeys.post import Post
from tests.journeys.visitor import Visitor


def test_a_campaign_is_made_by_keyboard_alone(visitor: Visitor, post: Post) -> None:
    clinic = Clinic("Clínica Teclas", owner="Nora Sanz", email="nora@teclas.example")
    clinic.signs_up(visitor, post).signs_out()
    page, keyboard = visitor.page, visitor.page.keyboard

    # In
    tabs_to(visitor, page.get_by_label("Correo electrónico"))
    keyboard.type(clinic.email)
    tabs_to(visitor, page.get_by_label("Contraseña", exact=True))
    keyboard.type(clinic.password)
    keyboard.press("Enter")
    visitor.sees("Hola, Nora Sanz")

    # Past the menu in one step
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    visitor.takes_a_picture("skip")
    keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tabs_to(visitor, page.get_by_role("link", name="Nueva campaña"))
    keyboard.press("Enter")

    # Through the form
    tabs_to(visitor, page.get_by_label("Nombre"))
    keyboard.type("Sin ratón")
    tabs_to(visitor, page.get_by_label("Horas después de la cita"))
    keyboard.press("ArrowUp")
    tabs_to(visitor, page.get_by_label("Recibe listas todos los días"))
    keyboard.press("Space")
    visitor.takes_a_picture("form")
    tabs_to(visitor, page.get_by_role("button", name="Guardar como borrador"))
    keyboard.press("Enter")
    visitor.sees("“Sin ratón” se guardó", "3 horas después", "recibe listas todos los días")

    # Into the profile's menu, out of it, and out of the house
    menu = page.locator(".menu summary")
    tabs_to(visitor, menu)
    keyboard.press("Enter")
    visitor.sees("Perfil y seguridad").takes_a_picture("menu")
    keyboard.press("Escape")
    visitor.does_not_see("Perfil y seguridad")
    expect(menu).to_be_focused()
    keyboard.press("Space")
    tabs_to(visitor, page.get_by_role("button", name="Cerrar sesión"))
    keyboard.press("Enter")
    visitor.is_at("/accounts/login/")
