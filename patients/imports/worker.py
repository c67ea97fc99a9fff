"""The background's part: whoever takes an import up brings it one step on, or leaves no trace.

Each step is one transaction behind a lock that ends with it. A killed worker's work is gone with
its transaction, so that the next one begins again from nothing.
"""

from collections.abc import Callable
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from core import audit, disk_space, sql, tenancy
from patients.imports import files, outgoing_events, pipeline, resumption, task_queue
from patients.imports import progress as progress_of
from patients.imports.pipeline import CalledOff, Watch
from patients.imports.progress import Progress
from patients.lists.problems import ListProblem
from patients.models import Import, ImportStatus
from patients.models.imports import UNDER_WAY

log = structlog.get_logger(__name__)

Step = Callable[..., None]
AWAY = (OperationalError, InterfaceError)
STEPS: dict[str, Step] = {
    ImportStatus.UPLOADED: pipeline.look_over,
    ImportStatus.CHECKING: pipeline.check,
    ImportStatus.RUNNING: pipeline.run,
}

# A list that takes its worker along every time is not to take them all.
MOST_TRIES = 5
TRIES_KEPT_SECONDS = 3600

LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(key)s, 0)) AS is_ours"

# By the partial index of what is under way. Looking at a lock takes it for this one statement.
STRANDED = """
SELECT id, workspace_id FROM patients_import
WHERE status IN ('UPLOADED', 'CHECKING', 'RUNNING')
  AND pg_try_advisory_xact_lock(hashtextextended('import ' || id, 0))
"""


def advance(*, workspace_id: UUID, import_id: UUID) -> None:
    try:
        with tenancy.within(workspace_id):
            if not (_lock(f"lists of {workspace_id}") and _lock(f"import {import_id}")):
                return
            listed = _find(workspace_id, import_id)
            if not listed or listed.status not in STEPS:
                return
            _count_try(listed)
            with listed.file.open("rb") as file:
                STEPS[listed.status](listed, file, watch=_watching(listed))
            if listed.is_automatic and listed.status == ImportStatus.SURVEYED:
                resumption.go_on(listed)
    except CalledOff:
        log.info("import called off", import_id=str(import_id))
    except ListProblem as problem:
        fail(workspace_id=workspace_id, import_id=import_id, problem=problem)
    except SoftTimeLimitExceeded:
        fail(workspace_id=workspace_id, import_id=import_id, problem=ListProblem("took_too_long"))
    except MemoryError:
        fail(workspace_id=workspace_id, import_id=import_id, problem=ListProblem("too_much_memory"))
    except Exception as error:
        is_full = disk_space.is_full(error)
        if isinstance(error, AWAY) and not is_full:
            # The database was away: the clock wakes this again when it is back.
            raise
        code = "no_room" if is_full else "unexpected"
        fail(workspace_id=workspace_id, import_id=import_id, problem=ListProblem(code))
        raise
    _wake_next(workspace_id, after=import_id)


def fail(*, workspace_id: UUID, import_id: UUID, problem: ListProblem) -> None:
    with tenancy.within(workspace_id):
        listed = _find(workspace_id, import_id)
        if not listed:
            return
        now = timezone.now()
        failed = (
            Import.objects.within(workspace_id)
            .filter(pk=import_id, status__in=UNDER_WAY)
            .update(
                status=ImportStatus.FAILED,
                problem=problem.code,
                problem_details=problem.details,
                finished_at=now,
                updated_at=now,
            )
        )
        if failed:
            files.forget(listed)
            audit.record(
                "import.fail",
                listed,
                by=None,
                name=listed.campaign.name,
                new={"problem": problem.code},
            )
            outgoing_events.finished(
                listed, status=ImportStatus.FAILED, at=now, problem=problem.code
            )


def wake_stranded() -> int:
    """What is under way and in nobody's hands: its worker died, or its wake-up was lost."""
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
    """Beside the transaction, for it is to outlive this worker."""
    key = f"import:{listed.pk}:{listed.status}:tries"
    cache.add(key, 0, timeout=TRIES_KEPT_SECONDS)
    if cache.incr(key) > MOST_TRIES:
        raise ListProblem("was_killed")


def _lock(key: str) -> bool:
    """Take the lock until the transaction ends. False if another worker has it."""
    return bool(sql.fetch(LOCK, key=key)[0]["is_ours"])


def _wake_next(workspace_id: UUID, *, after: UUID) -> None:
    """One list of a clinic is read at a time, so that its lists do not hold every worker."""
    with tenancy.within(workspace_id):
        waiting = Import.objects.within(workspace_id).filter(status__in=STEPS).exclude(pk=after)
        if listed := waiting.order_by("updated_at").first():
            task_queue.advance_soon(workspace_id=workspace_id, import_id=listed.pk)


def _watching(listed: Import) -> Watch:
    """Each look is a statement of its own, so it sees what others have committed since."""
    mine = Import.objects.within(listed.workspace_id).filter(pk=listed.pk, status=listed.status)

    def watch(progress: Progress) -> None:
        progress_of.tell(listed, progress)
        if not mine.exists():
            raise CalledOff

    return watch
