"""An owner adds a webhook endpoint, tests it and removes it."""

import re

from tests.integrations.webhooks.receiver import run_receiver
from tests.integrations.webhooks.test_signing import signed_with
from tests.journeys.conftest import Visitors
from tests.journeys.people import OWNER


def test_endpoint_is_added_tested_and_removed(visitors: Visitors) -> None:
    with run_receiver() as receiver:
        owner = visitors().signs_in(*OWNER).is_at("/").opens_in_settings("Webhooks")
        owner.follows("Agregar el primer punto de conexión")
        owner.writes("Dirección de su sistema", receiver.url)
        owner.ticks("Un paciente calificó su visita").takes_a_picture("an endpoint")
        owner.presses("Guardar").sees("Su punto de conexión está listo")
        owner.takes_a_picture("its secret")
        secret = owner.page.locator("#secret").inner_text()

        owner.follows("Ya lo copié").does_not_see(secret)
        owner.presses("Enviar un evento de prueba").sees("Entregada")
        owner.takes_a_picture("a test that was taken")
        [received] = receiver.received
        assert received.payload["type"] == "webhook.test"
        assert signed_with(secret, received)

        owner.follows(re.compile(r"^127\.0\.0\.1")).follows("Quitar")
        owner.presses("Sí, quitarlo").sees("Todavía no hay puntos de conexión")
