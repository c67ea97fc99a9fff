from importlib import import_module
from uuid import UUID

from celery import shared_task
from django.conf import settings

from workspaces.notifications import delivery
from workspaces.sign_in import account_mails, failures
from workspaces.vetting import flags


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def mail_sender_flags(workspace_id: str) -> None:
    flags.mail_platform_staff(workspace_id=UUID(workspace_id))


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def send_account_mail(order: str) -> None:
    account_mails.send_queued_mail(order)


@shared_task
def deliver_notifications() -> None:
    delivery.deliver_due()


@shared_task
def record_failed_sign_in(order: str) -> None:
    failures.record_failure(order)


@shared_task
def delete_expired_sessions() -> None:
    """Delete expired sessions, which also contain the data of unfinished sign-ups."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
