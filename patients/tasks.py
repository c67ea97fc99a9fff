"""Each wakes one act. None of them matters: the clock wakes them all again."""

from uuid import UUID

from celery import shared_task

from patients.imports import files, working


@shared_task
def advance(workspace_id: str, import_id: str) -> None:
    working.advance(workspace_id=UUID(workspace_id), import_id=UUID(import_id))


@shared_task
def wake_stranded() -> None:
    working.wake_stranded()


@shared_task
def sweep_files() -> None:
    files.sweep()
