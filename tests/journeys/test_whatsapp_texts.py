"""An owner submits a text to Meta, and somebody at Meta's desk decides."""

import re

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.demo import Demo
from tests.journeys.people import OWNER

MY_WORDS = re.compile(r"Hola \{\{1\}\}, le escribe \{\{2\}\}\. ¿Cómo fue su visita\?")


def test_text_is_submitted_rejected_and_read_about(visitors: Visitors, demo: Demo) -> None:
    owner = visitors().signs_in(*OWNER).opens_in_settings("Textos")
    owner.follows(re.compile("^Pregunta$")).follows("Enviar a Meta")
    owner.sees("Lo que lee Meta", "Hola {{1}}, le escribe {{2}}", "aconsejamos: Utilidad")
    owner.fits().takes_a_picture("what Meta reads").presses("Enviar a Meta")
    owner.sees("Va camino a Meta").sees("Retirar de Meta", "Meta está revisando la versión 1")
    owner.takes_a_picture("in review")

    desk = visitors().opens(f"{demo.phones.url}/templates").sees("aquí usted decide por Meta")
    card = desk.page.locator("section").filter(has_text=MY_WORDS).filter(has_text="received")
    card.get_by_role("textbox").fill("INVALID_FORMAT")
    desk.takes_a_picture("Meta's desk")
    card.get_by_role("button", name="Rechazar").click()

    owner.presses("Comprobar con WhatsApp").sees("Meta rechazó la versión 1", "INVALID_FORMAT")
    owner.takes_a_picture("rejected").follows("Enviar a Meta")
    owner.sees("Meta rechazó exactamente estas palabras").takes_a_picture("not again")

    phone = visitors(**PHONE).signs_in(*OWNER).opens("/templates/")
    phone.sees("WhatsApp: rechazado").fits().follows(re.compile("^Pregunta$"))
    phone.sees("Meta rechazó la versión 1").fits().takes_a_picture("on a phone")
