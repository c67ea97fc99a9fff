from datetime import date
from uuid import UUID

from celery import shared_task

from insights import digests, rollup


@shared_task
def roll_up_tallies() -> None:
    rollup.roll_up()


@shared_task
def queue_due_digests() -> None:
    digests.queue_due_digests()


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def send_digest(workspace_id: str, week: str) -> None:
    digests.send_digest(workspace_id=UUID(workspace_id), week=date.fromisoformat(week))
