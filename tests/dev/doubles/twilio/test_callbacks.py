import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from dev.doubles.twilio.settings import ACCOUNT_SID, AUTH_TOKEN
from tests.dev.doubles.twilio.clients import (
    CONTENT,
    PATIENT,
    SENDER,
    SERVICE,
    WHATSAPP_PATIENT,
    WHATSAPP_SENDER,
)
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import Post, Stage, eventually


def told(stage: Stage, *statuses: str) -> list[Post]:
    """Everything told to the status callback, which must be this."""
    posts = stage.product.heard("status", count=len(statuses))
    assert [post.status for post in posts] == [*statuses]
    return posts


def is_signed(post: Post, url: str = "") -> bool:
    signature = post.headers["X-Twilio-Signature"]
    return bool(RequestValidator(AUTH_TOKEN).validate(url or post.url, post.fields, signature))


def test_a_text_is_followed_to_the_phone(stage: Stage, send: Send, twilio: Client) -> None:
    url = stage.product.url("status/0190?to=a%20b&x=%C3%B1")
    sid = send(status_callback=url).sid
    posts = told(stage, "queued", "sent", "delivered")
    assert all(is_signed(post) for post in posts)
    delivered = posts[-1].fields
    assert delivered.pop("RawDlrDoneDate").isdecimal()
    assert delivered == {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": "delivered",
        "SmsStatus": "delivered",
        "AccountSid": ACCOUNT_SID,
        "From": SENDER,
        "To": PATIENT,
        "ApiVersion": "2010-04-01",
    }
    assert twilio.messages(sid).fetch().status == "delivered"
    assert twilio.messages(sid).fetch().date_sent


def test_a_signature_covers_every_field(stage: Stage, send: Send) -> None:
    send()
    post = told(stage, "queued", "sent", "delivered")[-1]
    post.fields["To"] = SENDER
    assert not is_signed(post)


def test_whatsapp_is_read_in_the_end(stage: Stage, send: Send) -> None:
    send(to=WHATSAPP_PATIENT, from_=WHATSAPP_SENDER, body=None, content_sid=CONTENT)
    read = told(stage, "queued", "sent", "delivered", "read")[-1].fields
    assert read["ChannelPrefix"] == "whatsapp"
    assert read["ChannelToAddress"] == WHATSAPP_PATIENT
    assert read["EventType"] == "READ"


def test_a_service_names_itself_and_the_sender_it_picked(stage: Stage, send: Send) -> None:
    send(from_=None, messaging_service_sid=SERVICE)
    queued = told(stage, "queued", "sent", "delivered")[0].fields
    assert queued["MessagingServiceSid"] == SERVICE
    assert queued["From"].startswith("+1500555")


@pytest.mark.parametrize(
    ("to", "code", "statuses"),
    [
        ("+593991230001", "30003", ["queued", "sent", "undelivered"]),
        ("+593991230005", "30007", ["queued", "sent", "undelivered"]),
        ("+593991230007", "30001", ["queued", "failed"]),
        ("whatsapp:+593991230031", "63003", ["queued", "sent", "undelivered"]),
    ],
)
def test_a_number_fails_as_its_end_says(
    stage: Stage, send: Send, to: str, code: str, statuses: list[str]
) -> None:
    if to.startswith("whatsapp:"):
        send(to=to, from_=WHATSAPP_SENDER, body=None, content_sid=CONTENT)
    else:
        send(to=to)
    failed = told(stage, *statuses)[-1].fields
    assert failed["ErrorCode"] == code
    assert failed["ErrorMessage"]


def test_an_sms_arrives_where_whatsapp_does_not(stage: Stage, send: Send) -> None:
    send(to="+593991230031")
    told(stage, "queued", "sent", "delivered")


def test_a_number_may_never_confirm(stage: Stage, send: Send) -> None:
    silent, unconfirmed = send(to="+593991230021").sid, send(to="+593991230022").sid
    send(to=PATIENT)
    posts = stage.product.heard("status", count=5)
    by_sid = {
        sid: [post.status for post in posts if post.sid == sid] for sid in (silent, unconfirmed)
    }
    assert by_sid == {silent: [], unconfirmed: ["queued", "sent"]}


def test_a_segment_may_fail_before_the_next_arrives(stage: Stage, send: Send) -> None:
    send(to="+593991230023")
    told(stage, "queued", "sent", "undelivered", "delivered")


def test_a_failure_may_be_repeated_without_its_code(stage: Stage, send: Send) -> None:
    send(to="+593991230024")
    *_, first, second = told(stage, "queued", "sent", "undelivered", "undelivered")
    assert first.fields["ErrorCode"] == "30003"
    assert "ErrorCode" not in second.fields


def test_free_text_needs_a_patient_who_wrote_today(stage: Stage, send: Send) -> None:
    unasked = {"to": WHATSAPP_PATIENT, "from_": WHATSAPP_SENDER}
    send(**unasked)
    assert told(stage, "queued", "failed")[-1].fields["ErrorCode"] == "63016"
    stage.product.posts.clear()
    stage.reply(PATIENT, "hola", to=WHATSAPP_SENDER, channel="whatsapp")
    send(**unasked)
    told(stage, "queued", "sent", "delivered", "read")


@pytest.mark.parametrize(
    ("fragment", "answers", "posted"),
    [
        ("", [500], 1),
        ("#rp=5xx", [500], 2),
        ("#rc=3&rp=all", [500, 404, 204], 3),
        ("#rc=1&rp=4xx", [404, 404, 204], 2),
        ("#rc=0&rp=all", [500], 1),
    ],
)
def test_a_callback_is_tried_again_as_its_url_asks(
    stage: Stage, send: Send, fragment: str, answers: list[int], posted: int
) -> None:
    stage.put("/control/faults", {"sent_ms": 60_000})
    stage.product.answers += answers
    send(status_callback=stage.product.url("status") + fragment)
    posts = told(stage, *["queued"] * posted)
    assert len({post.headers["I-Twilio-Idempotency-Token"] for post in posts}) == 1
    assert all(is_signed(post) for post in posts)
    assert stage.product.answers == answers[posted:]


def test_a_product_that_is_away_is_called_once_more(stage: Stage, send: Send) -> None:
    stage.put("/control/faults", {"sent_ms": 60_000})
    send(status_callback="http://127.0.0.1:1/status")
    eventually(lambda: "callback answered unreachable" in stage.get("/control/stats")["counts"])


def test_every_step_has_a_token_of_its_own(stage: Stage, send: Send) -> None:
    send()
    posts = told(stage, "queued", "sent", "delivered")
    assert len({post.headers["I-Twilio-Idempotency-Token"] for post in posts}) == 3
