"""What programs were answered, kept for a day in case they ask again."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from core import sql, tenancy
from core.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)

# It ends with the transaction: with the answer kept, or with all of it undone.
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(key)s, 0)) AS is_ours"


def take_lock(*, caller_id: UUID, key: str) -> bool:
    """Whether nobody else is at this very request."""
    return bool(sql.fetch(LOCK, key=f"once {caller_id} {key}")[0]["is_ours"])


def find(*, workspace_id: UUID, caller_id: UUID, key: str) -> IdempotencyRecord | None:
    mine = IdempotencyRecord.objects.within(workspace_id).filter(caller_id=caller_id, key=key)
    mine.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return mine.first()


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


def forget_old() -> int:
    """For the platform's clock: answers name people, and a day is what was promised."""
    with tenancy.platform("kept answers"):
        old = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
        gone, _each = old.delete()
    return gone
