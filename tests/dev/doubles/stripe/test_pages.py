"""The hosted pages, requested and posted as by a browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import DECLINED, GOOD_CARD, StripeDouble

SPANISH, ENGLISH = {"Accept-Language": "es-EC,es"}, {"Accept-Language": "en-GB,en"}


@dataclass
class Browser:
    base: str
    http: requests.Session

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.http.get(self.base + path, headers=headers or SPANISH)

    def post(self, path: str, **data: str) -> requests.Response:
        return self.http.post(self.base + path, data=data, headers=SPANISH, allow_redirects=False)


@pytest.fixture
def browser(stripe_double: StripeDouble) -> Iterator[Browser]:
    with requests.Session() as http:
        yield Browser(stripe_double.url, http)


@pytest.fixture
def portal(stripe_double: StripeDouble) -> str:
    """The portal of a clinic that has a plan."""
    shop.subscribe(stripe_double)
    return open_portal(stripe_double)


def open_portal(double: StripeDouble, **more: Any) -> str:
    sessions: Any = double.client.v1.billing_portal.sessions
    (configuration,) = double.client.v1.billing_portal.configurations.list().data
    session = sessions.create(
        {
            "customer": shop.subscription_of(double).customer,
            "configuration": configuration.id,
            "return_url": shop.SUCCESS_URL,
            **more,
        }
    )
    return f"/portal/{session.id}"


def test_declined_card_shows_error_and_another_one_pays(
    stripe_double: StripeDouble, browser: Browser
) -> None:
    page = f"/pay/{shop.open_session(stripe_double.client, 'professional_monthly').id}"
    shown = browser.get(page)
    assert "$79,00 al mes" in shown.text
    assert "form-action 'self' http://localhost:8000;" in shown.headers["Content-Security-Policy"]

    assert "El banco rechazó la tarjeta" in browser.post(page, action="pay", card=DECLINED).text
    assert "los 16 dígitos" in browser.post(page, action="pay", card="42").text
    paid = browser.post(page, action="pay", card="4242 4242 4242 4242")

    assert paid.status_code == 303
    assert paid.headers["Location"] == shop.SUCCESS_URL
    assert "Este pago ya se hizo" in browser.get(page).text


def test_promotion_code_shows_the_discount(stripe_double: StripeDouble, browser: Browser) -> None:
    page = f"/pay/{shop.open_session(stripe_double.client, 'credits_500').id}"

    assert "Ese código no existe" in browser.post(page, action="code", code="GRATIS", card="").text
    assert "$16,00" in browser.post(page, action="code", code="bienvenida20", card="").text

    browser.post(page, action="pay", code="bienvenida20", card=GOOD_CARD)
    (intent,) = stripe_double.client.v1.payment_intents.list().data
    assert intent.amount_received == 1600


def test_page_uses_language_of_session_else_of_browser(
    stripe_double: StripeDouble, browser: Browser
) -> None:
    client = stripe_double.client
    page = f"/pay/{shop.open_session(client, 'credits_500').id}"
    assert "Test payments: no money moves here." in browser.get(page, **ENGLISH).text

    fixed = f"/pay/{shop.open_session(client, 'credits_500', locale='es').id}"
    assert '<html lang="es">' in browser.get(fixed, **ENGLISH).text


def test_names_are_escaped(stripe_double: StripeDouble, browser: Browser) -> None:
    subscription = shop.subscribe(stripe_double)
    customer = str(shop.subscription_of(stripe_double).customer)
    stripe_double.client.v1.customers.update(customer, {"name": "<script>alert(1)</script>"})
    stripe_double.advance(subscription)

    newest = stripe_double.client.v1.invoices.list().data[0]
    shown = browser.get(f"/invoice/{newest.id}").text

    assert str(newest.number) in shown
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown


def test_plan_is_cancelled_resumed_and_ended(
    stripe_double: StripeDouble, browser: Browser, portal: str
) -> None:
    assert "Se renueva el" in browser.get(portal).text

    browser.post(portal, action="cancel")
    assert "Hasta entonces todo sigue igual" in browser.get(portal).text

    browser.post(portal, action="resume")
    assert shop.subscription_of(stripe_double).cancel_at is None

    browser.post(portal, action="end")
    assert shop.subscription_of(stripe_double).status == "canceled"
    assert "No hay ningún plan en curso" in browser.get(portal).text
    assert "No se pudo" in browser.post(portal, action="cancel").text
    assert browser.post(portal, action="unheard of").status_code == 400


def test_larger_plan_begins_now_and_smaller_one_later(
    stripe_double: StripeDouble, browser: Browser, portal: str
) -> None:
    def lookup_key() -> str:
        return str(shop.subscription_of(stripe_double)["items"].data[0].price.lookup_key)

    client = stripe_double.client
    browser.post(portal, action="change", price=shop.price_id(client, "starter_monthly"))
    assert lookup_key() == "professional_monthly"
    assert "Quedarse con el plan actual" in browser.get(portal).text

    browser.post(portal, action="next")
    assert lookup_key() == "starter_monthly"

    browser.post(portal, action="change", price=shop.price_id(client, "professional_yearly"))
    assert lookup_key() == "professional_yearly"


def test_session_for_a_plan_change_asks_for_confirmation(
    stripe_double: StripeDouble, browser: Browser
) -> None:
    subscription = shop.subscribe(stripe_double, "starter_monthly")
    price = shop.price_id(stripe_double.client, "professional_monthly")
    kind = "subscription_update_confirm"
    change = {"subscription": subscription, "items": [{"price": price, "quantity": 1}]}
    page = open_portal(stripe_double, flow_data={"type": kind, kind: change})
    assert "Confirmar el cambio" in browser.get(page).text

    browser.post(page, action="change", price=price)

    assert shop.subscription_of(stripe_double)["items"].data[0].price.id == price
    assert "Facturas" in browser.get(page).text


def test_buttons_simulate_renewal_decline_refund_and_dispute(
    stripe_double: StripeDouble, browser: Browser, portal: str
) -> None:
    browser.post(portal, action="fail")
    assert "El próximo cobro fallará" in browser.get(portal).text
    browser.post(portal, action="next")
    assert shop.subscription_of(stripe_double).status == "past_due"

    assert "El banco rechazó" in browser.post(portal, action="pay", card=DECLINED).text
    browser.post(portal, action="pay", card=GOOD_CARD)
    assert shop.subscription_of(stripe_double).status == "active"

    browser.post(portal, action="refund")
    browser.post(portal, action="dispute")
    assert len(stripe_double.client.v1.refunds.list().data) == 1
    assert len(stripe_double.client.v1.disputes.list().data) == 1


def test_home_page_lists_the_last_events(browser: Browser, portal: str) -> None:
    assert "checkout.session.completed" in browser.get("/").text
    assert browser.get("/kit/pages.css").ok
    assert browser.get("/pay/cs_test_none").status_code == 404


def test_request_from_another_site_is_refused(browser: Browser, portal: str) -> None:
    foreign = {"Origin": "https://evil.example"}
    refused = browser.http.post(browser.base + portal, data={"action": "end"}, headers=foreign)
    assert refused.status_code == 403
