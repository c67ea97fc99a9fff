"""What is woken once a transaction has committed. A lost wake-up costs seconds: the clock looks."""

from uuid import UUID

from celery import current_app
from django.db import transaction

# As long as the clock takes to look again: what nobody took until then, it wakes anew.
EXPIRES = 10


def advance_soon(*, workspace_id: UUID, import_id: UUID) -> None:
    """By name: the tasks import the acts, and the acts must not import the tasks."""
    transaction.on_commit(
        lambda: current_app.send_task(
            "patients.tasks.advance", args=[str(workspace_id), str(import_id)], expires=EXPIRES
        ),
        robust=True,
    )
