"""For any input a webhook returns 200, 400, 403 or 413, and stored calls can be processed."""

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
from tests.messaging.webhooks.calls import (
    FORM,
    INBOUND,
    post,
    sign,
    status_fields,
    status_url,
    text_fields,
)
from tests.messaging.webhooks.rows import (
    call_errors,
    create_delivered_ask,
    reload_message,
    stored_calls,
)

pytestmark = pytest.mark.django_db

ANSWERS = {200, 400, 403, 413}
# One database for all examples of a test, which the rows of earlier ones do not disturb.
many = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

known_names = st.sampled_from(
    [*text_fields(), *status_fields(""), "OptOutType", "ButtonPayload", "ErrorCode"]
)
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
    """Post a body with the signature of the fields that Django parses from it."""
    header = sign(url, QueryDict(body))
    return Client().post(url, body, content_type=FORM, headers={"X-Twilio-Signature": header})


@many
@given(bodies)
def test_signed_random_body_is_stored_and_processed(body: str) -> None:
    before = len(stored_calls())
    for url in (INBOUND, status_url(uuid7())):
        assert post_signed(url, body).status_code in ANSWERS
    processing.process()

    assert all(event.processed_at for event in stored_calls())
    assert not [error for error in call_errors()[before:] if error.startswith("not processed")]


@many
@given(bodies)
def test_reply_with_random_fields_is_processed(sender: Sender, body: str) -> None:
    """The known fields are valid, and the others are random."""
    create_delivered_ask(sender)
    real = urlencode(text_fields("5"))
    assert post_signed(INBOUND, f"{real}&{body}").status_code == 200
    processing.process()

    assert all(event.processed_at for event in stored_calls())
    assert not [error for error in call_errors() if error.startswith("not processed")]


@many
@given(
    st.binary(max_size=300), st.sampled_from(["", FORM, "application/json", "text/plain", "x/y"])
)
def test_unsigned_bytes_are_refused(body: bytes, content_type: str) -> None:
    response = Client().post(INBOUND, body, content_type=content_type)

    assert response.status_code in {400, 403}
    assert not stored_calls()


@many
@given(st.text(max_size=60), st.text(max_size=20))
def test_random_headers_and_queries_cause_no_error(header: str, attempt: str) -> None:
    url = f"{status_url(uuid7())}?attempt={encoded(attempt)}"
    response = Client().post(
        url,
        urlencode(status_fields("sent")),
        content_type=FORM,
        headers={
            "X-Twilio-Signature": sign(url, status_fields("sent")),
            "I-Twilio-Idempotency-Token": header,
        },
    )
    assert response.status_code in ANSWERS


@pytest.mark.parametrize("attempt", ["2", "-1", "999999", "9" * 5000, "²", "٣", "", "1&attempt=x"])
def test_invalid_attempt_number_is_ignored(attempt: str, sender: Sender) -> None:
    ask = create_delivered_ask(sender, attempt=2)
    url = f"{status_url(ask.pk)}?attempt={quote(attempt, safe='&=')}"
    assert post(url, status_fields("read", sid=str(ask.external_id))).status_code == 200
    processing.process()

    assert reload_message(ask).read_at


@pytest.mark.parametrize(("size", "status"), [(LARGEST - 100, 200), (LARGEST + 1, 413)])
def test_too_large_call_is_refused(size: int, status: int) -> None:
    assert post_signed(INBOUND, f"MessageSid=SM1&Body={'x' * size}").status_code == status
    processing.process()

    assert len(stored_calls()) == (status == 200)


def test_call_with_thousands_of_fields_is_refused() -> None:
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
def test_unreadable_form_is_refused(content_type: str, body: bytes) -> None:
    response = Client().generic(
        "POST", INBOUND, body, content_type, headers={"X-Twilio-Signature": "x"}
    )
    assert response.status_code in {400, 403}


@pytest.mark.parametrize("length", ["-1", "x", "1e9", "9" * 5000])
def test_invalid_content_length_is_refused(length: str) -> None:
    response = Client().generic("POST", INBOUND, b"", CONTENT_LENGTH=length)

    assert response.status_code in {400, 403, 413}
