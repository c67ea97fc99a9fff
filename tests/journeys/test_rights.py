"""An owner lets a receptionist answer the inbox, suspends her, and lets her in again."""

import re

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import OWNER
from tests.journeys.visitor import Visitor

EMAIL, NAME, PASSWORD = "rosa.permisos@example.com", "Rosa Permisos", "tres palabras bastan"


def joins(owner: Visitor, desk: Visitor, mailbox: Mailbox) -> None:
    owner.opens("/team/invite").writes("Correo", EMAIL).ticks("Recepción:")
    owner.presses("Enviar la invitación").sees(f"{EMAIL} tiene una invitación")
    desk.opens(mailbox.link(EMAIL, about="le invita a Consultorio Demo"))
    desk.writes("Su nombre", NAME).writes("Elija una contraseña", PASSWORD).presses("Unirme")
    desk.sees(f"Le damos la bienvenida, {NAME}")


def test_receptionist_gets_the_inbox_and_is_suspended(visitors: Visitors, mailbox: Mailbox) -> None:
    owner, desk = visitors().signs_in(*OWNER), visitors(**PHONE)
    joins(owner, desk, mailbox)
    desk.does_not_see("Mensajes")

    owner.opens("/team/").follows(re.compile(f"^{NAME}")).sees("Qué puede hacer")
    owner.ticks("Responder a pacientes").takes_a_picture("permissions").presses("Guardar")
    owner.sees(f"Los permisos de {NAME} están guardados", "Añadido")

    desk.opens("/inbox/").sees("Mensajes").fits().takes_a_picture("her inbox")

    owner.opens_the_menu().follows("Suspender el acceso").takes_a_picture("suspending")
    owner.presses("Sí, suspender").sees("Acceso suspendido")
    desk.opens("/inbox/").is_at("/accounts/login/")

    owner.presses("Devolver el acceso").sees(f"{NAME} puede iniciar sesión de nuevo")
    owner.presses("Volver al rol").does_not_see("Añadido")
    owner.opens_the_menu().follows("Quitar del equipo").presses("Sí, quitar")
    owner.sees(f"{NAME} ya no está en el equipo")
