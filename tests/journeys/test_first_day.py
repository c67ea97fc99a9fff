"""A clinic's first day: sign up, upload a list, receive ratings, answer a question."""

import re

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.demo import Demo
from tests.journeys.interactions import drops, tabs_to
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import SignUp
from tests.journeys.phones import Phone
from tests.journeys.visitor import Visitor
from tests.patients.imports.lists import get_visit_time

CLINIC = SignUp("Clínica Aurora", owner="Inés Vela", email="ines@aurora.example")
WALL = {"viewport": {"width": 700, "height": 780}}
ROSA, IVAN, LOLA = "+593 98 765 7711", "+593 98 765 7712", "+593 98 765 7713"
QUESTION = "¿Atienden los sábados?"
ANSWER = "Sí, Lola: los sábados de 8 a 12."
WHAT_HE_WROTE = "Me cobraron dos veces."
WHAT_WAS_DONE = "Se le devolvió el segundo cobro."


def list_of_today() -> bytes:
    """Return a list with appointments of four hours ago, so that all patients are due."""
    at = get_visit_time(hours_ago=4)
    when = f"{at:%d/%m/%Y},{at:%H:%M}"
    return "\n".join(
        [
            "Paciente,Celular,Fecha,Hora,Autoriza mensajes",
            f"Rosa Díaz,0987657711,{when},SI",
            f"Iván Mora,0987657712,{when},SI",
            f"Lola Paz,0987657713,{when},SI",
        ]
    ).encode()


def allows_any_hour(owner: Visitor) -> Visitor:
    """Extend the sending hours, because the test runs at any time of day."""
    owner.opens_in_settings("Consultorios").follows(re.compile("^Editar"))
    owner.page.locator("#id_window_start").fill("00:00")
    owner.page.locator("#id_window_end").fill("23:59")
    return owner.presses("Guardar").is_at("/practices/")


def removes_undo_delay(owner: Visitor) -> Visitor:
    """Remove the delay in which a new list can be undone."""
    owner.opens("/settings/clinic").writes("Minutos para deshacer una lista nueva", "0")
    return owner.presses("Guardar").sees("Sus cambios se guardaron.")


def nps(visitor: Visitor) -> Locator:
    return visitor.page.locator("#results .figure", has_text="NPS").locator("dd").first


def test_new_clinic_asks_patients_and_answers_them(
    visitors: Visitors, demo: Demo, mailbox: Mailbox
) -> None:
    # Given a clinic that has just signed up, with a campaign
    owner = removes_undo_delay(allows_any_hour(CLINIC.signs_up(visitors(), mailbox)))
    owner.follows("Campañas").follows(re.compile("campaña$")).writes("Nombre", "Consultas")
    owner.ticks("Recibe listas").presses("Guardar como borrador").sees("Borrador")
    owner.presses("Activar").sees("“Consultas” está activa").takes_a_picture("active")

    # When she uploads a list of this morning
    wall = visitors(**WALL).opens(demo.phones.url).sees("En vivo")
    owner.follows("Subir una lista")
    drops(owner, "hoy.csv", list_of_today()).presses("Subir")
    owner.sees("¿Qué hay en cada columna?").presses("Revisar la lista")
    owner.presses("Importar 3 pacientes").sees("3 pacientes ya están en")
    owner.takes_a_picture("uploaded")

    # Then messages arrive, and the patients' answers are on her page
    rosa, ivan, lola = Phone(wall, ROSA), Phone(wall, IVAN), Phone(wall, LOLA)
    for phone, name in ((rosa, "Rosa"), (ivan, "Iván"), (lola, "Lola")):
        phone.rings(f"Hola {name}")
    wall.takes_a_picture("ringing")
    lolas_page = lola.link("/r/")
    rosa.answers("5")
    owner.follows("Inicio").sees("5,0", "1 calificación en 30 días").follows("Todas las cifras")
    expect(nps(owner)).to_have_text(re.compile(r"^\s*100\b"))
    owner.takes_a_picture("first rating")

    # A question appears in the inbox without a reload, and is answered with the keyboard only
    owner.follows(re.compile("^Mensajes")).sees("Nadie espera respuesta").takes_a_picture(
        "nobody waits"
    )
    lola.answers(QUESTION)
    owner.sees("Lola Paz", QUESTION, "Espera").takes_a_picture("a question")
    keyboard = owner.page.keyboard
    tabs_to(owner, owner.page.get_by_role("link", name="Lola Paz"))
    keyboard.press("Enter")
    owner.sees(QUESTION, "Su respuesta").takes_a_picture("the conversation")
    tabs_to(owner, owner.page.get_by_label("Su respuesta"))
    keyboard.type(ANSWER)
    tabs_to(owner, owner.page.get_by_role("button", name="Enviar la respuesta"))
    keyboard.press("Enter")
    lola.rings(ANSWER)
    expect(owner.page.locator(".bubble", has_text=ANSWER)).to_contain_text("✓✓")
    owner.takes_a_picture("answered")

    # An unhappy patient writes a comment, and the owner resolves the case on her phone
    patient = visitors(**PHONE).opens(ivan.link("/r/")).presses(re.compile("Muy mala$"))
    patient.writes("¿Qué podríamos haber hecho mejor?", WHAT_HE_WROTE)
    patient.presses("Enviar al consultorio").sees("Lo recibimos")
    mobile = visitors(**PHONE).signs_in(CLINIC.email, CLINIC.password)
    mobile.follows(re.compile("^Descontentos")).sees("Iván Mora", WHAT_HE_WROTE).fits()
    mobile.takes_a_picture("the board").follows("Iván Mora").sees("con 1 de 5").fits()
    mobile.presses("Yo me encargo").sees("En proceso").writes("Nota", "Llamé, no contesta.")
    mobile.presses("Agregar la nota").sees("Llamé, no contesta.").takes_a_picture("in progress")
    mobile.writes("Qué se hizo", WHAT_WAS_DONE).presses("Resuelto").sees("Abrirlo de nuevo")
    mobile.sees(WHAT_WAS_DONE).fits().takes_a_picture("resolved")

    # A patient opts out on the page, and gets no more messages
    other = visitors(**PHONE).opens(lolas_page).follows("No quiero recibir más mensajes")
    other.takes_a_picture("stop").presses("No quiero más mensajes")
    other.sees("Listo, no le escribiremos más").takes_a_picture("stopped")
    owner.opens_in_settings("Exclusiones").sees("+593987657713").takes_a_picture("left alone")
    lola.has_got(2)

    # In the end there are one promoter and one detractor
    owner.follows("Inicio").sees("Iván Mora", WHAT_HE_WROTE, "1 / 5")
    owner.takes_a_picture("home in the evening").follows("Todas las cifras")
    expect(nps(owner)).to_have_text(re.compile(r"^\s*0\b"))
