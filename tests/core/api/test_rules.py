import pytest

from tests.factories import IdempotencyRecordFactory
from tests.rules import refuses

pytestmark = pytest.mark.django_db


def test_database_refuses_a_second_record_for_one_key() -> None:
    kept = IdempotencyRecordFactory.create()

    refuses(
        "core_idempotencyrecord_once",
        IdempotencyRecordFactory,
        workspace_id=kept.workspace_id,
        caller_id=kept.caller_id,
        key=kept.key,
    )
