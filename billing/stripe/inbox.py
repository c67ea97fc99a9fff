"""Stripe's events: stored once before they are answered, processed later with retries."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone

from billing.models import STRIPE, PaymentEvent
from billing.stripe.event_kinds import KNOWN
from core import audit
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall
from workspaces.models import User, Workspace

KEPT_FOR = timedelta(days=400)  # a dispute may come a year after the payment


def store_event(event: Mapping[str, Any]) -> bool:
    """Store a verified event. Return False if it was stored before.

    Events of kinds that we do not use are stored as processed.
    """
    now, is_known = timezone.now(), event["type"] in KNOWN
    with transaction.atomic():
        is_new = calls.store(
            provider=STRIPE,
            kind=event["type"],
            key=event["id"],
            payload=event,
            next_try_at=now if is_known else None,
            processed_at=None if is_known else now,
        )
        if is_new and is_known:
            queue_processing()
    return is_new


def lease_next(now: datetime) -> StoredCall | None:
    return calls.lease_next(STRIPE, now=now)


def object_of(event: StoredCall) -> Mapping[str, Any]:
    """The object in the event. It may be out of date: take its ids and ask Stripe for the rest."""
    stripe_object: Mapping[str, Any] = event.payload["data"]["object"]
    return stripe_object


def customer_of(stripe_object: Mapping[str, Any]) -> str:
    if stripe_object.get("object") == "customer":
        return str(stripe_object.get("id") or "")
    customer = stripe_object.get("customer") or ""
    return customer if isinstance(customer, str) else str(customer.get("id", ""))


def queue_processing() -> None:
    transaction.on_commit(
        lambda: current_app.send_task("billing.tasks.process_payment_events", expires=60),
        robust=True,
    )


@transaction.atomic
def replay_event(*, event: PaymentEvent, by: User) -> None:
    """Process an event once more. What it did already is not done twice."""
    calls.replay(event)
    customer = customer_of(event.payload.get("data", {}).get("object", {}))
    workspace = Workspace.objects.filter(stripe_customer_id=customer or None).first()
    if workspace:
        audit.record(
            "payment.replay",
            event,
            by=by,
            workspace_id=workspace.pk,
            name=event.kind,
            new={"event_id": event.key},
        )
    queue_processing()


def prune_events(*, now: datetime | None = None) -> int:
    return calls.prune([STRIPE], keep_for=KEPT_FOR, now=now)
