import pytest
from twilio.request_validator import RequestValidator
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
)
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import Post, Stage


def status_posts(stage: Stage, *statuses: str) -> list[Post]:
    """Return the calls to the status callback. Their statuses must be these."""
    posts = stage.product.received("status", count=len(statuses))
    assert [post.status for post in posts] == [*statuses]
    return posts


def is_signed(post: Post, url: str = "") -> bool:
    signature = post.headers["X-Twilio-Signature"]
    return bool(RequestValidator(AUTH_TOKEN).validate(url or post.url, post.fields, signature))


def test_sms_is_reported_queued_sent_and_delivered(
    stage: Stage, send: Send, twilio: Client
) -> None:
    url = stage.product.url("status/0190?to=a%20b&x=%C3%B1")
    sid = send(status_callback=url).sid
    posts = status_posts(stage, "queued", "sent", "delivered")
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


def test_signature_covers_every_field(stage: Stage, send: Send) -> None:
    send()
    post = status_posts(stage, "queued", "sent", "delivered")[-1]
    post.fields["To"] = SENDER
    assert not is_signed(post)


def test_whatsapp_message_is_reported_as_read(stage: Stage, send: Send) -> None:
    send(to=WHATSAPP_PATIENT, from_=WHATSAPP_SENDER, body=None, content_sid=CONTENT)
    read = status_posts(stage, "queued", "sent", "delivered", "read")[-1].fields
    assert read["ChannelPrefix"] == "whatsapp"
    assert read["ChannelToAddress"] == WHATSAPP_PATIENT
    assert read["EventType"] == "READ"


def test_callback_of_a_service_has_its_sid_and_the_chosen_sender(stage: Stage, send: Send) -> None:
    send(from_=None, messaging_service_sid=SERVICE)
    queued = status_posts(stage, "queued", "sent", "delivered")[0].fields
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
def test_number_fails_with_the_code_of_its_last_digits(
    stage: Stage, send: Send, to: str, code: str, statuses: list[str]
) -> None:
    if to.startswith("whatsapp:"):
        send(to=to, from_=WHATSAPP_SENDER, body=None, content_sid=CONTENT)
    else:
        send(to=to)
    failed = status_posts(stage, *statuses)[-1].fields
    assert failed["ErrorCode"] == code
    assert failed["ErrorMessage"]


def test_sms_is_delivered_to_number_that_fails_on_whatsapp(stage: Stage, send: Send) -> None:
    send(to="+593991230031")
    status_posts(stage, "queued", "sent", "delivered")


def test_special_numbers_send_no_or_not_all_callbacks(stage: Stage, send: Send) -> None:
    silent, unconfirmed = send(to="+593991230021").sid, send(to="+593991230022").sid
    send(to=PATIENT)
    posts = stage.product.received("status", count=5)
    by_sid = {
        sid: [post.status for post in posts if post.sid == sid] for sid in (silent, unconfirmed)
    }
    assert by_sid == {silent: [], unconfirmed: ["queued", "sent"]}


def test_special_number_is_undelivered_then_delivered(stage: Stage, send: Send) -> None:
    send(to="+593991230023")
    status_posts(stage, "queued", "sent", "undelivered", "delivered")


def test_special_number_repeats_failure_without_its_code(stage: Stage, send: Send) -> None:
    send(to="+593991230024")
    *_, first, second = status_posts(stage, "queued", "sent", "undelivered", "undelivered")
    assert first.fields["ErrorCode"] == "30003"
    assert "ErrorCode" not in second.fields


def test_whatsapp_free_text_fails_unless_patient_wrote_within_a_day(
    stage: Stage, send: Send
) -> None:
    unasked = {"to": WHATSAPP_PATIENT, "from_": WHATSAPP_SENDER}
    send(**unasked)
    assert status_posts(stage, "queued", "failed")[-1].fields["ErrorCode"] == "63016"
    stage.product.posts.clear()
    stage.reply(PATIENT, "hola", to=WHATSAPP_SENDER, channel="whatsapp")
    send(**unasked)
    status_posts(stage, "queued", "sent", "delivered", "read")


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
def test_callback_is_retried_as_its_url_says(
    stage: Stage, send: Send, fragment: str, answers: list[int], posted: int
) -> None:
    stage.put("/control/faults", {"sent_ms": 60_000})
    stage.product.answers += answers
    send(status_callback=stage.product.url("status") + fragment)
    posts = status_posts(stage, *["queued"] * posted)
    assert len({post.headers["I-Twilio-Idempotency-Token"] for post in posts}) == 1
    assert all(is_signed(post) for post in posts)
    assert stage.product.answers == answers[posted:]


def test_unreachable_callback_is_counted(stage: Stage, send: Send) -> None:
    stage.put("/control/faults", {"sent_ms": 60_000})
    send(status_callback="http://127.0.0.1:1/status")
    eventually(lambda: "callback answered unreachable" in stage.get("/control/stats")["counts"])


def test_each_status_has_its_own_idempotency_token(stage: Stage, send: Send) -> None:
    send()
    posts = status_posts(stage, "queued", "sent", "delivered")
    assert len({post.headers["I-Twilio-Idempotency-Token"] for post in posts}) == 3
