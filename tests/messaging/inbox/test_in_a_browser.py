"""The script and the layout of the inbox, in a browser that is given pages rendered before.

Django refuses queries while the browser runs. Skipped with a message if Chromium is not installed.
"""

import mimetypes
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route, expect, sync_playwright

from messaging.models import Conversation
from tests.factories import (
    CannedAnswerFactory,
    ConversationFactory,
    InboundMessageFactory,
    PatientFactory,
    UserFactory,
)
from tests.messaging.inbox.test_working_together import send_form
from tests.messaging.world import shared_sender
from workspaces.models import User

CHROMIUM = shutil.which("chromium") or ""
SITE = "http://localhost"
TYPED = "El sábado atendemos"
STALE = "htmx.trigger(document.body, 'stale')"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed"),
]

# What is answered to each path, and to htmx for one of the parts of the page.
Pages = dict[tuple[str, str], str]


@pytest.fixture
def luis() -> User:
    cache.clear()
    shared_sender()
    user: User = UserFactory.create(name="Luis Paz", language="en")
    return user


def create_conversation(user: User, name: str) -> Conversation:
    patient = PatientFactory.create(workspace=user.workspace, name=name)
    InboundMessageFactory.create(workspace=user.workspace, patient=patient, body="¿Abren hoy?")
    found: Conversation = ConversationFactory.create(workspace=user.workspace, patient=patient)
    return found


def address_of(conversation: Conversation) -> str:
    return reverse("inbox_conversation", args=[conversation.pk])


def render(client: Client, path: str, part: str = "") -> str:
    headers = {"HX-Request": "true", "HX-Target": part} if part else {}
    return client.get(path, headers=headers).content.decode()


@contextmanager
def browse(pages: Pages) -> Iterator[Page]:
    complaints: list[str] = []

    def fulfil(route: Route) -> None:
        path = urlsplit(route.request.url).path
        part = route.request.headers.get("hx-target", "")
        static = finders.find(path.removeprefix("/static/")) if "/static/" in path else None
        if static:
            kind = mimetypes.guess_type(path)[0]
            route.fulfill(body=Path(static).read_bytes(), content_type=kind)
        elif (path, part) in pages:
            route.fulfill(body=pages[path, part], content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=204)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**/*", fulfil)
        yield page
        browser.close()
    assert complaints == []


def test_draft_stays_with_its_patient_and_knows_what_its_author_saw(
    client: Client, luis: User
) -> None:
    zoila, rosa = create_conversation(luis, "Zoila Paz"), create_conversation(luis, "Rosa Vera")
    ana = UserFactory.create(workspace=luis.workspace, name="Ana Ruiz", language="en")
    client.force_login(luis)
    here, there = address_of(zoila), address_of(rosa)
    pages = {
        (here, ""): render(client, here),
        (here, "talk"): render(client, here, "talk"),
        (there, "talk"): render(client, there, "talk"),
    }
    send_form(client, ana, zoila, seen=0)
    client.force_login(luis)
    pages[here, "thread"] = render(client, here, "thread")

    with browse(pages) as page:
        answer, seen = page.locator("#id_text"), page.locator("[name=seen]")
        page.goto(SITE + here)
        answer.fill(TYPED)
        page.locator(".talk-who", has_text="Rosa Vera").click()
        expect(page).to_have_title("Rosa Vera · Reputation Manager")
        assert "shown" not in page.url
        expect(answer).to_have_value("")
        page.locator(".talk-who", has_text="Zoila Paz").click()
        expect(answer).to_have_value(TYPED)

        page.evaluate(STALE)
        expect(page.locator("#writing")).to_contain_text("Your clinic has just answered")
        expect(page.locator(".bubble-ours")).to_contain_text("De Ana Ruiz")
        expect(seen).to_have_value("0")
        answer.fill("")
        expect(seen).to_have_value("1")
        expect(page.locator("#writing")).to_be_hidden()

        answer.fill(TYPED)
        page.reload()  # as after a note
        expect(answer).to_have_value(TYPED)
        expect(seen).to_have_value("1")
        page.locator("#answer-form .button-primary").click()
        kept = page.evaluate("Object.keys(sessionStorage)")
        assert not [name for name in kept if name.startswith("draft ")]


def test_canned_answers_follow_the_cursor(client: Client, luis: User) -> None:
    CannedAnswerFactory.create(workspace=luis.workspace, name="Horario", content="De 8 a 17.")
    here = address_of(create_conversation(luis, "Zoila Paz"))
    client.force_login(luis)

    with browse({(here, ""): render(client, here)}) as page:
        answer, canned = page.locator("#id_text"), page.locator("#canned")
        page.goto(SITE + here)
        answer.press_sequentially("x /")
        expect(canned).to_be_visible()
        answer.press("ArrowLeft")
        expect(canned).to_be_hidden()
        answer.press("Enter")
        expect(answer).to_have_value("x \n/")
        answer.press("End")
        answer.press_sequentially("ho")
        answer.press("Enter")
        expect(answer).to_have_value("x \nDe 8 a 17.")


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1440, 1000)])
def test_answer_is_sent_without_scrolling(
    client: Client, luis: User, width: int, height: int
) -> None:
    zoila = create_conversation(luis, "Zoila Paz")
    here = address_of(zoila)
    for _ in range(5):
        InboundMessageFactory.create(
            workspace=luis.workspace, patient=zoila.patient, body="¿Y mañana?\n" * 4
        )
    client.force_login(luis)

    with browse({(here, ""): render(client, here)}) as page:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(SITE + here)
        expect(page.locator("#answer-form .button-primary")).to_be_in_viewport(ratio=1)
