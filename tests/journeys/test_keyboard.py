"""The product works without a mouse, and the focus is always visible."""

from playwright.sync_api import expect

from tests.journeys.interactions import tabs_to
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import SignUp
from tests.journeys.visitor import Visitor


def test_campaign_is_created_by_keyboard(visitor: Visitor, mailbox: Mailbox) -> None:
    clinic = SignUp("Clínica Teclas", owner="Nora Sanz", email="nora@teclas.example")
    clinic.signs_up(visitor, mailbox).signs_out()
    page, keyboard = visitor.page, visitor.page.keyboard

    # Sign in
    tabs_to(visitor, page.get_by_label("Correo electrónico"))
    keyboard.type(clinic.email)
    tabs_to(visitor, page.get_by_label("Contraseña", exact=True))
    keyboard.type(clinic.password)
    keyboard.press("Enter")
    visitor.sees("Hola, Nora Sanz")

    # Skip the navigation
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    visitor.takes_a_picture("skip")
    keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tabs_to(visitor, page.get_by_role("link", name="Nueva campaña"))
    keyboard.press("Enter")

    # Fill in the form
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

    # Open and close the profile menu, then sign out
    menu = page.locator(".menu-profile summary")
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
