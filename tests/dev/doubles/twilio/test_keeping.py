import json
from dataclasses import replace
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException

from dev.doubles.twilio.settings import Settings
from tests.dev.doubles.twilio.clients import (
    CONTENT,
    PATIENT,
    SENDER,
    WHATSAPP_PATIENT,
    WHATSAPP_SENDER,
    client,
)
from tests.dev.doubles.twilio.stage import AT_ONCE, Stage, eventually

SETTINGS = Settings(faults=AT_ONCE)


def test_phones_survive_a_restart_where_a_file_keeps_them(tmp_path: Path) -> None:
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


def test_a_crash_loses_little(tmp_path: Path) -> None:
    kept = tmp_path / "phones.json"
    with Stage(replace(SETTINGS, state=kept)) as stage:
        stage.reply(PATIENT, "5")
        eventually(lambda: kept.exists() and json.loads(kept.read_text())["messages"])


def test_a_file_that_cannot_be_read_means_no_phones(tmp_path: Path) -> None:
    kept = tmp_path / "phones.json"
    for text in ("", "[]", '{"messages": [{}]}'):
        kept.write_text(text)
        with Stage(replace(SETTINGS, state=kept)) as stage:
            assert stage.get("/phones")["phones"] == []


def test_templates_come_from_a_file(tmp_path: Path) -> None:
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
