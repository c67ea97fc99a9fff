import pytest

from tests.constraints import assert_refused
from tests.factories import IdempotencyRecordFactory

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
