from celery import shared_task

from core import idempotency_records


@shared_task
def delete_old_idempotency_records() -> None:
    idempotency_records.delete_old()
