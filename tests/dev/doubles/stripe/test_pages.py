"""The hosted pages, as a browser gets and sends them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.dev.doubles.stripe import shop
from tests.dev.doubles.stripe.stage import DECLINED, DECLINED_LATER, GOOD_CARD, StripeDouble

SPANISH, ENGLISH = {"Accept-Language": "es-EC,es"}, {"Accept-Language": "en-GB,en"}


@dataclass
class Browser:
    base: str
    http: requests.Session

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.http.get(self.base + path, headers=headers or SPANISH)

    def post(self, path: str, **told: str) -> requests.Response:
        return self.http.post(self.base + path, data=told, headers=SPANISH, allow_redirects=False)


@pytest.fixture
def browser(stripe_double: StripeDouble) -> Iterator[Browser]:
    with requests.Session() as http:
        yield Browser(stripe_double.url, http)


@pytest.fixture
def portal(stripe_double: StripeDouble) -> str:
    """The portal of a clinic that has a plan."""
    subscription = shop.subscribed(stripe_double)
    return opened(stripe_double, subscription)


def opened(double: StripeDouble, subscription: str, **more: Any) -> str:
    client = double.client
    customer = str(client.v1.subscriptions.retrieve(subscription).customer)
    sessions: Any = client.v1.billing_portal.sessions
    session = sessions.create({"customer": customer, "return_url": shop.BACK, **more})
    return f"/portal/{session.id}"


def the_subscription(double: StripeDouble) -> Any:
    (found,) = double.client.v1.subscriptions.list({"status": "all"}).data
    return found


def test_a_card_is_refused_and_another_one_pays(
    stripe_double: StripeDouble, browser: Browser
) -> None:
    asked = shop.session(
        stripe_double.client,
        "professional_monthly",
        success_url="http://localhost:8000/billing/?session={CHECKOUT_SESSION_ID}",
    )
    page = f"/pay/{asked.id}"
    shown = browser.get(page)
    assert "$79,00 al mes" in shown.text
    assert "4000 0000 0000 0002" in shown.text
    assert "form-action 'self' http://localhost:8000;" in shown.headers["Content-Security-Policy"]
    assert "El banco rechazó la tarjeta" in browser.post(page, action="pay", card=DECLINED).text
    assert "los 16 dígitos" in browser.post(page, action="pay", card="42").text
    paid = browser.post(page, action="pay", card="4242 4242 4242 4242")
    assert paid.status_code == 303
    assert paid.headers["Location"] == f"http://localhost:8000/billing/?session={asked.id}"
    assert "Este pago ya se hizo" in browser.get(page).text
    assert len(stripe_double.client.v1.subscriptions.list().data) == 1


def test_a_code_shows_what_it_takes_off(stripe_double: StripeDouble, browser: Browser) -> None:
    page = f"/pay/{shop.session(stripe_double.client, 'credits_500').id}"
    wrong = browser.post(page, action="code", code="GRATIS", card="")
    assert "Ese código no existe" in wrong.text
    right = browser.post(page, action="code", code="bienvenida20", card="")
    assert "$16,00" in right.text
    assert browser.post(page, action="pay", code="bienvenida20", card=GOOD_CARD).status_code == 303
    (charge,) = stripe_double.client.v1.charges.list().data
    assert charge.amount == 1600


def test_it_speaks_the_languages_of_its_readers(
    stripe_double: StripeDouble, browser: Browser
) -> None:
    client = stripe_double.client
    page = f"/pay/{shop.session(client, 'credits_500').id}"
    assert "Test payments: no money moves here." in browser.get(page, **ENGLISH).text
    fixed = f"/pay/{shop.session(client, 'credits_500', locale='es').id}"
    assert '<html lang="es">' in browser.get(fixed, **ENGLISH).text


def test_what_a_clinic_writes_stays_text(stripe_double: StripeDouble, browser: Browser) -> None:
    subscription = shop.subscribed(stripe_double)
    customer = str(the_subscription(stripe_double).customer)
    stripe_double.client.v1.customers.update(customer, {"name": "<script>alert(1)</script>"})
    stripe_double.advance(subscription)
    newest = stripe_double.client.v1.invoices.list().data[0]
    shown = browser.get(f"/invoice/{newest.id}").text
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown


def test_a_plan_is_cancelled_and_kept_after_all(
    stripe_double: StripeDouble, browser: Browser, portal: str
) -> None:
    assert "Se renueva el" in browser.get(portal).text
    assert browser.post(portal, action="cancel").status_code == 303
    assert "Hasta entonces todo sigue igual" in browser.get(portal).text
    assert the_subscription(stripe_double).cancel_at
    browser.post(portal, action="resume")
    assert the_subscription(stripe_double).cancel_at is None
    browser.post(portal, action="end")
    assert the_subscription(stripe_double).status == "canceled"
    assert "No hay ningún plan en curso" in browser.get(portal).text
    assert "No se pudo" in browser.post(portal, action="cancel").text
    assert browser.post(portal, action="unheard of").status_code == 400


def test_a_larger_plan_begins_now_and_a_smaller_one_later(
    stripe_double: StripeDouble, browser: Browser, portal: str
) -> None:
    def key() -> str:
        return str(the_subscription(stripe_double)["items"].data[0].price.lookup_key)

    client = stripe_double.client
    browser.post(portal, action="change", price=shop.price_of(client, "starter_monthly"))
    assert key() == "professional_monthly"
    assert "Inicial (al mes) empieza el" in browser.get(portal).text
    stripe_double.advance(the_subscription(stripe_double).id)
    assert key() == "starter_monthly"
    assert client.v1.invoices.list().data[0].amount_paid == 2900
    browser.post(portal, action="change", price=shop.price_of(client, "professional_yearly"))
    assert key() == "professional_yearly"


def test_a_change_that_was_asked_for_is_only_confirmed(
    stripe_double: StripeDouble, browser: Browser
) -> None:
    wanted = shop.subscribed(stripe_double, "starter_monthly")
    item = the_subscription(stripe_double)["items"].data[0].id
    price = shop.price_of(stripe_double.client, "professional_monthly")
    change = {"subscription": wanted, "items": [{"id": item, "price": price, "quantity": 1}]}
    kind = "subscription_update_confirm"
    page = opened(stripe_double, wanted, flow_data={"type": kind, kind: change})
    shown = browser.get(page).text
    assert "Confirmar el cambio" in shown
    assert "Facturas" not in shown
    browser.post(page, action="change", price=price)
    assert the_subscription(stripe_double)["items"].data[0].price.id == price
    assert "Facturas" in browser.get(page).text


def test_the_buttons_for_trying_bring_what_time_and_banks_bring(
    stripe_double: StripeDouble, browser: Browser, portal: str
) -> None:
    browser.post(portal, action="fail")
    assert "El próximo cobro fallará" in browser.get(portal).text
    browser.post(portal, action="next")
    assert the_subscription(stripe_double).status == "past_due"
    assert "Pagar la factura con esta tarjeta" in browser.get(portal).text
    assert "El banco rechazó" in browser.post(portal, action="pay", card=DECLINED).text
    browser.post(portal, action="pay", card=DECLINED_LATER)
    assert the_subscription(stripe_double).status == "active"
    browser.post(portal, action="card", card=GOOD_CARD)
    browser.post(portal, action="next")
    assert the_subscription(stripe_double).status == "active"
    browser.post(portal, action="refund")
    browser.post(portal, action="dispute")
    assert len(stripe_double.client.v1.refunds.list().data) == 1
    assert len(stripe_double.client.v1.disputes.list().data) == 1


def test_an_invoice_is_a_page_and_a_pdf(
    stripe_double: StripeDouble, browser: Browser, portal: str
) -> None:
    (invoice,) = stripe_double.client.v1.invoices.list().data
    assert invoice.hosted_invoice_url
    assert invoice.invoice_pdf
    path = invoice.hosted_invoice_url.partition("/invoice")[2]
    assert str(invoice.number) in browser.get(f"/invoice{path}").text
    pdf = browser.get(f"/invoice{path}/pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    start = int(re.findall(rb"startxref\n(\d+)", pdf.content)[0])
    assert pdf.content[start:].startswith(b"xref")
    assert b"$79,00" in pdf.content


def test_the_front_page_lists_what_happened(
    stripe_double: StripeDouble, browser: Browser, portal: str
) -> None:
    assert "checkout.session.completed" in browser.get("/").text
    assert browser.get("/static/payments.css").ok
    assert browser.get("/static/other.css").status_code == 404
    assert browser.get("/pay/cs_test_none").status_code == 404


def test_other_sites_in_the_same_browser_get_nothing(browser: Browser, portal: str) -> None:
    foreign = {"Origin": "https://evil.example"}
    refused = browser.http.post(browser.base + portal, data={"action": "end"}, headers=foreign)
    assert refused.status_code == 403
