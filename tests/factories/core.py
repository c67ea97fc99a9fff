"""Rows of `core`: audit events, idempotency records and stored webhook calls."""

from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from factory.declarations import LazyFunction, Sequence

from core import tenancy
from core.models import AuditEvent, IdempotencyRecord, IncomingWebhook
from tests.factories.base import RowFactory
from tests.factories.workspaces import WorkspaceFactory


class AuditEventFactory(RowFactory[AuditEvent]):
    class Meta:
        model = AuditEvent

    workspace_id = LazyFunction(lambda: WorkspaceFactory.create().pk)
    actor_name = "Alguien"
    action = "practice.create"
    entity_type = "practice"


def old_audit_event(*, days: float, **fields: Any) -> UUID:
    """Insert an audit event of so many days ago, and return its key.

    Its time cannot be changed afterwards, because the table is append-only.
    """
    origin = {"address": "203.0.113.7", "user_agent": "Firefox"}
    event = AuditEventFactory.create(old={"name": 1}, new={"name": 2}, **origin | fields)
    with tenancy.platform("factory"), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_auditevent
            SELECT (jsonb_populate_record(e, jsonb_build_object(
                'id', gen_random_uuid(), 'at', now() - make_interval(secs => 86400 * %s)))).*
            FROM core_auditevent e WHERE e.id = %s RETURNING id
            """,
            [days, event.pk],
        )
        (key,) = cursor.fetchone() or (None,)
    assert isinstance(key, UUID)
    return key


class IdempotencyRecordFactory(RowFactory[IdempotencyRecord]):
    class Meta:
        model = IdempotencyRecord

    workspace_id = LazyFunction(lambda: WorkspaceFactory.create().pk)
    caller_id = LazyFunction(uuid4)
    key = Sequence(lambda n: f"once-{n}")
    request_digest = "0" * 64
    status = 200


class IncomingWebhookFactory(RowFactory[IncomingWebhook]):
    class Meta:
        model = IncomingWebhook

    provider = "twilio"
    kind = "status"
    key = Sequence(lambda n: f"SM{n}:delivered")
    payload = LazyFunction(dict)
