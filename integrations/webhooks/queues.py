"""The queue of each endpoint: claimed by one worker at a time, which delivers it in order.

A worker claims an endpoint with a lease. If the lease has changed since, the worker has lost it and
writes nothing. The lease is renewed with every outcome and is far longer than a request, so a
running worker never loses it; a worker that dies leaves its delivery waiting for the next one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import F

from core import tenancy
from core.sql import fetch
from integrations.models import (
    DeliveryAttempt,
    DeliveryStatus,
    WebhookDelivery,
    WebhookEndpoint,
)
from integrations.webhooks import endpoints, failing_endpoints
from integrations.webhooks.delivery_requests import DeliveryOutcome, DeliveryRequest
from workspaces import entitlements
from workspaces.models import Feature

log = structlog.get_logger("webhooks")

LEASE = timedelta(seconds=90)

# SKIP LOCKED, so that workers who claim at the same moment take different endpoints. The outbox
# locks these rows FOR KEY SHARE, which does not conflict with this lock.
CLAIM = f"""
UPDATE integrations_webhookendpoint claimed SET leased_until = %(until)s
FROM (
    SELECT e.id
    FROM integrations_webhookendpoint e
    JOIN workspaces_workspace w ON w.id = e.workspace_id
    WHERE e.disabled_at IS NULL AND e.next_attempt_at <= %(now)s
      AND (e.leased_until IS NULL OR e.leased_until < %(now)s)
      AND EXISTS (SELECT FROM integrations_webhookdelivery d
                  WHERE d.endpoint_id = e.id AND d.status = 'WAITING')
      AND {entitlements.has_feature_sql(Feature.WEBHOOKS)}
    ORDER BY e.next_attempt_at, e.id
    LIMIT %(limit)s
    FOR NO KEY UPDATE OF e SKIP LOCKED
) due
WHERE claimed.id = due.id
RETURNING claimed.id AS endpoint_id, claimed.leased_until AS until
"""  # noqa: S608 - of constants


@dataclass(frozen=True)
class ClaimedEndpoint:
    """An endpoint that a worker has leased, and the next request to it."""

    endpoint_id: UUID
    until: datetime
    request: DeliveryRequest


def claim(*, limit: int, now: datetime) -> list[ClaimedEndpoint]:
    """Lease endpoints that have something due, and return them with their next request."""
    with tenancy.platform("webhooks"):
        claimed = fetch(CLAIM, until=now + LEASE, now=now, limit=limit)
        requests = [
            (row, _next_request(_lock_leased(row["endpoint_id"], row["until"]), now))
            for row in claimed
        ]
    return [ClaimedEndpoint(**row, request=request) for row, request in requests if request]


def settle(
    claimed: ClaimedEndpoint, outcome: DeliveryOutcome, *, now: datetime
) -> ClaimedEndpoint | None:
    """Store the outcome of a request. Return the next request if one may go at once."""
    with tenancy.platform("webhooks"):
        endpoint = _lock_leased(claimed.endpoint_id, claimed.until)
        if endpoint is None:
            log.warning("webhook_lease_lost", endpoint_id=str(claimed.endpoint_id))
            return None
        _store_attempt(claimed.request, outcome)
        if outcome.is_success:
            failing_endpoints.reset_failures(endpoint, now)
        else:
            failing_endpoints.record_failure(endpoint, outcome, now)
        request = _next_request(endpoint, now)
        until = now + LEASE
        endpoint.leased_until = until if request else None
        endpoint.save(update_fields=["leased_until", "updated_at"])
        return ClaimedEndpoint(endpoint.pk, until, request) if request else None


def release(claimed: ClaimedEndpoint) -> None:
    """Give up the lease without sending: the next worker begins with the same delivery."""
    with tenancy.platform("webhooks"):
        WebhookEndpoint.objects.filter(pk=claimed.endpoint_id, leased_until=claimed.until).update(
            leased_until=None
        )


def _lock_leased(endpoint_id: UUID, until: datetime) -> WebhookEndpoint | None:
    """Lock the endpoint, if the lease is still ours."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id, leased_until=until)
    return rows.select_for_update(no_key=True).first()


def _next_request(endpoint: WebhookEndpoint | None, now: datetime) -> DeliveryRequest | None:
    if endpoint is None or endpoint.disabled_at or endpoint.next_attempt_at > now:
        return None
    waiting = endpoint.deliveries.filter(status=DeliveryStatus.WAITING)
    first = waiting.order_by("position").first()
    if first is None:
        return None
    return DeliveryRequest(
        delivery_id=first.pk,
        url=endpoint.url,
        sealed_secrets=tuple(endpoints.secrets_of(endpoint, now=now)),
        event=first.event,
        happened_at=first.created_at,
        data=first.data,
    )


def _store_attempt(request: DeliveryRequest, outcome: DeliveryOutcome) -> None:
    """Store the attempt, unless the delivery was deleted while the request was under way."""
    delivery = WebhookDelivery.objects.filter(pk=request.delivery_id).first()
    if delivery is None:
        return
    DeliveryAttempt.objects.create(
        workspace_id=delivery.workspace_id,
        delivery=delivery,
        status_code=outcome.status_code,
        answer=outcome.answer,
        trouble=outcome.trouble,
        took_ms=outcome.took_ms,
    )
    delivery.attempts_made = F("attempts_made") + 1
    if outcome.is_success:
        delivery.status = DeliveryStatus.DELIVERED
    delivery.save(update_fields=["attempts_made", "status", "updated_at"])
