"""A clinic signs up and activates its first campaign without help."""

import re

from tests.journeys.mailbox import Mailbox
from tests.journeys.people import SignUp
from tests.journeys.visitor import Visitor

NEW = SignUp("Clínica Nueva", owner="Ana Torres", email="ana@nueva.example")
PLACE = "ChIJN1t_tDeuEmsRUsoyG83frY4"


def test_clinic_signs_up_connects_google_and_activates_a_campaign(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    visitor.opens("/").sees("Sepa cómo fue cada visita").follows("Iniciar sesión")
    visitor.is_at("/accounts/login/").follows("Abra una cuenta para su clínica")
    visitor.takes_a_picture("an empty form")
    NEW.signs_up(visitor, mailbox)
    visitor.sees(
        "Próximos pasos", "no está vinculado con Google", "Aquí verá lo que dicen sus pacientes"
    )
    visitor.sees(re.compile("Quedan 50 créditos"))
    visitor.takes_a_picture("first steps")

    visitor.follows("Vincularlo").writes("Enlace a sus reseñas de Google", "no es un id")
    visitor.presses("Guardar").sees("Un id de lugar de Google es una sola palabra larga")
    visitor.takes_a_picture("not an id")
    visitor.writes("Enlace a sus reseñas de Google", f"https://search.google.com/x?placeid={PLACE}")
    visitor.presses("Guardar").is_at("/practices/").sees("Sus cambios se guardaron", "Vinculadas")
    visitor.takes_a_picture("connected")

    visitor.follows("Inicio").sees("Aquí verá lo que dicen sus pacientes")
    visitor.does_not_see("no está vinculado con Google")
    visitor.follows("Crear la primera campaña").presses("Guardar como borrador")
    visitor.is_at("/campaigns/new").writes("Nombre", "Primeras consultas")
    visitor.presses("Guardar como borrador").sees("“Primeras consultas” se guardó", "Borrador")
    visitor.takes_a_picture("a draft")
    visitor.presses("Activar").sees("“Primeras consultas” está activa")
    visitor.opens_the_menu().sees("Pausar", "Cancelar")
    visitor.takes_a_picture("active")

    visitor.opens("/team/").sees("1 de 10 lugares del plan Profesional están ocupados")
    visitor.takes_a_picture("team of one")


def test_sign_up_needs_the_code_from_the_mail(visitor: Visitor, mailbox: Mailbox) -> None:
    clinic = SignUp("Clínica Distraída", owner="Luz Mora", email="luz@distraida.example")
    clinic.fills_in_the_form(visitor)
    visitor.presses("Abrir la cuenta").sees("Escriba el código que llegó a su correo")
    visitor.writes("Código", "AAAAAA").presses("Continuar")
    visitor.sees("El código no es correcto").takes_a_picture("wrong code")
    visitor.opens("/campaigns/").is_at("/accounts/login/")
    visitor.opens("/accounts/signup/code/").sees("Escriba el código que llegó a su correo")
