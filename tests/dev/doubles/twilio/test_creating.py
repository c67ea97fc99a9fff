import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from dev.doubles.twilio.settings import ACCOUNT_SID, AUTH_TOKEN
from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.clients import (
    CONTENT,
    PATIENT,
    SENDER,
    SERVICE,
    WHATSAPP_PATIENT,
    WHATSAPP_SENDER,
    ElsewhereAsync,
    client,
)
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import Stage


def test_created_message_is_queued_and_can_be_fetched(send: Send, twilio: Client) -> None:
    made = send(body="Hola")
    assert made.sid.startswith("SM")
    assert len(made.sid) == 34
    assert (made.status, made.direction) == ("queued", "outbound-api")
    assert (made.to, made.from_, made.body) == (PATIENT, SENDER, "Hola")
    assert (made.num_segments, made.num_media, made.error_code, made.price) == (
        "1",
        "0",
        None,
        None,
    )
    assert abs(made.date_created - datetime.now(UTC)) < timedelta(seconds=5)
    assert twilio.messages(made.sid).fetch().body == "Hola"


def test_response_has_every_field_that_twilio_documents(stage: Stage) -> None:
    answer = requests.post(
        f"{stage.base}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
        data={"To": PATIENT, "From": SENDER, "Body": "Hola"},
        auth=(ACCOUNT_SID, AUTH_TOKEN),
        timeout=5,
    )
    assert answer.status_code == 201
    assert answer.headers["Content-Type"].startswith("application/json")
    assert set(answer.json()) == {
        "account_sid", "api_version", "body", "date_created", "date_sent", "date_updated",
        "direction", "error_code", "error_message", "from", "messaging_service_sid", "num_media",
        "num_segments", "price", "price_unit", "sid", "status", "subresource_uris", "to", "uri",
    }  # fmt: skip
    assert answer.json()["uri"] == (
        f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{answer.json()['sid']}.json"
    )


def test_asynchronous_client_can_create(stage: Stage) -> None:
    async def converse() -> Any:
        async with ElsewhereAsync(stage.base) as transport:
            twilio = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=transport)
            made = await twilio.messages.create_async(to=PATIENT, from_=SENDER, body="Hola")
            (listed,) = await twilio.messages.list_async(to=PATIENT)
            return made.sid, listed.sid

    made, listed = asyncio.run(converse())
    assert made == listed


def test_message_of_a_service_is_accepted_before_it_has_a_sender(
    send: Send, twilio: Client
) -> None:
    made = send(from_=None, messaging_service_sid=SERVICE)
    assert (made.status, made.num_segments, made.from_) == ("accepted", "0", None)
    assert made.messaging_service_sid == SERVICE
    later = eventually(lambda: (found := twilio.messages(made.sid).fetch()).from_ and found)
    assert later.from_.startswith("+1500555")
    assert later.num_segments == "1"
    again = send(from_=None, messaging_service_sid=SERVICE)
    eventually(lambda: twilio.messages(again.sid).fetch().from_ == later.from_)


def test_long_text_has_number_of_its_segments(send: Send) -> None:
    assert send(body="á" * 71).num_segments == "2"


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (21604, {"to": ""}),
        (21211, {"to": "+5939"}),
        (21211, {"to": "0991234567"}),
        (21211, {"to": "whatsapp:0991234567"}),
        (21603, {"from_": None}),
        (21212, {"from_": "+0"}),
        (21266, {"from_": PATIENT}),
        (21910, {"from_": WHATSAPP_SENDER}),
        (21701, {"from_": None, "messaging_service_sid": "MGnone"}),
        (21619, {"body": None}),
        (21602, {"body": " "}),
        (21617, {"body": "x" * 1601}),
        (21609, {"status_callback": "example.com/status"}),
        (21624, {"validity_period": 36_001}),
        (21654, {"content_variables": "{}"}),
        (21655, {"content_sid": "HX1"}),
        (21656, {"content_sid": CONTENT, "content_variables": "['Ana']"}),
        (21656, {"content_sid": CONTENT, "content_variables": '{"1": ""}'}),
        (21656, {"content_sid": CONTENT, "content_variables": '{"1": "two\\nlines"}'}),
        (21614, {"to": "+593991230012"}),
        (21610, {"to": "+593991230015"}),
    ],
)
def test_invalid_request_gets_the_code_of_twilio(
    send: Send, code: int, fields: dict[str, Any]
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        send(**fields)
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_error_has_the_format_of_twilio(stage: Stage) -> None:
    answer = requests.post(
        f"{stage.base}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
        data={"To": "x"},
        auth=(ACCOUNT_SID, AUTH_TOKEN),
        timeout=5,
    )
    assert answer.json() == {
        "code": 21211,
        "message": "The 'To' number x is not a valid phone number.",
        "more_info": "https://www.twilio.com/docs/errors/21211",
        "status": 400,
    }


@pytest.mark.parametrize("wrong", [{"token": "guessed"}, {"account": "AC" + "0" * 32}])
def test_wrong_credentials_are_refused(stage: Stage, wrong: dict[str, str]) -> None:
    stranger = client(stage.base, **wrong)
    with pytest.raises(TwilioRestException) as refused, stranger.http_client.session:
        stranger.messages.create(to=PATIENT, from_=SENDER, body="Hola")
    assert (refused.value.code, refused.value.status) == (20003, 401)
    assert stage.get("/control/messages")["total"] == 0


def test_unknown_message_is_404(twilio: Client) -> None:
    for look in (twilio.messages("SM" + "0" * 32).fetch, twilio.calls("CA1").fetch):
        with pytest.raises(TwilioRestException) as refused:
            look()
        assert (refused.value.code, refused.value.status) == (20404, 404)


def test_account_is_active(twilio: Client) -> None:
    assert twilio.api.accounts(ACCOUNT_SID).fetch().status == "active"


def test_template_message_has_the_approved_text(stage: Stage, send: Send) -> None:
    stage.put(f"/control/contents/{CONTENT}", {"body": "Hola {{1}}, ¿qué tal?", "buttons": ["5"]})
    made = send(
        to=WHATSAPP_PATIENT,
        from_=WHATSAPP_SENDER,
        body=None,
        content_sid=CONTENT,
        content_variables=json.dumps({"1": "Ana"}),
    )
    assert made.body == "Hola Ana, ¿qué tal?"


def test_whatsapp_message_can_be_sent_to_a_user_id(send: Send) -> None:
    assert send(to="whatsapp:EC.a1B2c3", from_=WHATSAPP_SENDER).to == "whatsapp:EC.a1B2c3"


def test_template_buttons_are_shown_and_missing_values_are_samples(
    stage: Stage, send: Send
) -> None:
    sid = "HX" + "e" * 32
    stage.put(
        f"/control/contents/{sid}",
        {"body": "Hola {{1}}, con {{2}}", "buttons": ["De {{1}}"], "variables": {"2": "su médico"}},
    )
    made = send(
        to=WHATSAPP_PATIENT,
        from_=WHATSAPP_SENDER,
        body=None,
        content_sid=sid,
        content_variables=json.dumps({"1": "Ana"}),
    )
    assert made.body == "Hola Ana, con su médico"
    [phone] = stage.get("/phones")["phones"]
    assert [button["title"] for button in phone["items"][0]["buttons"]] == ["De Ana"]


def test_content_and_its_approval_can_be_fetched(stage: Stage, twilio: Client) -> None:
    sid = "HX" + "f" * 32
    stage.put(
        f"/control/contents/{sid}",
        {
            "body": "Hola {{1}}",
            "buttons": ["5"],
            "variables": {"1": "Ana"},
            "status": "rejected",
            "rejection_reason": "Reads like an ad",
        },
    )
    content = twilio.content.v1.contents(sid).fetch()
    assert (content.sid, content.language, content.variables) == (sid, "es", {"1": "Ana"})
    assert content.types == {
        "twilio/quick-reply": {
            "body": "Hola {{1}}",
            "actions": [{"type": "QUICK_REPLY", "title": "5", "id": "5"}],
        }
    }
    approval = twilio.content.v1.contents(sid).approval_fetch().fetch()
    assert approval.whatsapp["status"] == "rejected"
    assert approval.whatsapp["rejection_reason"] == "Reads like an ad"
    assert approval.whatsapp["category"] == "UTILITY"


def test_unknown_content_is_404(twilio: Client) -> None:
    look = twilio.content.v1.contents("HX" + "0" * 32)
    for ask in (look.fetch, look.approval_fetch().fetch):
        with pytest.raises(TwilioRestException) as refused:
            ask()
        assert (refused.value.code, refused.value.status) == (20404, 404)
