"""Process stored events: read from Stripe what an event is about, and write it to our tables."""

from datetime import datetime, timedelta
from functools import partial

import structlog
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone
from stripe import StripeClient

from billing.stripe import inbox, stripe_objects, sync
from billing.stripe.client import StripeAwayError, StripeRefusedError
from billing.stripe.event_kinds import KNOWN, OF_PAYMENTS, OF_SUBSCRIPTIONS
from billing.stripe.stripe_objects import NotUnderstoodError
from billing.stripe.sync import NotOursError, OvertakenError, StripeAnswer
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall

log = structlog.get_logger("billing")

AWAY_KEY = "stripe-away"
PAUSE_WHEN_AWAY = timedelta(minutes=1)


def process_unless_away() -> None:
    """Process what waits, unless Stripe did not answer within the last minute.

    Without that pause each new event would make another worker wait for Stripe's time-out.
    """
    if not cache.get(AWAY_KEY):
        process_events()


def process_events(*, now: datetime | None = None) -> int:
    """Process events until none waits or Stripe is away. Return how many were processed."""
    processed = 0
    while event := inbox.lease_next(now or timezone.now()):
        try:
            processed += _process_event(event, now=now or timezone.now())
        except StripeAwayError as away:
            calls.mark_failed(event, f"Stripe is away: {away.__cause__}")
            cache.set(AWAY_KEY, 1, timeout=PAUSE_WHEN_AWAY.total_seconds())
            return processed
    return processed


def _process_event(event: StoredCall, *, now: datetime) -> bool:
    try:
        sync.sync_objects(partial(_read_objects, event), now=now, event=event)
    except (StripeAwayError, OperationalError):
        raise
    except (NotOursError, NotUnderstoodError, StripeRefusedError, OvertakenError) as why:
        log.warning("payment_event_kept", event_id=event.key, reason=str(why))
        calls.mark_failed(event, str(why))
        return False
    except Exception as error:
        log.exception("payment_event_not_processed", event_id=event.key)
        calls.mark_failed(event, f"not processed: {type(error).__name__}: {error}")
        return False
    return True


def _read_objects(event: StoredCall, client: StripeClient) -> StripeAnswer | None:
    """Return None if there is nothing to write."""
    customer = inbox.customer_of(inbox.object_of(event))
    if event.kind in OF_SUBSCRIPTIONS:
        return sync.read_subscriptions(client, customer)
    if event.kind not in KNOWN:
        return None
    paid = sync.read_payments(client, _payments_of(event, client))
    if event.kind in OF_PAYMENTS:
        return paid
    if paid is None:
        return sync.read_subscriptions(client, customer)
    if paid.customer != customer:
        raise NotOursError(f"customer {customer}, and a payment of {paid.customer}")
    return paid


def _payments_of(event: StoredCall, client: StripeClient) -> list[str]:
    stripe_object = inbox.object_of(event)
    if stripe_object.get("object") == "payment_intent":
        return [str(stripe_object["id"])]
    if stripe_object.get("object") == "invoice":
        return stripe_objects.list_payments_of_invoice(client, str(stripe_object["id"]))
    payment = stripe_object.get("payment_intent")
    if isinstance(payment, dict):
        payment = payment.get("id")
    return [str(payment)] if payment else []
