import json
from dataclasses import replace
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException

from dev.doubles.twilio.settings import Settings
from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.clients import (
    CONTENT,
    PATIENT,
    SENDER,
    WHATSAPP_PATIENT,
    WHATSAPP_SENDER,
    client,
)
from tests.dev.doubles.twilio.stage import AT_ONCE, Stage

SETTINGS = Settings(faults=AT_ONCE)


def test_phones_are_kept_over_a_restart_with_a_state_file(tmp_path: Path) -> None:
    settings = replace(SETTINGS, state=tmp_path / "phones.json")
    with Stage(settings) as stage:
        twilio = client(stage.base)
        with twilio.http_client.session:
            sid = twilio.messages.create(to=PATIENT, from_=SENDER, body="Hola").sid
        for told in ("STOP", "5"):
            stage.reply(PATIENT, told, name="Ana")
    with Stage(settings) as stage:
        (phone,) = stage.get("/phones")["phones"]
        assert phone["name"] == "Ana"
        assert [item["body"] for item in phone["items"] if item["mine"]] == ["STOP", "5"]
        assert phone["items"][0]["id"] == sid
        twilio = client(stage.base)
        with pytest.raises(TwilioRestException) as refused, twilio.http_client.session:
            twilio.messages.create(to=PATIENT, from_=SENDER, body="Hola")
        assert refused.value.code == 21610


def test_state_is_saved_before_a_crash(tmp_path: Path) -> None:
    kept = tmp_path / "phones.json"
    with Stage(replace(SETTINGS, state=kept)) as stage:
        stage.reply(PATIENT, "5")
        eventually(lambda: kept.exists() and json.loads(kept.read_text())["messages"])


def test_unreadable_state_file_starts_empty(tmp_path: Path) -> None:
    kept = tmp_path / "phones.json"
    for text in ("", "[]", '{"messages": [{}]}'):
        kept.write_text(text)
        with Stage(replace(SETTINGS, state=kept)) as stage:
            assert stage.get("/phones")["phones"] == []


def test_templates_are_read_from_a_file(tmp_path: Path) -> None:
    contents = tmp_path / "contents.json"
    contents.write_text(json.dumps({CONTENT: {"body": "Hola {{1}}"}}))
    with Stage(replace(SETTINGS, contents=contents)) as stage:
        twilio = client(stage.base)
        with twilio.http_client.session:
            made = twilio.messages.create(
                to=WHATSAPP_PATIENT,
                from_=WHATSAPP_SENDER,
                content_sid=CONTENT,
                content_variables='{"1": "Ana"}',
            )
    assert made.body == "Hola Ana"
