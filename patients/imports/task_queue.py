"""Queue the next step of an import after the commit. `wake_stranded` repeats lost messages."""

from uuid import UUID

from celery import current_app
from django.db import transaction

# `wake_stranded` queues the import again before that many seconds.
EXPIRES = 10


def advance_soon(*, workspace_id: UUID, import_id: UUID) -> None:
    """Send the task by its name, because `patients.tasks` imports this package."""
    transaction.on_commit(
        lambda: current_app.send_task(
            "patients.tasks.advance_import",
            args=[str(workspace_id), str(import_id)],
            expires=EXPIRES,
        ),
        robust=True,
    )
