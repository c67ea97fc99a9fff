"""Each wakes one act of the ground floor."""

from importlib import import_module
from uuid import UUID

from celery import shared_task
from django.conf import settings

from workspaces import account_mails, credits, failed_sign_ins, kept_answers, watching
from workspaces.announcing import delivering, keeping, telling
from workspaces.billing import inbox, notices, processing, reconciling, turning
from workspaces.billing.client import StripeFailedError


@shared_task
def deliver_announcements() -> None:
    delivering.run()


@shared_task
def prune_announcements() -> None:
    keeping.prune()


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def tell_of_disabled_endpoint(workspace_id: str, endpoint_id: str) -> None:
    telling.of_disabled_endpoint(workspace_id=UUID(workspace_id), endpoint_id=UUID(endpoint_id))


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def tell_of_flagged_sender(workspace_id: str) -> None:
    watching.tell_staff(workspace_id=UUID(workspace_id))


@shared_task
def process_payments() -> None:
    processing.run()


@shared_task
def send_billing_notice(notice_id: str) -> None:
    notices.send(UUID(notice_id))


@shared_task
def send_billing_notices() -> None:
    notices.send_waiting()


@shared_task
def give_months() -> None:
    turning.give_months()


@shared_task
def tell_of_billing_days() -> None:
    turning.warn_of_trials()
    turning.tell_of_ended_grace()


@shared_task
def prune_payment_events() -> None:
    inbox.prune()


@shared_task(autoretry_for=(StripeFailedError,), retry_backoff=60, max_retries=5)
def reconcile_billing() -> None:
    reconciling.reconcile()


@shared_task
def expire_credits() -> None:
    credits.expire()


@shared_task
def forget_answers() -> None:
    kept_answers.forget_old()


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def send_account_mail(order: str) -> None:
    account_mails.deliver(order)


@shared_task
def note_failed_sign_in(order: str) -> None:
    failed_sign_ins.note(order)


@shared_task
def forget_sessions() -> None:
    """Delete sessions that ended, with what was typed into sign-ups that nobody finished."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
