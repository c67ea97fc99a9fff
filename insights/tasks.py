from datetime import date
from uuid import UUID

from celery import shared_task

from insights import digests, rollup
from insights.month import assistant, mails
from insights.month.months import Month


@shared_task
def roll_up_tallies() -> None:
    rollup.roll_up()


@shared_task
def queue_due_digests() -> None:
    digests.queue_due_digests()


@shared_task
def queue_due_monthly_reports() -> None:
    mails.queue_due_reports()


# The limit is for faults only: the call itself gives up earlier. Acknowledged at the start, because
# a call that is repeated is paid twice.
@shared_task(soft_time_limit=120, acks_late=False)
def write_month_summary(workspace_id: str, user_id: str, month: str, language: str) -> None:
    assistant.write_summary(
        workspace_id=UUID(workspace_id),
        user_id=UUID(user_id),
        month=Month.of(date.fromisoformat(month)),
        language=language,
    )
