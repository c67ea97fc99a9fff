"""What the demo is for: the phones ring, patients answer, and the clinic knows.

The README's pictures are three of this journey's: campaign, phones and home.
"""

import re
from contextlib import suppress

from playwright.sync_api import Error

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.demo import Demo
from tests.journeys.people import DOCTOR, OWNER, STAFF
from tests.journeys.phones import Phone
from tests.journeys.post import Post
from tests.journeys.visitor import Visitor

WALL = {"viewport": {"width": 700, "height": 780}}
JUAN, MARIA, CARLOS = "+593 98 765 4321", "+593 98 765 4322", "+593 98 765 4323"
REVIEWS = "https://search.google.com/local/writereview?placeid=ChIJN1t_tDeuEmsRUsoyG83frY4"
WHAT_HE_WROTE = "Esperé una hora y nadie me explicó nada."
ALERT = "calificación baja"


def where_it_leads(visitor: Visitor, link: str) -> str | None:
    """Out of the house, where this browser cannot follow."""
    with visitor.page.expect_response(link) as answer, suppress(Error):
        visitor.opens(link)
    return answer.value.header_value("location")


def test_patients_are_asked_and_their_answers_have_consequences(
    visitors: Visitors, demo: Demo, post: Post
) -> None:
    # Given a wall of silent phones and a campaign that waits to be activated
    wall = visitors(**WALL).opens(demo.phones.url).sees("En vivo").does_not_see(JUAN)
    doctor = visitors().signs_in(*DOCTOR).follows("Campañas").follows("Seguimiento de consultas")
    doctor.sees("Borrador").takes_a_picture("a draft")

    # When the doctor activates it, the phones of those whose time has come ring
    doctor.presses("Activar").sees("“Seguimiento de consultas” está activa")
    doctor.takes_a_picture("campaign")
    juan, maria = Phone(wall, JUAN), Phone(wall, MARIA)
    juan.rings("Hola Juan, califique su visita a Consultorio Centro de 1 a 5")
    maria.rings("Hola María, le escribe Consultorio Centro. ¿Cómo califica su visita")
    wall.takes_a_picture("ringing")

    # A happy patient is thanked and led to the reviews
    maria.answers("5 gracias!!").rings("¡Muchas gracias, María!")
    wall.takes_a_picture("phones")
    mobile = visitors(**PHONE)
    assert where_it_leads(mobile, maria.link("/v/")) == REVIEWS

    # Whoever says BAJA is left alone, even if they change their mind about the visit
    maria.answers("BAJA").rings("registramos su baja")
    maria.answers("2, me cobraron de más")

    # An unhappy patient is listened to in private, and the clinic's people are told at once
    mobile.opens(juan.link("/r/")).sees("¿Cómo fue su visita?", "Excelente", "Muy mala")
    mobile.takes_a_picture("stars")
    mobile.presses(re.compile("Mala$")).sees("Lamentamos que no haya sido como esperaba")
    mobile.takes_a_picture("sorry")
    mobile.writes("¿Qué podríamos haber hecho mejor?", WHAT_HE_WROTE)
    mobile.takes_a_picture("private words").presses("Enviar al consultorio")
    mobile.sees("Lo recibimos").takes_a_picture("received")
    for email in (OWNER[0], DOCTOR[0]):
        told = post.mail(email, about=ALERT)
        assert "Juan" not in told
        assert WHAT_HE_WROTE not in told
    doctor.opens(post.link(DOCTOR[0], about=ALERT)).sees("Juan Pérez", WHAT_HE_WROTE)

    # What each of it cost is on the owner's page, and nothing came after BAJA but its confirmation
    owner = visitors().signs_in(*OWNER).sees(re.compile(r"Quedan 1\s996 créditos"))
    owner.sees("En proceso", "Seguimiento de consultas").takes_a_picture("home")
    juan.has_got(1)
    maria.has_got(3)
    wall.does_not_see(CARLOS).takes_a_picture("at the end")
    staff = visitors().signs_in(*STAFF).opens("/admin/patients/suppression/?q=%2B593987654322")
    staff.sees("1 exclusión", "Consultorio Demo", "Respondió con una baja")
    staff.takes_a_picture("suppressed")
