"""Buy credits and a plan with a test card in the simulator of Stripe, and cancel the plan there."""

from playwright.sync_api import expect

from tests.dev.doubles.background import eventually
from tests.journeys.accessibility import DESK_BY_DAY, PHONE_AT_NIGHT, find_violations
from tests.journeys.conftest import Visitors
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import OWNER, SignUp
from tests.journeys.visitor import Visitor

PAYER = SignUp("Clínica Pagadora", owner="Rosa Paz", email="rosa@pagadora.example")
BILLING = "/billing/"


def eventually_sees(visitor: Visitor, *texts: str) -> Visitor:
    """Reload the billing page until it shows all texts: Stripe's webhook may arrive later."""

    def shows_all() -> bool:
        visitor.opens(BILLING)
        return all(visitor.shows(text) for text in texts)

    eventually(shows_all, seconds=40)
    return visitor


def test_clinic_buys_credits_and_a_plan_with_a_test_card(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    # Given a clinic in its trial, with the opening credits
    PAYER.signs_up(visitor, mailbox).opens_in_settings("Facturación").is_at(BILLING)
    visitor.sees("Prueba hasta el", "Créditos para empezar", "50").takes_a_picture("in its trial")

    # When its first card is declined, nothing is bought
    visitor.presses("Comprar 500").sees("Pagos de prueba", "$20,00").fits()
    assert not find_violations(visitor, PHONE_AT_NIGHT, DESK_BY_DAY)
    visitor.writes("Número de tarjeta", "4000 0000 0000 0002").presses("Pagar")
    visitor.sees("El banco rechazó la tarjeta").takes_a_picture("declined")

    # With another card the credits arrive
    visitor.presses("Pagar").is_at(BILLING).sees("Gracias. Lo que eligió aparecerá aquí")
    visitor.takes_a_picture("thanks")
    eventually_sees(visitor, "Créditos comprados", "550").takes_a_picture("credits")

    # A plan is bought with a promotion code, and its credits arrive
    visitor.presses("Elegir Profesional").writes("Código de promoción", "bienvenida20")
    visitor.presses("Aplicar").sees("$63,20").takes_a_picture("a code")
    visitor.presses("Pagar").is_at(BILLING)
    eventually_sees(visitor, "Pagado; se renueva el", "2 550").takes_a_picture("a plan")


def test_cancelled_plan_lasts_until_its_period_ends(visitors: Visitors) -> None:
    owner = visitors().signs_in(*OWNER).is_at("/").opens_in_settings("Facturación")
    owner.sees("Pagado; se renueva el")
    expect(owner.page.get_by_role("link", name="PDF de")).to_have_count(5)
    owner.takes_a_picture("paid for months")

    owner.presses("Tarjeta, facturas, cancelar").sees("Su plan y sus pagos", "Se renueva el")
    assert not find_violations(owner, PHONE_AT_NIGHT, DESK_BY_DAY)
    owner.takes_a_picture("portal").presses("Cancelar al final del período")
    owner.sees("Hasta entonces todo sigue igual").takes_a_picture("cancelled")
    owner.follows("Volver a Reputation Manager").is_at(BILLING)
    eventually_sees(owner, "no se renueva").takes_a_picture("until when")

    owner.presses("Tarjeta, facturas, cancelar").presses("Seguir con el plan").sees("Se renueva el")
    eventually_sees(owner, "Pagado; se renueva el")
