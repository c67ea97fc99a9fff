from datetime import date
from uuid import UUID

from celery import shared_task

from insights import digests, rolling


@shared_task
def roll_up() -> None:
    rolling.roll()


@shared_task
def send_digests() -> None:
    digests.send_due()


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def tell_of_last_week(workspace_id: str, week: str) -> None:
    digests.send(workspace_id=UUID(workspace_id), week=date.fromisoformat(week))
