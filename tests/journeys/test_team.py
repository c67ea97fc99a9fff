"""An owner invites a doctor and removes her."""

import re

from tests.journeys.conftest import Visitors
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import OWNER

DOCTOR, NAME = "sofia@example.com", "Dra. Sofía Vega"


def test_doctor_is_invited_joins_and_is_removed(visitors: Visitors, mailbox: Mailbox) -> None:
    owner = visitors().signs_in(*OWNER).is_at("/").opens_in_settings("Equipo")
    owner.follows("Invitar a alguien").writes("Correo", DOCTOR).ticks("Médico:")
    owner.takes_a_picture("an invitation")
    owner.presses("Enviar la invitación").sees(f"{DOCTOR} tiene una invitación")
    owner.takes_a_picture("the team")

    link = mailbox.link(DOCTOR, about="le invita a Consultorio Demo")
    doctor = visitors().opens(link).sees("Únase a Consultorio Demo", "Dr. Demo le invita")
    doctor.writes("Su nombre", NAME).writes("Elija una contraseña", "corta").presses("Unirme")
    doctor.sees("demasiado corta").takes_a_picture("too short")
    doctor.writes("Elija una contraseña", "tres palabras bastan").presses("Unirme")
    doctor.sees(f"Le damos la bienvenida, {NAME}", "Crear la primera campaña")
    doctor.takes_a_picture("joined")

    late = visitors()
    with late.expecting("410"):
        late.opens(link).sees("Esta invitación no se puede usar").takes_a_picture("used up")

    owner.opens_in_settings("Equipo").sees(NAME).follows(re.compile(f"^{NAME}"))
    owner.opens_the_menu().follows("Quitar del equipo")
    owner.sees(f"¿Quitar a {NAME} del equipo?").takes_a_picture("removing")
    owner.presses("Sí, quitar").sees(f"{NAME} ya no está en el equipo")
    owner.does_not_see(DOCTOR)

    doctor.follows("Campañas").is_at("/accounts/login/").takes_a_picture("out")
    doctor.signs_in(DOCTOR, "tres palabras bastan").is_at("/accounts/login/")
    doctor.sees("no son correctos")
