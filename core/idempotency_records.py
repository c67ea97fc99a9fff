"""Stores the answers to requests with an Idempotency-Key for a day."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from core import sql, tenancy
from core.locks import Lock
from core.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)


def take_lock(*, caller_id: UUID, key: str) -> bool:
    """Lock this key. Return whether it was free: otherwise the same request is still running.

    The lock ends with the transaction, when the answer is stored or everything is undone.
    """
    return sql.try_advisory_lock(Lock.IDEMPOTENCY.of(f"{caller_id} {key}"))


def find(*, workspace_id: UUID, caller_id: UUID, key: str) -> IdempotencyRecord | None:
    """Return the stored answer. One that is over its time is deleted first."""
    records = IdempotencyRecord.objects.within(workspace_id).filter(caller_id=caller_id, key=key)
    records.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return records.first()


def keep(
    *,
    workspace_id: UUID,
    caller_id: UUID,
    key: str,
    request_digest: str,
    status: int,
    headers: dict[str, str],
    body: str,
) -> IdempotencyRecord:
    return IdempotencyRecord.objects.create(
        workspace_id=workspace_id,
        caller_id=caller_id,
        key=key,
        request_digest=request_digest,
        status=status,
        headers=headers,
        body=body,
    )


def delete_old() -> int:
    """Delete answers over their time, because they may name people. Return how many."""
    with tenancy.platform("idempotency records"):
        old = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
        deleted, _by_model = old.delete()
    return deleted
