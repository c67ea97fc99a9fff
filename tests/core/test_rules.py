import pytest
from django.utils import timezone

from tests.constraints import assert_refused
from tests.factories import IdempotencyRecordFactory, IncomingWebhookFactory

pytestmark = pytest.mark.django_db


def test_database_refuses_a_second_record_for_one_key() -> None:
    kept = IdempotencyRecordFactory.create()

    assert_refused(
        "core_idempotencyrecord_once",
        IdempotencyRecordFactory,
        workspace_id=kept.workspace_id,
        caller_id=kept.caller_id,
        key=kept.key,
    )


def test_processed_call_cannot_have_a_next_attempt() -> None:
    assert_refused(
        "core_webhook_processed_is_not_retried",
        IncomingWebhookFactory,
        processed_at=timezone.now(),
        next_try_at=timezone.now(),
    )
