from celery import shared_task


@shared_task
def dispatch() -> None:
    """Woken by the clock and by whatever has just become due."""


@shared_task
def alert_staff(workspace_id: str, feedback_id: str) -> None:
    """Somebody was unhappy."""


@shared_task
def process_webhooks() -> None:
    """Woken by the clock and by every call that was kept."""
