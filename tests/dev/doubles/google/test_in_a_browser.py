"""The pages in a browser. Skipped with a message if Chromium is not installed."""

import shutil
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.dev.doubles.google.browser import consent_query
from tests.dev.doubles.google.stage import GoogleDouble

CHROMIUM = shutil.which("chromium")
PLACE = "/local/writereview?placeid=ChIJN1t_tDeuEmsRUsoyG83frY4"
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="es-EC")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def check_accessibility(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert [violation["id"] for violation in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_visitor_writes_changes_and_deletes_a_review(page: Page, google: GoogleDouble) -> None:
    google.add_review(comment="De otra persona.", media=[{"thumbnail_url": "/static/photo.svg"}])
    page.goto(google.url + PLACE)
    expect(page.get_by_role("heading", name="Consultorio Centro")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("4").check()
    page.get_by_label("Cuente su experiencia").fill("Muy amables 😊")
    page.get_by_label("Su nombre").fill("Rosa Mora")
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("Su reseña está publicada.")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Rosa Mora")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("Publicar sin mi nombre").check()
    page.get_by_role("button", name="Guardar los cambios").click()
    expect(page.get_by_role("heading", name="Un usuario de Google")).to_be_visible()
    page.get_by_role("button", name="Eliminar mi reseña").click()
    expect(page.get_by_text("Su reseña se eliminó.")).to_be_visible()
    assert [each.comment for each in google.state.reviews.values()] == ["De otra persona."]


def test_consent_leads_back_to_the_product(page: Page, google: GoogleDouble) -> None:
    query = consent_query(redirect_uri=google.product.url)
    page.goto(f"{google.url}/o/oauth2/v2/auth?{urlencode(query)}")
    check_accessibility(page)
    page.get_by_label("Otra Clínica").check()
    page.get_by_role("button", name="Permitir").click()
    expect(page.get_by_text("back")).to_be_visible()
    assert "code=4" in page.url
    (grant,) = google.double.grants.grants.values()
    assert grant.user == "1002"
