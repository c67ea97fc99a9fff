import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from dev.doubles.twilio.pages import FILES, STATIC, label
from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.clients import CONTENT, PATIENT, WHATSAPP_PATIENT, WHATSAPP_SENDER
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import Stage

PAGE = (STATIC / "phones.html").read_text("utf-8")
SCRIPTS = "".join((STATIC / name).read_text("utf-8") for name in FILES if name.endswith(".js"))


def test_policy_of_the_page_allows_only_own_files(stage: Stage) -> None:
    answer = requests.get(stage.base, timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src)|\son\w+=", PAGE)
    for path in re.findall(r"(?:src|href)=\"(/[^\"]+)", PAGE):
        assert requests.get(stage.base + path, timeout=5).status_code == 200, path


def test_other_files_are_not_served(stage: Stage) -> None:
    for name in ("phones.html", "..%2Fpages.py", "%2Fetc%2Fpasswd"):
        assert requests.get(f"{stage.base}/static/{name}", timeout=5).status_code == 404


def words(language: str) -> set[str]:
    (block,) = re.findall(rf"^  {language}: {{$(.*?)^  }},$", SCRIPTS, re.M | re.S)
    return set(re.findall(r"^    (\w+):", block, re.M))


def test_all_texts_are_in_both_languages() -> None:
    assert words("es") == words("en")
    used = set(re.findall(r"data-say(?:-label|-placeholder)?=\"(\w+)", PAGE))
    used |= set(re.findall(r"\bsay(?:Live)?\(\"(\w+)", SCRIPTS))
    assert used <= words("es")


def test_html_ids_are_unique() -> None:
    ids = re.findall(r"\sid=\"([^\"]+)", PAGE)
    assert len(ids) == len(set(ids))


def test_text_is_never_set_as_html() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", SCRIPTS)


def test_phone_has_sms_and_whatsapp_of_its_number(stage: Stage, send: Send) -> None:
    stage.put(f"/control/contents/{CONTENT}", {"body": "¿Qué tal?", "buttons": ["Bien", "Mal"]})
    send(to=WHATSAPP_PATIENT, from_=WHATSAPP_SENDER, body=None, content_sid=CONTENT)
    send()
    known = stage.get("/phones")
    (phone,) = known["phones"]
    assert phone["address"] == PATIENT
    assert [item["kind"] for item in phone["items"]] == ["whatsapp", "sms"]
    assert [button["title"] for button in phone["items"][0]["buttons"]] == ["Bien", "Mal"]
    assert known["senders"] == [WHATSAPP_SENDER, "+15005550006"]


def test_event_stream_sends_each_change(stage: Stage, send: Send) -> None:
    with requests.get(f"{stage.base}/events", stream=True, timeout=5) as events:
        lines = events.iter_lines()
        assert next(lines) == b": watching"
        send()
        told: list[dict[str, Any]] = []
        while not told or told[-1]["items"][0]["status"] != "delivered":
            if (line := next(lines)).startswith(b"data: "):
                told.append(json.loads(line[6:]))
        assert {phone["address"] for phone in told} == {PATIENT}
        stage.post("/control/reset", {})
        eventually(lambda: next(lines) == b"event: reset")


@pytest.mark.parametrize(
    ("address", "shown"),
    [("+14155550123", "+1 415-555-0123"), ("ana@correo.ec", "ana@correo.ec"), ("EC.a1", "EC.a1")],
)
def test_number_is_shown_with_spaces(address: str, shown: str) -> None:
    assert label(address) == shown


def test_files_are_small() -> None:
    assert sum(Path(STATIC / name).stat().st_size for name in FILES) < 60_000
