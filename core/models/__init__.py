from core.models.audit import AuditEvent
from core.models.idempotency import IdempotencyRecord

__all__ = [
    "AuditEvent",
    "IdempotencyRecord",
]
