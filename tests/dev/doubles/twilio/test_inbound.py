import pytest
from twilio.base.exceptions import TwilioRestException

from dev.doubles.twilio.settings import ACCOUNT_SID, Settings
from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.clients import (
    CONTENT,
    PATIENT,
    SENDER,
    SERVICE,
    WHATSAPP_PATIENT,
    WHATSAPP_SENDER,
    client,
)
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import AT_ONCE, Post, Stage
from tests.dev.doubles.twilio.test_callbacks import is_signed


def inbound_post(stage: Stage) -> Post:
    return stage.product.received("inbound")[-1]


def test_sms_reply_is_posted_with_signature(stage: Stage) -> None:
    sid = stage.reply(PATIENT, "5 gracias ⭐")
    post = inbound_post(stage)
    assert is_signed(post)
    expected = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": PATIENT,
        "To": SENDER,
        "Body": "5 gracias ⭐",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    assert expected.items() <= post.fields.items()
    assert {"FromCity", "ToZip"} <= set(post.fields)


def test_whatsapp_button_names_the_message_it_replies_to(stage: Stage, send: Send) -> None:
    asked = send(to=WHATSAPP_PATIENT, from_=WHATSAPP_SENDER, body=None, content_sid=CONTENT).sid
    stage.reply(
        PATIENT,
        "Muy bien",
        to=WHATSAPP_SENDER,
        channel="whatsapp",
        button="good",
        replied_to=asked,
        name="Ana Torres",
    )
    expected = {
        "From": WHATSAPP_PATIENT,
        "To": WHATSAPP_SENDER,
        "Body": "Muy bien",
        "WaId": PATIENT[1:],
        "ProfileName": "Ana Torres",
        "MessageType": "button",
        "ButtonText": "Muy bien",
        "ButtonPayload": "good",
        "OriginalRepliedMessageSid": asked,
        "OriginalRepliedMessageSender": WHATSAPP_SENDER,
    }
    assert expected.items() <= inbound_post(stage).fields.items()


def test_whatsapp_user_without_number_is_posted_with_id(stage: Stage) -> None:
    stage.reply("EC.a1B2c3", "5", to=WHATSAPP_SENDER, channel="whatsapp")
    fields = inbound_post(stage).fields
    assert (fields["From"], fields["ExternalUserId"]) == ("whatsapp:EC.a1B2c3", "EC.a1B2c3")
    assert "WaId" not in fields


def test_reply_can_replace_any_field(stage: Stage) -> None:
    stage.reply(PATIENT, "5", extra={"NumMedia": "many", "Unheard": "of"})
    assert {"NumMedia": "many", "Unheard": "of"}.items() <= inbound_post(stage).fields.items()


def test_stop_blocks_sender_until_start(stage: Stage, send: Send) -> None:
    for word in (" stop ", "Unsubscribe"):
        stage.reply(PATIENT, word)
        with pytest.raises(TwilioRestException) as refused:
            send()
        assert refused.value.code == 21610
    assert send(from_="+15005550007").sid, "another sender is not meant"
    assert send(to="+593987654321").sid, "nor another patient"
    stage.reply(PATIENT, "START")
    assert send().sid


def test_carrier_confirms_stop_once(stage: Stage) -> None:
    for word in ("STOP", "STOP"):
        stage.reply(PATIENT, word)
    (phone,) = stage.get("/phones")["phones"]
    assert [item["mine"] for item in phone["items"]] == [True, False, True]
    assert "unsubscribed" in phone["items"][1]["body"]


@pytest.mark.parametrize("words", ["BAJA", "stop please", "no me escriban"])
def test_unknown_keyword_is_posted_and_blocks_nothing(stage: Stage, send: Send, words: str) -> None:
    stage.reply(PATIENT, words)
    assert inbound_post(stage).fields["Body"] == words
    assert send().sid


def test_whatsapp_stop_is_posted_and_blocks_nothing(stage: Stage, send: Send) -> None:
    stage.reply(PATIENT, "STOP", to=WHATSAPP_SENDER, channel="whatsapp")
    assert send(to=WHATSAPP_PATIENT, from_=WHATSAPP_SENDER).sid


def test_message_of_a_service_after_stop_fails_by_callback(stage: Stage, send: Send) -> None:
    send(from_=None, messaging_service_sid=SERVICE)
    posts = stage.product.received("status")
    stage.reply(PATIENT, "STOP", to=posts[0].fields["From"])
    assert inbound_post(stage).fields["MessagingServiceSid"] == SERVICE
    assert "OptOutType" not in inbound_post(stage).fields
    sid = send(from_=None, messaging_service_sid=SERVICE).sid
    failed = eventually(
        lambda: [post for post in stage.product.posts if post.fields.get("ErrorCode")]
    )
    assert (failed[0].fields["MessageSid"], failed[0].fields["ErrorCode"]) == (sid, "21610")


def test_advanced_opt_out_posts_its_type() -> None:
    with Stage(Settings(advanced_opt_out=True, faults=AT_ONCE)) as stage:
        twilio = client(stage.base)
        with twilio.http_client.session:
            made = twilio.messages.create(to=PATIENT, messaging_service_sid=SERVICE, body="Hola")
            number = eventually(lambda: twilio.messages(made.sid).fetch().from_)
        for word, kind in (("quit", "STOP"), ("unstop", "START"), ("info", "HELP")):
            stage.product.posts.clear()
            stage.reply(PATIENT, word, to=number)
            assert inbound_post(stage).fields["OptOutType"] == kind


def test_phone_shows_response_status_of_the_webhook(stage: Stage) -> None:
    stage.product.answers += [204, 500]
    for body in ("5", "4"):
        stage.reply(PATIENT, body)

    def answers() -> list[str]:
        (phone,) = stage.get("/phones")["phones"]
        return [item["heard"] for item in phone["items"]]

    eventually(lambda: sorted(answers()) == ["204", "500"])
