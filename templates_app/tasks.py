"""Celery tasks of this app. Each calls one function."""

from uuid import UUID

from celery import shared_task

from templates_app import approvals


@shared_task
def check_approved_text(text_id: str) -> None:
    approvals.check_text(UUID(text_id))


@shared_task
def check_approved_texts() -> None:
    approvals.check_due()
