"""Each wakes one act. None of them matters: the clock wakes them all again."""

from uuid import UUID

from celery import shared_task

from patients.imports import files, memory, worker
from patients.lists import limits


# The hard limit is for a step that does not react to the soft one; the clock then tries again.
@shared_task(soft_time_limit=limits.SECONDS, time_limit=limits.SECONDS + 60)
def advance(workspace_id: str, import_id: str) -> None:
    # Here and not in the act: a worker's process has one task at a time, and the limit is its own.
    with memory.at_most(limits.MEMORY):
        worker.advance(workspace_id=UUID(workspace_id), import_id=UUID(import_id))


@shared_task
def wake_stranded() -> None:
    worker.wake_stranded()


@shared_task
def sweep_files() -> None:
    files.delete_outdated()
