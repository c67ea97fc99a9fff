"""An owner submits a text to Meta, and somebody at Meta's desk decides."""

import re

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.demo import Demo
from tests.journeys.people import OWNER

MY_WORDS = re.compile(r"^Hi \{\{1\}\}, this is \{\{2\}\}\. How was your visit")


def test_text_is_submitted_rejected_and_read_about(visitors: Visitors, demo: Demo) -> None:
    owner = visitors().signs_in(*OWNER).opens("/templates/?language=en")
    owner.follows("Ask").follows("Enviar a Meta")
    owner.sees("Lo que lee Meta", "Hi {{1}}, this is {{2}}", "aconsejamos: Utilidad")
    owner.fits().takes_a_picture("what Meta reads").presses("Enviar a Meta")
    owner.sees("Va camino a Meta").sees("WhatsApp: en revisión").takes_a_picture("in review")

    desk = visitors().opens(f"{demo.phones.url}/templates").sees("aquí usted decide por Meta")
    card = desk.page.locator("section").filter(has_text=MY_WORDS).first
    card.get_by_role("textbox").fill("INVALID_FORMAT")
    desk.takes_a_picture("Meta's desk")
    card.get_by_role("button", name="Rechazar").click()

    owner.presses("Consultar a WhatsApp").sees("WhatsApp: rechazado", "Algo en las variables")
    owner.takes_a_picture("rejected").follows("Enviar a Meta")
    owner.sees("Meta rechazó exactamente estas palabras").takes_a_picture("not again")

    phone = visitors(**PHONE).signs_in(*OWNER).opens("/templates/?language=en")
    phone.sees("WhatsApp: rechazado").fits().follows("Ask").sees("La versión").fits()
    phone.takes_a_picture("on a phone").follows("Enviar a Meta").fits()
