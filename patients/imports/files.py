"""Store uploaded files, and delete them with all copies of their cells after a week."""

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
from patients.imports.status_change import change_status
from patients.models import Import, ImportProblem, ImportStatus
from patients.models.imports import ImportQuerySet

log = structlog.get_logger(__name__)

KEPT = timedelta(days=7)
# A file is stored just before its row is committed. One without a row after a day has lost it.
ORPHANED_AFTER = timedelta(days=1)
FOLDER = "imports"
# Imports that wait for a person.
WAITING = (ImportStatus.SURVEYED, ImportStatus.CHECKED)


@contextmanager
def stored(listed: Import, file: UploadedFile) -> Iterator[None]:
    """Store the file of a new import. It is deleted at once when it or the row cannot be kept."""
    # Named after the id, because people put patients' names into file names.
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


def delete_file_and_copies(listed: Import) -> None:
    """Delete the file and every copy of its cells. The patients and the totals stay."""
    if name := listed.file.name:
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)
    Import.objects.within(listed.workspace_id).filter(pk=listed.pk).update(
        file="", survey={}, preview=[], statuses=[]
    )
    ImportProblem.objects.within(listed.workspace_id).filter(source=listed).update(
        cells=[], details={}
    )


def delete_outdated() -> None:
    """Delete what is too old, each import in its own transaction to hold locks briefly."""
    with tenancy.platform("old lists"):
        old = list(_outdated().values_list("workspace_id", "pk"))
    for workspace_id, pk in old:
        with tenancy.within(workspace_id):
            if listed := _outdated().within(workspace_id).filter(pk=pk).select_for_update().first():
                _expire(listed)
    _delete_orphans()


def _outdated() -> ImportQuerySet:
    """Return imports that ended a week ago, and those that nobody confirmed for a week."""
    cutoff = timezone.now() - KEPT
    return Import.objects.filter(
        Q(finished_at__lt=cutoff) | Q(status__in=WAITING, updated_at__lt=cutoff)
    ).exclude(file="", survey={}, preview=[])


def _expire(listed: Import) -> None:
    change_status(listed, *WAITING, to=ImportStatus.CANCELLED, finished_at=timezone.now())
    delete_file_and_copies(listed)


def _delete_orphans() -> None:
    latest = timezone.now() - ORPHANED_AFTER
    for name in _stored_names(FOLDER):
        if default_storage.get_modified_time(name) < latest:
            with tenancy.platform("lost files"):
                is_orphan = not Import.objects.filter(file=name).exists()
            if is_orphan:
                default_storage.delete(name)


def _stored_names(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)
    for subfolder in folders:
        yield from _stored_names(f"{folder}/{subfolder}")
