"""What comes in at /webhooks/stripe/: signed by Stripe, kept once, answered at once."""

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
def _with_a_secret() -> Any:
    with override_settings(STRIPE_WEBHOOK_SECRET=SECRET, STRIPE_SECRET_KEY="sk_test_nobody"):
        yield


def event(**more: Any) -> dict[str, Any]:
    return {"id": "evt_1", "type": "invoice.paid", "data": {"object": {}}} | more


def signed(body: str, *, secret: str = SECRET, age: int = 0) -> str:
    at = int(timezone.now().timestamp()) - age
    header: str = WebhookSignature.generate_signature_header(body, secret, at)
    return header


def refused() -> int:
    return refusals_on(timezone.localdate(), "stripe")


def test_a_signed_event_is_kept_as_it_came() -> None:
    body = json.dumps(event(data={"object": {"customer": "cus_1", "note": "ñandú"}}))

    assert post(body.encode(), signed(body)) == 200

    (kept,) = events()
    assert (kept.provider, kept.key, kept.kind) == ("stripe", "evt_1", "invoice.paid")
    assert kept.payload == json.loads(body)
    assert kept.processed_at is None
    assert refused() == 0


def test_a_repeated_event_is_one() -> None:
    body = json.dumps(event())

    assert [post(body.encode(), signed(body)) for _ in range(3)] == [200, 200, 200]

    assert len(events()) == 1


@pytest.mark.parametrize(
    ("secret", "age"),
    [("whsec_of_somebody_else", 0), (SECRET, 301)],
    ids=["another secret", "long ago"],
)
def test_what_stripe_did_not_just_sign_is_refused_and_counted(secret: str, age: int) -> None:
    body = json.dumps(event())

    assert post(body.encode(), signed(body, secret=secret, age=age)) == 400

    assert not events()
    assert refused() == 1


@pytest.mark.parametrize("signature", ["", "nonsense", "t=1,v1=", "t=abc,v1=00"])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    assert post(b"{}", signature) == 400
    assert refused() == 1


def test_a_changed_body_is_refused() -> None:
    signature = signed(json.dumps(event()))

    assert post(json.dumps(event(id="evt_2")).encode(), signature) == 400


def test_without_a_secret_nobody_can_have_signed() -> None:
    body = json.dumps(event())
    signature = signed(body, secret="")

    with override_settings(STRIPE_WEBHOOK_SECRET=""):
        assert post(body.encode(), signature) == 400


@pytest.mark.parametrize("body", ["[]", "{}", "nothing", '{"id": 5}', '{"id": "evt_1"}', "\xff"])
def test_what_is_signed_and_no_event_is_refused(body: str) -> None:
    assert post(body.encode(), signed(body)) == 400
    assert not events()


def test_what_is_too_large_is_not_read() -> None:
    body = json.dumps(event(data={"object": {"note": "x" * webhook.LARGEST}}))

    assert post(body.encode(), signed(body)) == 413
    assert not events()


@pytest.mark.parametrize("text", ["\0", "\ud83d", 'quoted "\\u0000"'])
def test_text_that_the_database_does_not_take_is_kept_all_the_same(text: str) -> None:
    body = json.dumps(event(data={"object": {"note": text}}))

    assert post(body.encode(), signed(body)) == 200
    assert len(events()) == 1


def test_only_posts_come_in() -> None:
    assert Client().get(WEBHOOK).status_code == 405


@pytest.mark.parametrize("kind", ["price.created", "a.kind.of.tomorrow"])
def test_an_unknown_kind_is_kept_and_nothing_else(kind: str) -> None:
    body = json.dumps(event(type=kind)).encode()

    post(body, signed(body.decode()))

    (kept,) = events()
    assert kept.processed_at
    assert (kept.error, kept.attempts) == ("", 0)
    assert processing.process_events() == 0


def test_an_unknown_kind_may_be_replayed_and_does_nothing(stripe_double: StripeDouble) -> None:
    PaymentEventFactory.create(kind="price.created", payload=event())

    assert processing.process_events() == 1
