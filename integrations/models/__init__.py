from integrations.models.api_keys import ApiKey
from integrations.models.webhooks import (
    DeliveryAttempt,
    DeliveryError,
    DeliveryStatus,
    DisableReason,
    WebhookDelivery,
    WebhookEndpoint,
)

__all__ = [
    "ApiKey",
    "DeliveryAttempt",
    "DeliveryError",
    "DeliveryStatus",
    "DisableReason",
    "WebhookDelivery",
    "WebhookEndpoint",
]
