"""Incoming webhooks are stored once, leased to one worker at a time, retried and pruned."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from core.models import IncomingWebhook
from core.webhook_intake import calls
from tests.factories import IncomingWebhookFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def store(key: str = "1", *, provider: str = "acme") -> bool:
    return calls.store(
        provider=provider, kind="paid", key=key, payload={"note": "ñ\0"}, next_try_at=NOW
    )


def stored() -> list[IncomingWebhook]:
    with tenancy.platform("test"):
        return list(IncomingWebhook.objects.order_by("id"))


def test_repeated_call_is_stored_once_for_each_provider() -> None:
    assert [store(), store(), store(provider="other")] == [True, False, True]

    assert [(call.provider, call.key) for call in stored()] == [("acme", "1"), ("other", "1")]


def test_leased_call_is_due_again_after_the_pause() -> None:
    store()

    first = calls.lease_next("acme", now=NOW)
    assert first
    assert calls.lease_next("acme", now=NOW) is None

    again = calls.lease_next("acme", now=NOW + calls.FIRST_PAUSE)
    assert again
    assert again.id == first.id


def test_processed_call_is_not_leased_again() -> None:
    store()
    call = calls.lease_next("acme", now=NOW)
    assert call

    with tenancy.platform("test"):
        calls.mark_processed({call.id: "x" * 400})

    (row,) = stored()
    assert row.processed_at
    assert row.error == "x" * calls.MAX_ERROR
    assert calls.lease_next("acme", now=NOW + timedelta(days=9)) is None


def test_late_failure_does_not_change_a_processed_call() -> None:
    store()
    call = calls.lease_next("acme", now=NOW)
    assert call
    with tenancy.platform("test"):
        calls.mark_processed({call.id: ""})

    calls.mark_failed(call, "too late")

    assert stored()[0].error == ""


def test_prune_deletes_only_old_processed_calls_of_the_provider() -> None:
    for provider in ("acme", "other"):
        IncomingWebhookFactory.create(provider=provider, processed_at=NOW)
    waiting = IncomingWebhookFactory.create(provider="acme")

    later = NOW + timedelta(days=8)
    assert calls.prune(["acme"], keep_for=timedelta(days=9), now=later) == 0
    assert calls.prune(["acme"], keep_for=timedelta(days=7), now=later) == 1

    assert waiting.pk in {call.pk for call in stored()}
    assert len(stored()) == 2
