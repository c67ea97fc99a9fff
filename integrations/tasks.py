from uuid import UUID

from celery import shared_task

from integrations.webhooks import delivery_worker, owner_mails, retention


@shared_task
def deliver_webhooks() -> None:
    delivery_worker.deliver_due_webhooks()


@shared_task
def prune_webhook_deliveries() -> None:
    retention.prune_deliveries()


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def mail_disabled_endpoint(workspace_id: str, endpoint_id: str) -> None:
    owner_mails.mail_disabled_endpoint(
        workspace_id=UUID(workspace_id), endpoint_id=UUID(endpoint_id)
    )
