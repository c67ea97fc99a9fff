"""Celery tasks. Each calls one action. A lost task does no harm: the schedule runs it again."""

from uuid import UUID

from celery import shared_task

from patients.imports import files, memory, worker
from patients.lists import limits


# The hard limit stops a step that does not react to the soft one. The schedule tries again.
@shared_task(soft_time_limit=limits.SECONDS, time_limit=limits.SECONDS + 60)
def advance_import(workspace_id: str, import_id: str) -> None:
    # Set here and not in the action, because the limit applies to the worker's process.
    with memory.at_most(limits.MEMORY):
        worker.advance(workspace_id=UUID(workspace_id), import_id=UUID(import_id))


@shared_task
def wake_stranded_imports() -> None:
    worker.wake_stranded()


@shared_task
def delete_outdated_files() -> None:
    files.delete_outdated()
