"""From the inbox to its effect: what an event is about is asked anew and written down with it."""

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

AWAY = "stripe-away"
LEFT_ALONE_FOR = timedelta(minutes=1)


def run() -> None:
    """While Stripe hangs a worker would, too, each time that somebody wakes one."""
    if not cache.get(AWAY):
        process()


def process(*, now: datetime | None = None) -> int:
    """Until nothing waits or Stripe is away. How many had their effect."""
    done = 0
    while event := inbox.lease_next(now or timezone.now()):
        try:
            done += _process(event, now=now or timezone.now())
        except StripeAwayError as away:
            calls.mark_failed(event, f"Stripe is away: {away.__cause__}")
            cache.set(AWAY, 1, timeout=LEFT_ALONE_FOR.total_seconds())
            return done
    return done


def _process(event: StoredCall, *, now: datetime) -> bool:
    try:
        sync.sync(partial(_ask, event), now=now, event=event)
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


def _ask(event: StoredCall, client: StripeClient) -> StripeAnswer | None:
    """None where there is nothing to write."""
    customer = inbox.customer_of(inbox.object_of(event))
    if event.kind in OF_SUBSCRIPTIONS:
        return sync.about_subscriptions(client, customer)
    if event.kind not in KNOWN:
        return None
    paid = sync.about_payments(client, _payments_named(event, client))
    if event.kind in OF_PAYMENTS:
        return paid
    if paid is None:
        return sync.about_subscriptions(client, customer)
    if paid.customer != customer:
        raise NotOursError(f"customer {customer}, and a payment of {paid.customer}")
    return paid


def _payments_named(event: StoredCall, client: StripeClient) -> list[str]:
    about = inbox.object_of(event)
    if about.get("object") == "payment_intent":
        return [str(about["id"])]
    if about.get("object") == "invoice":
        return stripe_objects.payments_of_invoice(client, str(about["id"]))
    named = about.get("payment_intent")
    if isinstance(named, dict):
        named = named.get("id")
    return [str(named)] if named else []
