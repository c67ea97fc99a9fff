from uuid import UUID

from celery import shared_task

from integrations.webhooks import delivering, owner_mails, retention


@shared_task
def deliver_webhooks() -> None:
    delivering.run()


@shared_task
def prune_webhook_deliveries() -> None:
    retention.prune()


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def tell_of_disabled_endpoint(workspace_id: str, endpoint_id: str) -> None:
    owner_mails.of_disabled_endpoint(workspace_id=UUID(workspace_id), endpoint_id=UUID(endpoint_id))
