"""Stripe's events: in here before they are answered, once, as they came, until they had their
effect."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils import timezone

from billing.models import PaymentEvent
from billing.stripe.event_kinds import KNOWN
from core import audit, tenancy
from core.ids import first_id, uuid7
from core.sql import execute, fetch
from workspaces.models import User, Workspace

DOOR = "stripe webhook"
# Whoever takes an event has this long for it; then, or after a failure, it is anyone's again.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=6)
MOST_ATTEMPTS = 20  # three days; what failed until then waits for a person
UNDERSTOOD_FOR = timedelta(days=400)  # a dispute may come a year after the payment
PRUNED_AT_ONCE = 5000

KEEP = """
INSERT INTO billing_paymentevent
    (id, created_at, updated_at, event_id, kind, customer, payload, error, attempts, next_try_at,
     processed_at)
VALUES (%(id)s, %(now)s, %(now)s, %(event_id)s, %(kind)s, %(customer)s, %(payload)s::jsonb, '', 0,
        %(next_try_at)s, %(processed_at)s)
ON CONFLICT (event_id) DO NOTHING
"""

# Taking it says when it is tried again, so that one whose worker died comes back by itself.
TAKE = """
UPDATE billing_paymentevent SET attempts = attempts + 1, updated_at = %(now)s,
    next_try_at = CASE WHEN attempts + 1 < %(most)s
        THEN %(now)s + least(%(first)s * power(2, attempts), %(longest)s) END
WHERE id = (
    SELECT id FROM billing_paymentevent
    WHERE processed_at IS NULL AND next_try_at <= %(now)s
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, event_id, kind, payload
"""

PRUNE = """
DELETE FROM billing_paymentevent WHERE id IN (
    SELECT id FROM billing_paymentevent
    WHERE id < %(older)s AND processed_at IS NOT NULL ORDER BY id LIMIT %(limit)s)
"""


@dataclass(frozen=True)
class StripeEvent:
    id: UUID
    event_id: str
    kind: str
    about: Mapping[str, Any]  # a hint of what to ask for, and never an answer


def keep(event: Mapping[str, Any]) -> bool:
    """False if it was here before. What means nothing here is done with."""
    now, has_meaning = timezone.now(), event["type"] in KNOWN
    with tenancy.platform(DOOR):
        is_new = execute(
            KEEP,
            id=uuid7(),
            now=now,
            event_id=event["id"],
            kind=event["type"],
            customer=customer_of(event["data"]["object"]),
            payload=_storable(event),
            next_try_at=now if has_meaning else None,
            processed_at=None if has_meaning else now,
        )
        if is_new and has_meaning:
            wake()
    return bool(is_new)


def customer_of(about: Mapping[str, Any]) -> str:
    if about.get("object") == "customer":
        return str(about.get("id") or "")
    customer = about.get("customer") or ""
    return customer if isinstance(customer, str) else str(customer.get("id", ""))


def wake() -> None:
    transaction.on_commit(
        lambda: current_app.send_task("billing.tasks.process_payment_events", expires=60),
        robust=True,
    )


def take(now: datetime) -> StripeEvent | None:
    """The oldest that waits, and from now on ours alone for a while."""
    with tenancy.platform(DOOR):
        taken = fetch(TAKE, now=now, most=MOST_ATTEMPTS, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    for row in taken:
        payload = row["payload"]
        event = json.loads(payload) if isinstance(payload, str) else payload
        return StripeEvent(row["id"], row["event_id"], row["kind"], event["data"]["object"])
    return None


def done(event: StripeEvent) -> None:
    now = timezone.now()
    PaymentEvent.objects.filter(pk=event.id).update(
        processed_at=now, error="", next_try_at=None, updated_at=now
    )


def failed(event: StripeEvent, why: str) -> None:
    with tenancy.platform(DOOR):
        PaymentEvent.objects.filter(pk=event.id, processed_at=None).update(
            error=why, updated_at=timezone.now()
        )


@transaction.atomic
def replay(*, event: PaymentEvent, by: User) -> None:
    """Have it once more, as if it had just come; what it did already is not done twice."""
    event.processed_at, event.error, event.attempts = None, "", 0
    event.next_try_at = timezone.now()
    event.save()
    workspace = Workspace.objects.filter(stripe_customer_id=event.customer or None).first()
    if workspace:
        audit.record(
            "payment.replay",
            event,
            by=by,
            workspace_id=workspace.pk,
            name=event.kind,
            new={"event_id": event.event_id},
        )
    wake()


def prune(*, now: datetime | None = None, at_once: int = PRUNED_AT_ONCE) -> int:
    older = first_id((now or timezone.now()) - UNDERSTOOD_FOR)
    gone, last = 0, at_once
    while last == at_once:
        with tenancy.platform(DOOR):
            last = execute(PRUNE, older=older, limit=at_once)
        gone += last
    return gone


def _storable(event: Mapping[str, Any]) -> str:
    """PostgreSQL takes neither NUL nor half a surrogate pair."""
    text = json.dumps(event, ensure_ascii=False)
    return text.replace(r"\u0000", r"\ufffd").encode(errors="replace").decode()
