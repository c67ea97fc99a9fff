"""The page in a browser. Skipped with a message if Chromium is not installed."""

import shutil
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.dev.doubles.twilio.clients import CONTENT, PATIENT, WHATSAPP_PATIENT, WHATSAPP_SENDER
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import Stage
from tests.dev.doubles.twilio.test_mailbox import deliver, letter

CHROMIUM = shutil.which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")


def make_wide_picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (3000, 1500), (10, 90, 80)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, stage: Stage) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # That a mail's script is blocked is what we want.
        if message.type in {"error", "warning"} and "sandboxed" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(stage.base)
    expect(page.get_by_text("En vivo")).to_be_visible()
    yield page
    context.close()
    assert complaints == []


def test_visitor_can_reply_as_the_patient(page: Page, stage: Stage, send: Send) -> None:
    expect(page.get_by_text("Todavía no ha llegado nada")).to_be_visible()
    send(body="¿Cómo le fue? <b>http://localhost/r/1</b>.")
    phone = page.get_by_role("article", name="+593 99 123 4567")
    expect(phone.get_by_text("entregado")).to_be_visible()
    expect(phone.locator(".unread")).to_have_text("1")
    link = phone.get_by_role("link", name="http://localhost/r/1")
    expect(link).to_have_attribute("href", "http://localhost/r/1")
    expect(link).to_have_attribute("target", "_blank")
    expect(phone.locator(".text")).to_contain_text("<b>")

    phone.get_by_role("button", name="5", exact=True).click()
    expect(phone.get_by_text("recibido por la clínica")).to_be_visible()
    expect(phone.locator(".unread")).to_be_hidden()
    assert stage.product.received("inbound")[-1].fields["Body"] == "5"

    phone.get_by_role("textbox").fill("muy amables")
    phone.get_by_role("textbox").press("Enter")
    assert stage.product.received("inbound", count=2)[-1].fields["Body"] == "muy amables"


def test_button_replies_to_its_message(page: Page, stage: Stage, send: Send) -> None:
    stage.put(f"/control/contents/{CONTENT}", {"body": "Hola *Ana*", "buttons": ["Muy bien"]})
    sid = send(to=WHATSAPP_PATIENT, from_=WHATSAPP_SENDER, body=None, content_sid=CONTENT).sid
    expect(page.locator("strong")).to_have_text("Ana")
    page.get_by_role("button", name="Muy bien").click()
    heard = stage.product.received("inbound")[-1].fields
    assert (heard["ButtonPayload"], heard["OriginalRepliedMessageSid"]) == ("Muy bien", sid)
    assert heard["From"] == WHATSAPP_PATIENT


def test_visitor_can_send_a_picture_on_whatsapp(page: Page, stage: Stage, send: Send) -> None:
    send(to=WHATSAPP_PATIENT, from_=WHATSAPP_SENDER, body=None, content_sid=CONTENT)
    phone = page.get_by_role("article")
    phone.get_by_role("textbox").fill("Mi receta")
    phone.get_by_role("button", name="Enviar una foto").click()
    page.get_by_role("button", name="Enviar la de ejemplo").click()
    fields = stage.product.received("inbound")[-1].fields
    assert (fields["Body"], fields["MediaContentType0"]) == ("Mi receta", "image/jpeg")
    shown = phone.get_by_role("img", name="Foto")
    expect(shown).to_have_js_property("naturalWidth", 960)

    phone.get_by_role("button", name="Enviar una foto").click()
    page.get_by_label("Archivo").set_input_files(
        {"name": "foto.png", "mimeType": "image/png", "buffer": make_wide_picture()}
    )
    page.get_by_role("dialog").get_by_role("button", name="Enviar", exact=True).click()
    expect(shown).to_have_count(2)
    expect(shown.last).to_have_js_property("naturalWidth", 1280)


def test_pictures_are_not_offered_for_sms(page: Page, send: Send) -> None:
    send()
    phone = page.get_by_role("article")
    expect(phone.get_by_text("entregado")).to_be_visible()
    expect(phone.get_by_role("button", name="Enviar una foto")).to_be_hidden()


def test_opened_mail_cannot_run_scripts(page: Page, stage: Stage) -> None:
    deliver(stage, letter(List_Unsubscribe="<http://localhost/o/1>"))
    page.get_by_role("button", name="¿Cómo le fue?").click()
    expect(page.frame_locator("iframe").get_by_role("link", name="Calificar")).to_be_visible()
    expect(page.get_by_role("link", name="Darse de baja")).to_be_visible()
    page.get_by_role("button", name="Volver a los correos").click()
    expect(page.locator("iframe")).to_be_hidden()


def test_new_phone_can_write_to_a_known_sender(page: Page, stage: Stage, send: Send) -> None:
    send()
    page.get_by_role("button", name="Añadir teléfono").click()
    page.get_by_label("Número, con código de país").fill("+593 98 765 4321")
    page.get_by_label("Nombre").fill("Luis")
    page.get_by_role("button", name="Añadir", exact=True).click()
    luis = page.get_by_role("article", name="Luis")
    luis.get_by_role("button", name="BAJA").click()
    assert stage.product.received("inbound")[-1].fields["From"] == "+593987654321"


def test_phones_can_be_filtered_and_page_shown_in_english(
    page: Page, stage: Stage, send: Send
) -> None:
    send()
    deliver(stage, letter())
    phones = page.get_by_role("article")
    expect(phones).to_have_count(2)
    page.get_by_role("button", name="Correo", exact=True).click()
    expect(phones).to_have_count(1)
    page.get_by_role("button", name="Todos").click()
    page.get_by_role("searchbox").fill("99 123")
    expect(phones).to_have_count(1)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("delivered")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def test_conversation_fills_the_screen_of_a_phone(page: Page, stage: Stage, send: Send) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    send(body="https://example.com/" + "x" * 120)
    phone = page.get_by_role("article")
    expect(phone.get_by_role("textbox")).to_be_hidden()
    phone.get_by_role("button", name="Abrir").click()
    phone.get_by_role("button", name="4", exact=True).click()
    expect(phone.get_by_text("recibido por la clínica")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    phone.get_by_role("button", name="Cerrar").click()
    expect(phone.get_by_role("textbox")).to_be_hidden()


def test_page_updates_after_a_reset(page: Page, stage: Stage) -> None:
    stage.reply(PATIENT, "hola")
    expect(page.get_by_role("article")).to_have_count(1)
    stage.post("/control/reset", {})
    expect(page.get_by_text("Todavía no ha llegado nada")).to_be_visible()
