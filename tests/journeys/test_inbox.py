"""The inbox on a desk with the keyboard, and on a phone."""

import base64
import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.demo import Demo
from tests.journeys.interactions import tabs_to
from tests.journeys.people import OWNER

DESK, TITLE = "/inbox/?state=all", "#talk-title"
ON_WHATSAPP = "/inbox/?state=open&channel=WHATSAPP"
SENDER = "whatsapp:+12025550124"


def test_inbox_has_two_panes_on_a_desk_and_one_on_a_phone(visitors: Visitors) -> None:
    owner = visitors().signs_in(*OWNER).opens(DESK)
    first = owner.page.locator(".talk-who").first
    name = first.inner_text()
    tabs_to(owner, first)
    owner.page.keyboard.press("Enter")
    expect(owner.page.locator(TITLE)).to_have_text(name)
    expect(owner.page.locator(TITLE)).to_be_focused()
    expect(owner.page.locator(".inbox-list")).to_be_visible()
    address = owner.page.url
    owner.fits().takes_a_picture("two panes")
    owner.page.reload()
    expect(owner.page.locator(TITLE)).to_have_text(name)
    owner.page.go_back()
    expect(owner.page.locator(".inbox-talk-none")).to_be_visible()

    owner.page.get_by_label("Buscar por nombre, teléfono o palabras").fill(name.split()[0])
    expect(owner.page).to_have_url(re.compile("q="))
    expect(owner.page.locator(".talk-who", has_text=name).first).to_be_visible()

    owner.page.goto(address)
    owner.page.get_by_text("Nota para su equipo").first.click()
    owner.writes("Nota para su equipo", "Llamar después de las cinco.").presses("Agregar la nota")
    expect(owner.page.locator(".bubble-note")).to_contain_text("no enviada")
    owner.takes_a_picture("a note")

    mobile = visitors(**PHONE).signs_in(*OWNER).opens(DESK)
    mobile.fits().page.locator(".talk-who", has_text=name).first.click()
    expect(mobile.page.locator(TITLE)).to_be_visible()
    expect(mobile.page.locator(".inbox-list")).to_be_hidden()
    mobile.fits().takes_a_picture("on a phone")
    mobile.page.locator(".talk-back").click()
    expect(mobile.page.locator(".inbox-list")).to_be_visible()


def test_picture_that_a_patient_sends_appears_in_the_open_conversation(
    visitors: Visitors, demo: Demo
) -> None:
    owner = visitors().signs_in(*OWNER).opens(ON_WHATSAPP)
    owner.page.locator(".talk-who").first.click()
    phone = owner.page.locator("#talk a[href^='tel:']").get_attribute("href") or ""
    picture = BytesIO()
    Image.new("RGB", (640, 480), (20, 96, 90)).save(picture, "PNG")
    file = {"content_type": "image/png", "data": base64.b64encode(picture.getvalue()).decode()}
    demo.phones.control(
        "POST",
        "reply",
        {
            "from": phone.removeprefix("tel:"),
            "to": SENDER,
            "channel": "whatsapp",
            "body": "Esta es mi receta.",
            "media": [file],
        },
    )
    shown = owner.page.get_by_role("img", name="Imagen que envió el paciente")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("naturalWidth", 640)
    owner.sees("Esta es mi receta.").fits().takes_a_picture("a picture")
