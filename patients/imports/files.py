"""How long an uploaded file and what was read from it are kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import disk_space, tenancy
from patients.models import Import, ImportProblem, ImportStatus
from patients.models.imports import ImportQuerySet

log = structlog.get_logger(__name__)

KEPT = timedelta(days=7)
# A file is stored a moment before its row is seen; after a day without one it never will be.
LOST = timedelta(days=1)
FOLDER = "imports"
# For somebody's word, which does not come any more.
WAITING = (ImportStatus.SURVEYED, ImportStatus.CHECKED)


@contextmanager
def stored(listed: Import, file: UploadedFile) -> Iterator[None]:
    """Store the file of a new import. It is deleted at once when it or the row cannot be kept."""
    # Under its id: what people call their files is no business of the disk's.
    name = listed.file.field.generate_filename(listed, str(listed.pk))
    try:
        listed.file = default_storage.save(name, file)
        yield
    except BaseException as error:
        default_storage.delete(name)
        if disk_space.is_full(error):
            log.error("disk_full")
            raise disk_space.NoRoomError from error
        raise


def forget(listed: Import) -> None:
    """The file, and every copy of its cells. The patients and the totals stay."""
    if name := listed.file.name:
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)
    Import.objects.within(listed.workspace_id).filter(pk=listed.pk).update(
        file="", survey={}, preview=[], statuses=[]
    )
    ImportProblem.objects.within(listed.workspace_id).filter(source=listed).update(
        cells=[], details={}
    )


def sweep() -> None:
    """What may no longer be kept; each import by itself, so that nobody waits for long."""
    with tenancy.platform("old lists"):
        old = list(_outdated().values_list("workspace_id", "pk"))
    for workspace_id, pk in old:
        with tenancy.within(workspace_id):
            if listed := _outdated().within(workspace_id).filter(pk=pk).select_for_update().first():
                _let_go(listed)
    _delete_lost()


def _outdated() -> ImportQuerySet:
    """Those whose result is old, and those that nobody ever confirmed."""
    cutoff = timezone.now() - KEPT
    return Import.objects.filter(
        Q(finished_at__lt=cutoff) | Q(status__in=WAITING, updated_at__lt=cutoff)
    ).exclude(file="", survey={}, preview=[])


def _let_go(listed: Import) -> None:
    if listed.status in WAITING:
        listed.status, listed.finished_at = ImportStatus.CANCELLED, timezone.now()
        listed.save(update_fields=["status", "finished_at", "updated_at"])
    forget(listed)


def _delete_lost() -> None:
    latest = timezone.now() - LOST
    for name in _stored(FOLDER):
        if default_storage.get_modified_time(name) < latest:
            with tenancy.platform("lost files"):
                is_lost = not Import.objects.filter(file=name).exists()
            if is_lost:
                default_storage.delete(name)


def _stored(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from _stored(f"{folder}/{inner}")
