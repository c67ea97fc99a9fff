"""Queue tasks once the transaction has committed.

A lost one costs little, because the schedule does nearly all of this anyway.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction

from messaging.assistant import waiting
from messaging.models import Feedback, Message, TextLabels


def queue_dispatch(*, after: timedelta = timedelta()) -> None:
    _send("messaging.tasks.dispatch_messages", countdown=after.total_seconds(), expires=60)


def queue_webhook_processing() -> None:
    """Queued for patients' texts only; receipts can wait for the schedule."""
    _send("messaging.tasks.process_webhooks", expires=60)


def queue_unhappy_alert(feedback: Feedback) -> None:
    _send("messaging.tasks.alert_unhappy_patient", str(feedback.workspace_id), str(feedback.pk))


def queue_urgent_text_alert(labels: TextLabels) -> None:
    _send("messaging.tasks.alert_urgent_text", str(labels.workspace_id), str(labels.pk))


def queue_attachments() -> None:
    _send("messaging.tasks.fetch_attachments", expires=60)


def queue_paused_sender_alert(sender_id: UUID) -> None:
    _send("messaging.tasks.alert_paused_sender", str(sender_id))


def queue_untied_opt_out_alert(event_id: UUID) -> None:
    _send("messaging.tasks.alert_untied_opt_out", str(event_id))


def queue_withdrawn_quote_alert(ask: Message) -> None:
    _send("messaging.tasks.alert_withdrawn_quote", str(ask.workspace_id), str(ask.pk))


def queue_test_message(order: dict[str, str]) -> None:
    """It expires, because the person who ordered it waits on the page."""
    _send("messaging.tasks.send_self_test", order, expires=60)


def queue_phone_code(code_id: UUID) -> None:
    _send("messaging.tasks.send_phone_code", str(code_id), expires=60)


def queue_suggestion(*, workspace_id: UUID, conversation_id: UUID, user_id: UUID) -> None:
    """It expires, because the person who asked for it waits on the page."""
    _send(
        "messaging.tasks.write_suggestion",
        *(str(workspace_id), str(conversation_id), str(user_id)),
        expires=waiting.TASK_EXPIRES,
    )


def queue_assistant_trouble(workspace_id: UUID, outcome: str) -> None:
    _send("messaging.tasks.alert_assistant_trouble", str(workspace_id), outcome)


def _send(task: str, *args: str | int | dict[str, str], **options: Any) -> None:
    """Send by name, because the tasks import the actions that call this module."""
    transaction.on_commit(
        lambda: current_app.send_task(task, args=list(args), **options),
        robust=True,
    )
