"""Credits and plans are bought with a test card, at the double of Stripe, and given up there."""

from playwright.sync_api import expect

from tests.dev.doubles.simulation import eventually
from tests.journeys.conftest import Visitors
from tests.journeys.people import OWNER, Clinic
from tests.journeys.post import Post
from tests.journeys.rules import DESK_BY_DAY, PHONE_AT_NIGHT, broken_by
from tests.journeys.visitor import Visitor

PAYER = Clinic("Clínica Pagadora", owner="Rosa Paz", email="rosa@pagadora.example")
BILLING = "/billing/"


def soon_sees(visitor: Visitor, *texts: str) -> Visitor:
    """Reload the billing page until it shows all texts: Stripe's webhook may come in between."""

    def shows_all() -> bool:
        visitor.opens(BILLING)
        return all(visitor.shows(text) for text in texts)

    eventually(shows_all, seconds=40)
    return visitor


def test_a_clinic_buys_credits_and_a_plan_with_a_test_card(visitor: Visitor, post: Post) -> None:
    # Given a clinic in its trial, with the credits of the beginning
    PAYER.signs_up(visitor, post).follows("Facturación").is_at(BILLING)
    visitor.sees("Prueba hasta el", "Créditos para empezar", "50").takes_a_picture("in its trial")

    # When its first card is declined, nothing is bought
    visitor.presses("Comprar 500").sees("Pagos de prueba", "$20,00").fits()
    assert not broken_by(visitor, PHONE_AT_NIGHT, DESK_BY_DAY)
    visitor.writes("Número de tarjeta", "4000 0000 0000 0002").presses("Pagar")
    visitor.sees("El banco rechazó la tarjeta").takes_a_picture("declined")

    # With another one the credits arrive
    visitor.presses("Pagar").is_at(BILLING).sees("Gracias. Lo que eligió aparecerá aquí")
    visitor.takes_a_picture("thanks")
    soon_sees(visitor, "Créditos comprados", "550").takes_a_picture("credits")

    # A plan is bought by a code, and its credits come with it
    visitor.presses("Elegir Profesional").writes("Código de promoción", "bienvenida20")
    visitor.presses("Aplicar").sees("$63,20").takes_a_picture("a code")
    visitor.presses("Pagar").is_at(BILLING)
    soon_sees(visitor, "Pagado; se renueva el", "2 550").takes_a_picture("a plan")


def test_a_plan_is_cancelled_and_holds_until_its_period_ends(visitors: Visitors) -> None:
    owner = visitors().signs_in(*OWNER).follows("Facturación").sees("Pagado; se renueva el")
    expect(owner.page.get_by_role("link", name="PDF de")).to_have_count(5)
    owner.takes_a_picture("paid for months")

    owner.presses("Tarjeta, facturas, cancelar").sees("Su plan y sus pagos", "Se renueva el")
    assert not broken_by(owner, PHONE_AT_NIGHT, DESK_BY_DAY)
    owner.takes_a_picture("portal").presses("Cancelar al final del período")
    owner.sees("Hasta entonces todo sigue igual").takes_a_picture("cancelled")
    owner.follows("Volver a Reputation Manager").is_at(BILLING)
    soon_sees(owner, "no se renueva").takes_a_picture("until when")

    owner.presses("Tarjeta, facturas, cancelar").presses("Seguir con el plan").sees("Se renueva el")
    soon_sees(owner, "Pagado; se renueva el")
