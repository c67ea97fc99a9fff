"""Whatever is sent, a webhook answers 200, 400, 403 or 413, and the inbox is worked off."""

from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import uuid7
from messaging.models import Sender
from messaging.webhooks import processing
from messaging.webhooks.views import LARGEST
from tests.messaging.webhooks.calls import FORM, INBOUND, answer, post, receipt, sign, status_url
from tests.messaging.webhooks.rows import asked, errors, events, fresh

pytestmark = pytest.mark.django_db

ANSWERS = {200, 400, 403, 413}
# One database for all examples of a test, which the rows of earlier ones do not disturb.
many = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

known_names = st.sampled_from([*answer(), *receipt(""), "OptOutType", "ButtonPayload", "ErrorCode"])
names = known_names | st.text(max_size=20)
values = (
    st.text(max_size=50)
    | st.binary(max_size=50)
    | st.sampled_from(
        ["delivered", "STOP", "5", "\0", "whatsapp:", "whatsapp:EC.1", "+593991234567"]
    )
    | st.integers().map(str)
)


def encoded(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    return quote_from_bytes(raw, safe="")


bodies = st.lists(st.tuples(names, values), max_size=12).map(
    lambda fields: "&".join(f"{encoded(name)}={encoded(value)}" for name, value in fields)
)


def post_signed(url: str, body: str) -> Any:
    """Signed for what is read out of it, as nobody but Twilio could."""
    header = sign(url, QueryDict(body))
    return Client().post(url, body, content_type=FORM, headers={"X-Twilio-Signature": header})


@many
@given(bodies)
def test_signed_nonsense_is_kept_and_worked_off(body: str) -> None:
    before = len(events())
    for url in (INBOUND, status_url(uuid7())):
        assert post_signed(url, body).status_code in ANSWERS
    processing.process()

    assert all(event.processed_at for event in events())
    assert not [error for error in errors()[before:] if error.startswith("not processed")]


@many
@given(bodies)
def test_nonsense_around_a_real_answer(sender: Sender, body: str) -> None:
    """The fields that count are right; whatever else stands beside them."""
    asked(sender)
    real = urlencode(answer("5"))
    assert post_signed(INBOUND, f"{real}&{body}").status_code == 200
    processing.process()

    assert all(event.processed_at for event in events())
    assert not [error for error in errors() if error.startswith("not processed")]


@many
@given(
    st.binary(max_size=300), st.sampled_from(["", FORM, "application/json", "text/plain", "x/y"])
)
def test_unsigned_bytes_are_refused(body: bytes, content_type: str) -> None:
    response = Client().post(INBOUND, body, content_type=content_type)

    assert response.status_code in {400, 403}
    assert not events()


@many
@given(st.text(max_size=60), st.text(max_size=20))
def test_headers_and_queries_of_any_kind(header: str, attempt: str) -> None:
    url = f"{status_url(uuid7())}?attempt={encoded(attempt)}"
    response = Client().post(
        url,
        urlencode(receipt("sent")),
        content_type=FORM,
        headers={
            "X-Twilio-Signature": sign(url, receipt("sent")),
            "I-Twilio-Idempotency-Token": header,
        },
    )
    assert response.status_code in ANSWERS


@pytest.mark.parametrize("attempt", ["2", "-1", "999999", "9" * 5000, "²", "٣", "", "1&attempt=x"])
def test_an_attempt_that_is_no_small_number_is_none(attempt: str, sender: Sender) -> None:
    ask = asked(sender, attempt=2)
    url = f"{status_url(ask.pk)}?attempt={quote(attempt, safe='&=')}"
    assert post(url, receipt("read", sid=str(ask.external_id))).status_code == 200
    processing.process()

    assert fresh(ask).read_at


@pytest.mark.parametrize(("size", "status"), [(LARGEST - 100, 200), (LARGEST + 1, 413)])
def test_a_call_may_not_be_endless(size: int, status: int) -> None:
    assert post_signed(INBOUND, f"MessageSid=SM1&Body={'x' * size}").status_code == status
    processing.process()

    assert len(events()) == (status == 200)


def test_thousands_of_fields_are_refused() -> None:
    body = "&".join(f"f{number}=x" for number in range(2000))

    response = Client().post(INBOUND, body, content_type=FORM, headers={"X-Twilio-Signature": "x"})

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
        ("multipart/form-data; boundary=\xf1", b""),
        (f"{FORM}; charset=latin-1", b"Body=%F1"),
        (f"{FORM}; charset=utf-7", b"Body=5"),
        ("application/json; charset=nonsense", b"\xff\xfe{"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(content_type: str, body: bytes) -> None:
    response = Client().generic(
        "POST", INBOUND, body, content_type, headers={"X-Twilio-Signature": "x"}
    )
    assert response.status_code in {400, 403}


@pytest.mark.parametrize("length", ["-1", "x", "1e9", "9" * 5000])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    response = Client().generic("POST", INBOUND, b"", CONTENT_LENGTH=length)

    assert response.status_code in {400, 403, 413}
