"""Celery tasks of this app. Each calls one function."""

from uuid import UUID

from celery import shared_task

from templates_app import approvals
from templates_app.whatsapp import cleaning, decisions, submitting


@shared_task
def check_approved_text(text_id: str) -> None:
    approvals.check_text(UUID(text_id))


@shared_task
def check_approved_texts() -> None:
    approvals.check_due()
    decisions.tell_news()


@shared_task
def submit_approval_request(request_id: str) -> None:
    submitting.submit_request(UUID(request_id))


@shared_task
def mail_held_request(request_id: str) -> None:
    decisions.mail_platform_staff(UUID(request_id))


@shared_task
def submit_approval_requests() -> None:
    submitting.submit_due()


@shared_task
def delete_unused_contents() -> None:
    cleaning.delete_unused_contents()
