import json
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core import tenancy
from core.models import IncomingWebhook
from core.webhook_intake.refusals import refusals_on
from reviews.push.payloads import read_push
from reviews.sync import changes
from tests.dev.doubles.google.stage import GoogleDouble
from tests.reviews.clinics import ConnectedClinic, connect

LATER = timedelta(hours=1)
URL = "/webhooks/google/"


def post(google: GoogleDouble, body: bytes, *, token: str = "") -> int:
    headers = {"Authorization": f"Bearer {token or google.push_token()}"}
    response = Client().post(URL, body, content_type="application/json", headers=headers)
    return response.status_code


def push_of(clinic: ConnectedClinic) -> bytes:
    location = clinic.location.name.removeprefix("locations/")
    name = f"accounts/1/locations/{location}"
    data = {"type": "NEW_REVIEW", "location": name, "review": f"{name}/reviews/1"}
    return clinic.google.push_body(data)


def due_at(clinic: ConnectedClinic) -> datetime:
    at = clinic.reload().changes_due_at
    assert at
    return at


def test_push_makes_the_location_due_in_every_workspace(
    fetched: ConnectedClinic, google_double: GoogleDouble
) -> None:
    other = connect(google_double)
    other.set(changes_due_at=timezone.now() + LATER)

    assert post(google_double, push_of(fetched)) == 204

    assert due_at(fetched) <= timezone.now()
    assert due_at(other) <= timezone.now()


def test_new_review_arrives_by_push(fetched: ConnectedClinic) -> None:
    fetched.google.listen_for_pushes()
    name = fetched.google.add_review(stars=5, comment="Rápido")
    (push,) = fetched.google.product.received()

    assert post(fetched.google, json.dumps(push.body).encode(), token=push.token) == 204
    changes.sync_changes()

    assert fetched.review(name).comment == "Rápido"


def test_repeated_push_is_stored_once_and_does_nothing(fetched: ConnectedClinic) -> None:
    body = push_of(fetched)
    post(fetched.google, body)
    fetched.set(changes_due_at=timezone.now() + LATER)

    assert post(fetched.google, body) == 204

    assert due_at(fetched) > timezone.now()
    with tenancy.platform("test"):
        (stored,) = IncomingWebhook.objects.filter(provider="google")
    assert stored.processed_at
    assert stored.payload == {"locations": [fetched.location.name]}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example.com"},
        {"email": "other@example.com"},
        {"email_verified": False},
        {"iss": "https://accounts.example.com"},
        {"exp": 1_000_000_000},
        {"exp": None},
    ],
)
def test_token_for_somebody_else_is_refused(
    fetched: ConnectedClinic, claims: dict[str, Any]
) -> None:
    assert post(fetched.google, push_of(fetched), token=fetched.google.push_token(**claims)) == 403

    assert due_at(fetched) > timezone.now()
    assert refusals_on(timezone.localdate(), "google") == 1


def test_forged_signature_is_refused(fetched: ConnectedClinic) -> None:
    google = fetched.google

    assert post(google, push_of(fetched), token=google.forged_token()) == 403
    assert post(google, push_of(fetched), token="no.token.atall") == 403
    assert post(google, push_of(fetched), token="é") == 403
    assert Client().post(URL, b"{}", content_type="application/json").status_code == 403


def test_unsigned_token_is_refused(fetched: ConnectedClinic) -> None:
    """Neither `none` nor a key of ours may take the place of Google's signature."""
    import jwt

    claims = jwt.decode(fetched.google.push_token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": "double-of-google"})
    symmetric = jwt.encode(claims, "x" * 40, headers={"kid": "double-of-google"})

    assert post(fetched.google, push_of(fetched), token=unsigned) == 403
    assert post(fetched.google, push_of(fetched), token=symmetric) == 403


def test_unknown_keys_do_not_make_us_ask_google_each_time(
    fetched: ConnectedClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reviews.push import signatures

    asked = Mock(side_effect=signatures._fetch_keys)
    monkeypatch.setattr(signatures, "_fetch_keys", asked)
    monkeypatch.setattr("dev.doubles.google.signing.KEY_ID", "unknown")
    token = fetched.google.push_token()
    monkeypatch.setattr("dev.doubles.google.signing.KEY_ID", "double-of-google")

    for _ in range(5):
        assert post(fetched.google, push_of(fetched), token=token) == 403

    assert asked.call_count == 1
    # The genuine key is in the cache now.
    assert post(fetched.google, push_of(fetched)) == 204


def test_installation_without_pushes_refuses_them(fetched: ConnectedClinic, settings: Any) -> None:
    token = fetched.google.push_token()
    settings.GOOGLE_BUSINESS_PUSH_EMAIL = ""

    assert post(fetched.google, push_of(fetched), token=token) == 403


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"message":{}}', b'{"message":{"messageId":7}}']
)
def test_signed_nonsense_is_accepted_and_not_stored(fetched: ConnectedClinic, body: bytes) -> None:
    assert post(fetched.google, body) == 204

    with tenancy.platform("test"):
        assert not IncomingWebhook.objects.filter(provider="google").exists()


def test_push_of_another_kind_is_stored_and_does_nothing(fetched: ConnectedClinic) -> None:
    assert post(fetched.google, fetched.google.push_body({"type": "GOOGLE_UPDATE"})) == 204

    assert due_at(fetched) > timezone.now()


def test_both_namings_of_google_are_read() -> None:
    import base64

    for names in ({"location": "accounts/1/locations/2"}, {"locationName": "locations/2"}):
        data = base64.b64encode(json.dumps({"type": "NEW_REVIEW", **names}).encode()).decode()
        push = read_push(json.dumps({"message": {"messageId": "1", "data": data}}).encode())
        assert push
        assert push.locations == ("locations/2",)


def test_keys_survive_when_google_does_not_answer(fetched: ConnectedClinic, settings: Any) -> None:
    token, body = fetched.google.push_token(), push_of(fetched)
    settings.GOOGLE_BASE_URL = "http://127.0.0.1:9"
    assert post(fetched.google, body, token=token) == 403

    settings.GOOGLE_BASE_URL = fetched.google.url
    cache.delete("google-signing-keys-asked")
    assert post(fetched.google, body, token=token) == 204
