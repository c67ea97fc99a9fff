import hashlib
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from messaging.webhooks import signature
from tests.factories import MessageFactory
from tests.messaging.webhooks.calls import (
    INBOUND,
    post,
    sign,
    status_fields,
    status_url,
    text_fields,
)
from tests.messaging.webhooks.rows import stored_calls

pytestmark = pytest.mark.django_db


def refused_today() -> int:
    return signature.refusals(timezone.localdate())


def test_signed_call_is_stored_before_the_response() -> None:
    message = MessageFactory.create()

    response = post(status_url(message.pk, attempt=2), status_fields("delivered"))

    assert response.status_code == 200
    (event,) = stored_calls()
    assert (event.provider, event.kind) == ("twilio", "status")
    assert event.payload == {
        "message": str(message.pk),
        "attempt": 2,
        "fields": status_fields("delivered"),
    }
    assert event.processed_at is None


def test_response_to_inbound_call_sends_nothing_to_the_patient() -> None:
    response = post(INBOUND, text_fields("5"))

    assert response["Content-Type"] == "text/xml"
    assert b"<Response/>" in response.content


@pytest.mark.parametrize("wrong", ["", "nonsense", "ñandú", sign(INBOUND, {"Body": "5"}, "other")])
def test_unsigned_call_is_refused_and_counted(wrong: str) -> None:
    response = post(INBOUND, {"Body": "5"}, signature=wrong)

    assert response.status_code == 403
    assert not stored_calls()
    assert refused_today() == 1


def test_refusals_add_up() -> None:
    for _ in range(3):
        Client().post(INBOUND)

    assert refused_today() == 3


def test_changed_field_is_refused() -> None:
    signed = sign(INBOUND, text_fields("5", MessageSid="SM1"))

    assert post(INBOUND, text_fields("1", MessageSid="SM1"), signature=signed).status_code == 403


def test_signature_of_another_url_is_refused() -> None:
    first, second = MessageFactory.create(), MessageFactory.create()
    signed = sign(status_url(first.pk), status_fields("failed"))

    response = post(status_url(second.pk), status_fields("failed"), signature=signed)

    assert response.status_code == 403


@pytest.mark.parametrize("site", ["https://example.com", "https://example.com:443"])
def test_signature_with_or_without_port_is_accepted(site: str, settings: Settings) -> None:
    settings.SITE_URL = site
    signed = sign(INBOUND, text_fields("5", MessageSid="SM1"))
    settings.SITE_URL = "https://example.com"

    assert post(INBOUND, text_fields("5", MessageSid="SM1"), signature=signed).status_code == 200


def test_host_header_is_ignored(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["other.example.com", "testserver"]
    settings.SITE_URL = "https://other.example.com"
    signed = sign(INBOUND, {"Body": "5"})
    settings.SITE_URL = "https://opiniones.example.com"

    def call() -> int:
        return post(INBOUND, {"Body": "5"}, signature=signed, Host="other.example.com").status_code  # type: ignore[no-any-return]

    assert call() == 403


@pytest.mark.parametrize(("trusted", "status"), [(True, 200), (False, 403)])
def test_trusted_proxy_sets_the_signed_url(trusted: bool, status: int, settings: Settings) -> None:
    settings.TRUSTED_PROXY = settings.USE_X_FORWARDED_HOST = trusted
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if trusted else None
    settings.ALLOWED_HOSTS = ["alias.example.com", "testserver"]
    settings.SITE_URL = "https://alias.example.com"
    signed = sign(INBOUND, {"Body": "5"})
    settings.SITE_URL = "https://opiniones.example.com"
    forwarded = {"X-Forwarded-Host": "alias.example.com", "X-Forwarded-Proto": "https"}

    assert post(INBOUND, {"Body": "5"}, signature=signed, **forwarded).status_code == status


def test_every_call_is_refused_without_an_account(settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = ""

    assert (
        post(INBOUND, {"Body": "5"}, signature=sign(INBOUND, {"Body": "5"}, "")).status_code == 403
    )


def as_json(body: bytes, *, digest: str | None = None) -> Any:
    digest = hashlib.sha256(body).hexdigest() if digest is None else digest
    url = f"{INBOUND}?bodySHA256={digest}" if digest else INBOUND
    return Client().post(
        url,
        body,
        content_type="application/json",
        headers={"X-Twilio-Signature": sign(url, {})},
    )


def test_json_body_with_digest_in_signed_url_is_accepted() -> None:
    response = as_json(json.dumps({"MessageSid": "SM1", "Body": "5", "NumMedia": 0}).encode())

    assert response.status_code == 200
    assert stored_calls()[0].payload["fields"] == {
        "MessageSid": "SM1",
        "Body": "5",
        "NumMedia": "0",
    }


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_json_body_with_wrong_digest_is_refused(digest: str) -> None:
    assert as_json(b'{"Body": "5"}', digest=digest).status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"[1]", b"null", b"{", b"[" * 30_000, b"1" * 30_000, b'{"a": NaN, "b": "\\ud800\\u0000"}'],
)
def test_json_that_is_no_object_is_stored(body: bytes) -> None:
    assert as_json(body).status_code == 200
    assert len(stored_calls()) == 1


def test_only_post_is_allowed() -> None:
    assert Client().get(INBOUND).status_code == 405


def test_url_without_trailing_slash_is_accepted() -> None:
    assert post("/webhooks/twilio/inbound", text_fields("5")).status_code == 200


def test_unsigned_call_is_refused_without_redis(settings: Settings) -> None:
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}

    assert Client().post(INBOUND).status_code == 403
