"""When a failing endpoint is tried again, and when it is disabled."""

from datetime import datetime, timedelta

from integrations.models import DisableReason, WebhookEndpoint
from integrations.webhooks import endpoints
from integrations.webhooks.delivery_requests import DeliveryOutcome

# How long to wait after the first failure, the second and so on. The last one repeats.
PAUSES = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
GIVE_UP_AFTER = timedelta(days=3)


def reset_failures(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Forget earlier failures after a delivery that succeeded."""
    if endpoint.failures:
        endpoint.failures, endpoint.failing_since, endpoint.next_attempt_at = 0, None, now
        endpoint.save(update_fields=["failures", "failing_since", "next_attempt_at"])


def record_failure(endpoint: WebhookEndpoint, outcome: DeliveryOutcome, now: datetime) -> None:
    """Set the time of the next attempt, or disable an endpoint that is gone or fails for days."""
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.failures += 1
    ends = endpoint.failing_since + GIVE_UP_AFTER
    # Without this the last attempt would be hours before the three days are over.
    pause = PAUSES[min(endpoint.failures, len(PAUSES)) - 1]
    endpoint.next_attempt_at = max(now, min(now + pause, ends))
    endpoint.save(update_fields=["failing_since", "failures", "next_attempt_at"])
    if outcome.is_gone:
        endpoints.disable_failing_endpoint(endpoint=endpoint, because=DisableReason.GONE)
    elif now >= ends:
        endpoints.disable_failing_endpoint(endpoint=endpoint, because=DisableReason.FAILING)
