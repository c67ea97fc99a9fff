from uuid import UUID

from celery import shared_task

from billing import credits, transfers
from billing.stripe import inbox, notices, processing, reconciliation, renewals
from billing.stripe.client import StripeFailedError


@shared_task
def process_payment_events() -> None:
    processing.process_unless_away()


@shared_task
def send_billing_notice(notice_id: str) -> None:
    notices.send_notice(UUID(notice_id))


@shared_task
def send_billing_notices() -> None:
    notices.send_waiting()


@shared_task
def grant_monthly_credits() -> None:
    transfers.grant_due_months()
    renewals.grant_monthly_credits()


@shared_task
def warn_of_trial_and_grace_ends() -> None:
    renewals.warn_of_trial_ends()
    renewals.notify_of_ended_grace()


@shared_task
def prune_payment_events() -> None:
    inbox.prune_events()


@shared_task(autoretry_for=(StripeFailedError,), retry_backoff=60, max_retries=5)
def reconcile_with_stripe() -> None:
    reconciliation.reconcile()


@shared_task
def expire_credits() -> None:
    credits.expire_lots()
