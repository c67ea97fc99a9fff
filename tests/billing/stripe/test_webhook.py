"""The webhook of Stripe: it checks signatures, stores each event once and answers."""

import json
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from stripe import WebhookSignature

from billing.stripe import processing, webhook
from core.webhook_intake.refusals import refusals_on
from tests.billing.stripe.clinic import WEBHOOK, events, post
from tests.dev.doubles.stripe.stage import StripeDouble
from tests.factories import PaymentEventFactory

pytestmark = pytest.mark.django_db

SECRET = "whsec_of_this_test"


@pytest.fixture(autouse=True)
def _webhook_secret() -> Any:
    with override_settings(STRIPE_WEBHOOK_SECRET=SECRET, STRIPE_SECRET_KEY="sk_test_nobody"):
        yield


def event(**more: Any) -> dict[str, Any]:
    return {"id": "evt_1", "type": "invoice.paid", "data": {"object": {}}} | more


def sign(body: str, *, secret: str = SECRET, age: int = 0) -> str:
    at = int(timezone.now().timestamp()) - age
    header: str = WebhookSignature.generate_signature_header(body, secret, at)
    return header


def count_refusals() -> int:
    return refusals_on(timezone.localdate(), "stripe")


def test_signed_event_is_stored_unchanged() -> None:
    body = json.dumps(event(data={"object": {"customer": "cus_1", "note": "ñandú"}}))

    assert post(body.encode(), sign(body)) == 200

    (kept,) = events()
    assert (kept.provider, kept.key, kept.kind) == ("stripe", "evt_1", "invoice.paid")
    assert kept.payload == json.loads(body)
    assert kept.processed_at is None
    assert count_refusals() == 0


def test_repeated_event_is_stored_once() -> None:
    body = json.dumps(event())

    assert [post(body.encode(), sign(body)) for _ in range(3)] == [200, 200, 200]

    assert len(events()) == 1


@pytest.mark.parametrize(
    ("secret", "age"),
    [("whsec_of_somebody_else", 0), (SECRET, 301)],
    ids=["another secret", "long ago"],
)
def test_wrong_or_old_signature_is_refused_and_counted(secret: str, age: int) -> None:
    body = json.dumps(event())

    assert post(body.encode(), sign(body, secret=secret, age=age)) == 400

    assert not events()
    assert count_refusals() == 1


@pytest.mark.parametrize("signature", ["", "nonsense", "t=1,v1=", "t=abc,v1=00"])
def test_malformed_signature_is_refused(signature: str) -> None:
    assert post(b"{}", signature) == 400
    assert count_refusals() == 1


def test_changed_body_is_refused() -> None:
    signature = sign(json.dumps(event()))

    assert post(json.dumps(event(id="evt_2")).encode(), signature) == 400


def test_every_call_is_refused_without_a_secret() -> None:
    body = json.dumps(event())
    signature = sign(body, secret="")

    with override_settings(STRIPE_WEBHOOK_SECRET=""):
        assert post(body.encode(), signature) == 400


@pytest.mark.parametrize("body", ["[]", "{}", "nothing", '{"id": 5}', '{"id": "evt_1"}', "\xff"])
def test_signed_body_that_is_no_event_is_refused(body: str) -> None:
    assert post(body.encode(), sign(body)) == 400
    assert not events()


def test_too_large_body_is_refused() -> None:
    body = json.dumps(event(data={"object": {"note": "x" * webhook.LARGEST}}))

    assert post(body.encode(), sign(body)) == 413
    assert not events()


@pytest.mark.parametrize("text", ["\0", "\ud83d", 'quoted "\\u0000"'])
def test_event_with_unstorable_text_is_stored(text: str) -> None:
    body = json.dumps(event(data={"object": {"note": text}}))

    assert post(body.encode(), sign(body)) == 200
    assert len(events()) == 1


def test_get_is_refused() -> None:
    assert Client().get(WEBHOOK).status_code == 405


@pytest.mark.parametrize("kind", ["price.created", "a.kind.of.tomorrow"])
def test_event_of_unknown_kind_is_stored_as_processed(kind: str) -> None:
    body = json.dumps(event(type=kind)).encode()

    post(body, sign(body.decode()))

    (kept,) = events()
    assert kept.processed_at
    assert (kept.error, kept.attempts) == ("", 0)
    assert processing.process_events() == 0


def test_replayed_event_of_unknown_kind_has_no_effect(stripe_double: StripeDouble) -> None:
    PaymentEventFactory.create(kind="price.created", payload=event())

    assert processing.process_events() == 1
