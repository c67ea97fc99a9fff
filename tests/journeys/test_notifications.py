"""Notifications: choose them, get a push in the browser, and see a page without a connection.

Chromium cannot reach its push service here, so the page subscribes at the double, which decrypts
what it gets. What it read is then handed to the service worker as a push service would.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Visitors
from tests.journeys.demo import Demo
from tests.journeys.people import NEIGHBOUR
from tests.journeys.visitor import Visitor

SUBSCRIBE_AT_THE_DOUBLE = """
PushManager.prototype.subscribe = async () => ({toJSON: () => (%s)});
"""
SHOWN = """
async () => {
  const registration = await navigator.serviceWorker.ready;
  const shown = await registration.getNotifications();
  return shown.map(({title, data}) => [title, data.path]);
}
"""


@pytest.mark.parametrize("browser", [DESK, PHONE], ids=["desk", "phone"])
def test_member_gets_a_push_and_an_offline_page(
    browser: dict[str, Any], visitors: Visitors, demo: Demo
) -> None:
    visitor = visitors(**browser).signs_in(*NEIGHBOUR)
    visitor.sees("Hola, Dra. Elena Carrión")
    name = f"browser-{browser['viewport']['width']}"
    subscribe_at_the_double(visitor, demo, name)

    visitor.opens("/profile/notifications/").sees("De qué se le avisa", "Desactivados.").fits()
    visitor.takes_a_picture("off")
    visitor.ticks("Resumen semanal, en el navegador").presses("Guardar").sees("Se guardaron")
    visitor.presses("Activar en este navegador").sees("Los avisos están activados")
    visitor.takes_a_picture("on").fits()
    visitor.presses("Enviar una prueba").sees("Está en camino")
    message = read_message(visitor, demo, name)
    assert message["title"] == "Los avisos funcionan"

    deliver_to_worker(visitor.page, message)
    assert [message["title"], "/profile/notifications/"] in visitor.page.evaluate(SHOWN)

    visitor.context.set_offline(True)
    with visitor.expecting("Failed to load resource|ERR_INTERNET_DISCONNECTED"):
        visitor.opens("/inbox/").sees("Sin conexión").takes_a_picture("offline")
    visitor.context.set_offline(False)
    visitor.opens("/profile/notifications/").presses("Desactivar").sees("ya no recibe avisos")
    visitor.signs_out()


def subscribe_at_the_double(visitor: Visitor, demo: Demo, name: str) -> None:
    visitor.context.grant_permissions(["notifications"], origin=demo.site)
    made = visitor.context.request.post(f"{demo.push}/browsers", data={"name": name})
    visitor.context.add_init_script(SUBSCRIBE_AT_THE_DOUBLE % json.dumps(made.json()))


def read_message(visitor: Visitor, demo: Demo, name: str) -> Mapping[str, str]:
    """Return the message that the double's browser decrypted, as soon as there is one."""
    address = f"{demo.push}/browsers/{name}"
    for _ in range(100):
        if shown := visitor.context.request.get(address).json():
            message: Mapping[str, str] = shown[-1]
            return message
        visitor.page.wait_for_timeout(200)
    raise AssertionError("no push arrived")


def deliver_to_worker(page: Page, message: Mapping[str, str]) -> None:
    session = page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(
            one["registrationId"] for one in event["registrations"] if not one["isDeleted"]
        ),
    )
    session.send("ServiceWorker.enable")
    expect(page.locator("main")).to_be_visible()
    page.wait_for_timeout(300)
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": page.evaluate("location.origin"),
            "registrationId": registrations[-1],
            "data": json.dumps(message),
        },
    )
    page.wait_for_timeout(300)
