"""Each endpoint has a queue of its own, and one worker at a time that empties it in order.

A worker holds an endpoint by its lease: who finds the lease another than it was has lost it, and
writes nothing. The lease is renewed with every outcome and is far longer than a call, so a worker
that lives never loses it; one that dies leaves its delivery waiting for the next.
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
    DisableReason,
    WebhookDelivery,
    WebhookEndpoint,
)
from integrations.webhooks import endpoints
from integrations.webhooks.delivery_requests import DeliveryOutcome, DeliveryRequest
from workspaces import entitlements
from workspaces.plans import Feature

log = structlog.get_logger("announcing")

LEASE = timedelta(seconds=90)
# After the first failure, the second and so on; then the last again and again.
PAUSES = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
GIVE_UP_AFTER = timedelta(days=3)

# Whoever else claims at the same moment takes others. Those that write deliveries hold the rows
# as well, but not against this (see the outbox).
CLAIM = f"""
UPDATE integrations_webhookendpoint held SET leased_until = %(until)s
FROM (
    SELECT e.id
    FROM integrations_webhookendpoint e
    JOIN workspaces_workspace w ON w.id = e.workspace_id
    WHERE e.disabled_at IS NULL AND e.next_attempt_at <= %(now)s
      AND (e.leased_until IS NULL OR e.leased_until < %(now)s)
      AND EXISTS (SELECT FROM integrations_webhookdelivery a
                  WHERE a.endpoint_id = e.id AND a.status = 'WAITING')
      AND {entitlements.has_feature_sql(Feature.WEBHOOKS)}
    ORDER BY e.next_attempt_at, e.id
    LIMIT %(limit)s
    FOR NO KEY UPDATE OF e SKIP LOCKED
) due
WHERE held.id = due.id
RETURNING held.id AS endpoint_id, held.leased_until AS until
"""  # noqa: S608 - of constants


@dataclass(frozen=True)
class Held:
    """An endpoint in a worker's hand, and what it is to be told next."""

    endpoint_id: UUID
    until: datetime
    call: DeliveryRequest


def claim(*, limit: int, now: datetime) -> list[Held]:
    with tenancy.platform("announcing"):
        claimed = fetch(CLAIM, until=now + LEASE, now=now, limit=limit)
        calls = [(row, _next(_held(row["endpoint_id"], row["until"]), now)) for row in claimed]
    return [Held(**row, call=call) for row, call in calls if call]


def settle(held: Held, outcome: DeliveryOutcome, *, now: datetime) -> Held | None:
    """Write down what became of a call. What comes next, if anything does and may at once."""
    with tenancy.platform("announcing"):
        endpoint = _held(held.endpoint_id, held.until)
        if endpoint is None:
            log.warning("webhook_lease_lost", endpoint_id=str(held.endpoint_id))
            return None
        _note(held.call, outcome)
        if outcome.is_taken:
            _go_on(endpoint, now)
        else:
            _step_back(endpoint, outcome, now)
        call = _next(endpoint, now)
        until = now + LEASE
        endpoint.leased_until = until if call else None
        endpoint.save(update_fields=["leased_until", "updated_at"])
        return Held(endpoint.pk, until, call) if call else None


def release(held: Held) -> None:
    """Its time is up; whoever comes next begins with the same delivery."""
    with tenancy.platform("announcing"):
        WebhookEndpoint.objects.filter(pk=held.endpoint_id, leased_until=held.until).update(
            leased_until=None
        )


def _held(endpoint_id: UUID, until: datetime) -> WebhookEndpoint | None:
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id, leased_until=until)
    return rows.select_for_update(no_key=True).first()


def _next(endpoint: WebhookEndpoint | None, now: datetime) -> DeliveryRequest | None:
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


def _note(call: DeliveryRequest, outcome: DeliveryOutcome) -> None:
    """Nothing, if it was deleted while it was on its way."""
    delivery = WebhookDelivery.objects.filter(pk=call.delivery_id).first()
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
    if outcome.is_taken:
        delivery.status = DeliveryStatus.DELIVERED
    delivery.save(update_fields=["attempts_made", "status", "updated_at"])


def _go_on(endpoint: WebhookEndpoint, now: datetime) -> None:
    if endpoint.failures:
        endpoint.failures, endpoint.failing_since, endpoint.next_attempt_at = 0, None, now
        endpoint.save(update_fields=["failures", "failing_since", "next_attempt_at"])


def _step_back(endpoint: WebhookEndpoint, outcome: DeliveryOutcome, now: datetime) -> None:
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.failures += 1
    ends = endpoint.failing_since + GIVE_UP_AFTER
    # The last try is made when the three days are over, and not some hours before.
    pause = PAUSES[min(endpoint.failures, len(PAUSES)) - 1]
    endpoint.next_attempt_at = max(now, min(now + pause, ends))
    endpoint.save(update_fields=["failing_since", "failures", "next_attempt_at"])
    if outcome.is_gone:
        endpoints.disable_failing_endpoint(endpoint=endpoint, because=DisableReason.GONE)
    elif now >= ends:
        endpoints.disable_failing_endpoint(endpoint=endpoint, because=DisableReason.FAILING)
