from core.models.audit import AuditEvent
from core.models.idempotency import IdempotencyRecord
from core.models.webhooks import IncomingWebhook

__all__ = [
    "AuditEvent",
    "IdempotencyRecord",
    "IncomingWebhook",
]
