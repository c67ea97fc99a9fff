"""Run the next step of an import in a Celery worker.

Each step is one transaction with an advisory lock that ends with it. When a worker is killed, its
transaction is rolled back and another worker repeats the step from the beginning.
"""

from collections.abc import Callable
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from core import audit, disk_space, sql, tenancy
from core.locks import Lock
from patients.imports import files, outgoing_events, pipeline, resumption, task_queue
from patients.imports import progress as progress_store
from patients.imports.pipeline import ImportCancelledError, OnProgress
from patients.imports.progress import Progress
from patients.imports.status_change import change_status
from patients.lists.problems import ListProblem
from patients.models import Import, ImportStatus
from patients.models.imports import UNDER_WAY

log = structlog.get_logger(__name__)

Step = Callable[..., None]
DATABASE_IS_DOWN = (OperationalError, InterfaceError)
STEPS: dict[str, Step] = {
    ImportStatus.UPLOADED: pipeline.survey_file,
    ImportStatus.CHECKING: pipeline.check_import,
    ImportStatus.RUNNING: pipeline.run_import,
}

# A list that kills its worker must not kill all of them one after the other.
MAX_TRIES = 5
TRIES_STORED_SECONDS = 3600

# Uses the partial index of imports under way. The locks that it takes (`Lock.IMPORT`) end with its
# transaction.
STRANDED = """
SELECT id, workspace_id FROM patients_import
WHERE status IN ('UPLOADED', 'CHECKING', 'RUNNING')
  AND pg_try_advisory_xact_lock(hashtextextended('import ' || id, 0))
"""


def advance(*, workspace_id: UUID, import_id: UUID) -> None:
    """Run one step, unless another worker is reading a list of this clinic.

    Expected failures end the import with a problem code. The database being down does not: the
    step is repeated when it is back.
    """
    try:
        with tenancy.within(workspace_id):
            if not sql.try_advisory_lock(Lock.WORKSPACE_LISTS.of(workspace_id)):
                return
            if not sql.try_advisory_lock(Lock.IMPORT.of(import_id)):
                return
            listed = _find(workspace_id, import_id)
            if not listed or listed.status not in STEPS:
                return
            _count_try(listed)
            with listed.file.open("rb") as file:
                STEPS[listed.status](listed, file, on_progress=_progress_callback(listed))
            if listed.is_automatic and listed.status == ImportStatus.SURVEYED:
                resumption.continue_automatically(listed)
    except ImportCancelledError:
        log.info("import_cancelled", import_id=str(import_id))
    except ListProblem as problem:
        fail(workspace_id=workspace_id, import_id=import_id, problem=problem)
    except SoftTimeLimitExceeded:
        fail(workspace_id=workspace_id, import_id=import_id, problem=ListProblem("took_too_long"))
    except MemoryError:
        fail(workspace_id=workspace_id, import_id=import_id, problem=ListProblem("too_much_memory"))
    except Exception as error:
        is_full = disk_space.is_full(error)
        if isinstance(error, DATABASE_IS_DOWN) and not is_full:
            # `wake_stranded` queues the import again when the database is back.
            raise
        code = "no_room" if is_full else "unexpected"
        fail(workspace_id=workspace_id, import_id=import_id, problem=ListProblem(code))
        raise
    _wake_next(workspace_id, after=import_id)


def fail(*, workspace_id: UUID, import_id: UUID, problem: ListProblem) -> None:
    """End an import that is under way with a problem, and delete its file."""
    with tenancy.within(workspace_id):
        listed = _find(workspace_id, import_id)
        if not listed:
            return
        now = timezone.now()
        failed = change_status(
            listed,
            *UNDER_WAY,
            to=ImportStatus.FAILED,
            problem=problem.code,
            problem_details=problem.details,
            finished_at=now,
        )
        if failed:
            files.delete_file_and_copies(listed)
            audit.record(
                "import.fail",
                listed,
                by=None,
                name=listed.campaign.name,
                new={"problem": problem.code},
            )
            outgoing_events.enqueue_finished(
                listed, status=ImportStatus.FAILED, at=now, problem=problem.code
            )


def wake_stranded() -> int:
    """Queue imports that no worker is reading: the worker died, or the message was lost.

    Return how many they are.
    """
    with tenancy.platform("imports"):
        stranded = sql.fetch(STRANDED)
        for row in stranded:
            task_queue.advance_soon(workspace_id=row["workspace_id"], import_id=row["id"])
    return len(stranded)


def _find(workspace_id: UUID, import_id: UUID) -> Import | None:
    return (
        Import.objects.within(workspace_id)
        .select_related("workspace", "campaign__practice", "uploaded_by")
        .filter(pk=import_id)
        .first()
    )


def _count_try(listed: Import) -> None:
    """Count in the cache: the transaction, and a count in it, ends with a killed worker."""
    key = f"import:{listed.pk}:{listed.status}:tries"
    cache.add(key, 0, timeout=TRIES_STORED_SECONDS)
    if cache.incr(key) > MAX_TRIES:
        raise ListProblem("was_killed")


def _wake_next(workspace_id: UUID, *, after: UUID) -> None:
    """Queue the clinic's next list. They are read one by one, so that they leave workers free."""
    with tenancy.within(workspace_id):
        waiting = Import.objects.within(workspace_id).filter(status__in=STEPS).exclude(pk=after)
        if listed := waiting.order_by("updated_at").first():
            task_queue.advance_soon(workspace_id=workspace_id, import_id=listed.pk)


def _progress_callback(listed: Import) -> OnProgress:
    """Return a callback that stores the progress and stops the step of a cancelled import."""
    unchanged = Import.objects.within(listed.workspace_id).filter(
        pk=listed.pk, status=listed.status
    )

    def on_progress(progress: Progress) -> None:
        progress_store.store(listed, progress)
        if not unchanged.exists():
            raise ImportCancelledError

    return on_progress
