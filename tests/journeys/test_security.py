"""Users protect their accounts, and regain access after forgetting something."""

from playwright.sync_api import Request

from tests.journeys import authenticator
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import OWNER, SignUp
from tests.journeys.visitor import Visitor


def test_second_step_accepts_app_codes_and_each_recovery_code_once(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    clinic = SignUp("Clínica Segura", owner="Elsa Ríos", email="elsa@segura.example")
    clinic.signs_up(visitor, mailbox)

    visitor.opens("/profile/").follows("Verificación en dos pasos").follows("Activar")
    visitor.writes("Contraseña", clinic.password).presses("Continuar")
    visitor.page.get_by_text("No puedo escanearla").click()
    visitor.takes_a_picture("the secret")
    secret = visitor.page.locator("#totp-secret").inner_text()
    visitor.writes("Código de la aplicación", "000000").presses("Activar")
    visitor.sees("El código no es correcto").takes_a_picture("wrong digits")
    visitor.writes("Código de la aplicación", authenticator.current_code(secret)).presses("Activar")
    visitor.sees("Códigos de recuperación", "Quedan 10 de 10 códigos").takes_a_picture("codes")
    spare = visitor.page.locator("#recovery-codes li").first.inner_text()

    visitor.signs_out().signs_in(clinic.email, clinic.password)
    visitor.sees("Escriba el código de su aplicación").takes_a_picture("second step")
    visitor.opens("/campaigns/").is_at("/accounts/2fa/authenticate/")
    visitor.writes("Código", authenticator.current_code(secret)).presses("Iniciar sesión")
    visitor.sees("Hola, Elsa Ríos")

    visitor.signs_out().signs_in(clinic.email, clinic.password)
    visitor.writes("Código", spare).presses("Iniciar sesión").sees("Hola, Elsa Ríos")
    visitor.opens("/accounts/2fa/").sees("quedan 9").takes_a_picture("one less")

    visitor.signs_out().signs_in(clinic.email, clinic.password)
    visitor.writes("Código", spare).presses("Iniciar sesión").sees("El código no es correcto")


def test_forgotten_password_is_replaced_by_mail(visitor: Visitor, mailbox: Mailbox) -> None:
    clinic = SignUp("Clínica Olvido", owner="Raúl Paz", email="raul@olvido.example")
    clinic.signs_up(visitor, mailbox).signs_out()

    visitor.follows("¿Olvidó su contraseña?").writes("Correo electrónico", clinic.email)
    visitor.presses("Enviarme el enlace")
    visitor.sees("Revise su correo").takes_a_picture("look at your mail")

    link = mailbox.link(clinic.email, about="contraseña")
    visitor.opens(link).writes("Contraseña nueva", "otra frase larga").takes_a_picture("new one")
    visitor.writes("Contraseña nueva (otra vez)", "otra frase larga")
    visitor.presses("Guardar la contraseña").sees("Su contraseña nueva se guardó")
    visitor.opens(link).sees("Este enlace ya no funciona").takes_a_picture("used up")

    visitor.signs_in(clinic.email, clinic.password).sees("no son correctos")
    visitor.signs_in(clinic.email, "otra frase larga").sees("Hola, Raúl Paz")


def test_unknown_address_gets_the_same_page_and_a_mail(visitor: Visitor, mailbox: Mailbox) -> None:
    visitor.opens("/accounts/password/reset/").writes("Correo electrónico", "nadie@example.com")
    visitor.presses("Enviarme el enlace").sees("Si conocemos ese correo")
    assert "ninguna cuenta nuestra" in mailbox.mail("nadie@example.com", about="cuenta")


def test_only_requests_caused_by_clicks_count_as_activity(visitor: Visitor) -> None:
    def is_htmx_request(request: Request) -> bool:
        return request.headers.get("hx-request") == "true"

    visitor.signs_in(*OWNER)
    with visitor.page.expect_request(is_htmx_request) as automatic:
        visitor.opens("/templates/")
    visitor.opens("/audit/")
    with visitor.page.expect_request(is_htmx_request) as clicked:
        visitor.page.locator("form.filters button").first.click()

    assert automatic.value.headers["x-background"] == "1"
    assert "x-background" not in clicked.value.headers


def test_code_by_mail_signs_in_a_new_browser(visitor: Visitor, mailbox: Mailbox) -> None:
    clinic = SignUp("Clínica Recado", owner="Noé Paz", email="noe@recado.example")
    clinic.signs_up(visitor, mailbox).signs_out()

    visitor.opens("/profile/").follows("Iniciar sesión con un código por correo")
    visitor.writes("Correo", clinic.email).presses("Enviarme un código")
    code = mailbox.code(clinic.email, about="para iniciar sesión")
    visitor.writes("Código", code).presses("Continuar")

    visitor.is_at("/profile/").sees("Noé Paz")
