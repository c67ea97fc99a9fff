"""The main path: patients are asked, answer, and the clinic sees it.

Three screenshots of this journey are in the README: campaign, phones and home.
"""

import re

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.demo import Demo
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import DOCTOR, OWNER, STAFF
from tests.journeys.phones import Phone

WALL = {"viewport": {"width": 700, "height": 780}}
JUAN, MARIA, CARLOS = "+593 98 765 4321", "+593 98 765 4322", "+593 98 765 4323"
COMMENT = "Esperé una hora y nadie me explicó nada."
ALERT = "calificación baja"
PRAISE = "Me atendieron a la hora y con mucha paciencia."
REFUSED = "Gracias María, nos alegra que su visita le haya gustado."
REPLY = "Gracias por compartir su opinión. Nos anima a seguir mejorando."


def test_patients_are_asked_and_answers_take_effect(
    visitors: Visitors, demo: Demo, mailbox: Mailbox
) -> None:
    # Given phones without messages and a draft campaign
    wall = visitors(**WALL).opens(demo.phones.url).sees("En vivo").does_not_see(JUAN)
    doctor = visitors().signs_in(*DOCTOR).follows("Campañas").follows("Seguimiento de consultas")
    doctor.sees("Borrador").takes_a_picture("a draft")

    # When the doctor activates it, patients who are due get a message
    doctor.presses("Activar").sees("“Seguimiento de consultas” está activa")
    doctor.takes_a_picture("campaign")
    juan, maria = Phone(wall, JUAN), Phone(wall, MARIA)
    juan.rings("Hola Juan, califique su visita a Consultorio Centro de 1 a 5")
    maria.rings("Hola María, le escribe Consultorio Centro. ¿Cómo califica su visita")
    wall.takes_a_picture("ringing")

    # Then a happy patient gets thanks and the link to the reviews
    maria.answers("5 gracias!!").rings("¡Muchas gracias, María!")
    wall.takes_a_picture("phones")
    review_link = maria.link("/v/")
    mobile = visitors(**PHONE).opens(review_link)
    mobile.sees("Consultorio Centro", "Escribir una reseña").takes_a_picture("writing for google")
    mobile.page.get_by_role("radio", name=re.compile("^5")).check()
    mobile.writes("Cuente su experiencia (opcional)", PRAISE)
    mobile.writes("Su nombre", "María G.").presses("Publicar").sees("Su reseña está publicada.")

    # A patient who answers BAJA gets no more messages, not even after a rating
    maria.answers("BAJA").rings("registramos su baja")
    maria.answers("2, me cobraron de más")

    # An unhappy patient writes a private comment, and members are alerted
    mobile.opens(juan.link("/r/")).sees(
        "¿Cómo le fue con Dra. María López?", "Excelente", "Muy mala"
    )
    mobile.takes_a_picture("stars")
    mobile.presses(re.compile("Mala$")).sees("Lamentamos que no haya sido como esperaba")
    mobile.takes_a_picture("sorry")
    mobile.writes("¿Qué podríamos haber hecho mejor?", COMMENT)
    mobile.takes_a_picture("private words").presses("Enviar al consultorio")
    mobile.sees("Lo recibimos").takes_a_picture("received")
    for email in (OWNER[0], DOCTOR[0]):
        alert = mailbox.mail(email, about=ALERT)
        assert "Juan" not in alert
        assert COMMENT not in alert
    doctor.opens(mailbox.link(DOCTOR[0], about=ALERT)).sees("Juan Pérez", COMMENT)

    # The owner sees the cost, and after BAJA only its confirmation arrived
    owner = visitors().signs_in(*OWNER).sees(re.compile(r"Quedan 1\s996 créditos"))
    owner.sees("El trabajo de hoy", COMMENT).takes_a_picture("home")
    juan.has_got(1)
    maria.has_got(3)

    # And finds the review beside the ask that led to it, and answers it in public
    owner.opens("/reviews/").sees(PRAISE).follows(re.compile("Responder.*María G."))
    owner.reloads_until("Probable").sees(re.compile("clic .* antes")).takes_a_picture("review")
    owner.writes("Su respuesta", REFUSED).presses("Enviar la respuesta")
    owner.sees("su visita").takes_a_picture("refused reply")
    owner.writes("Su respuesta", REPLY).presses("Enviar la respuesta").sees("Se está enviando")
    owner.reloads_until("Publicada").takes_a_picture("published reply")
    mobile.opens(review_link).sees(PRAISE, REPLY)
    wall.does_not_see(CARLOS).takes_a_picture("at the end")
    staff = visitors().signs_in(*STAFF).opens("/admin/patients/suppression/?q=%2B593987654322")
    staff.sees("1 exclusión", "Consultorio Demo", "Respondió con una baja")
    staff.takes_a_picture("suppressed")
