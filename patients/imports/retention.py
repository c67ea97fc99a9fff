"""Delete refused rows of old lists, and the samples shown of their files. Their counts stay."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core import sql, tenancy
from core.retention import KeepsData, RetentionRule
from patients.models import Import, ImportProblem

BATCH_SIZE = 500


def remove_samples(data: Any) -> Any:
    """Return the survey of a file without the sample cells in it."""
    if isinstance(data, dict):
        return {
            key: [] if key == "samples" else remove_samples(value) for key, value in data.items()
        }
    if isinstance(data, list):
        return [remove_samples(item) for item in data]
    return data


def _old_lists(workspace: KeepsData, now: datetime) -> QuerySet[Import]:
    before = now - timedelta(days=workspace.keep_messages_days)
    return Import.objects.within(workspace.pk).filter(created_at__lt=before)


def _old_refused_rows(workspace: KeepsData, now: datetime) -> QuerySet[ImportProblem]:
    lists = _old_lists(workspace, now)
    return ImportProblem.objects.within(workspace.pk).filter(source__in=lists)


def _count(workspace: KeepsData, now: datetime) -> int:
    return _old_refused_rows(workspace, now).count()


def _delete(workspace: KeepsData, now: datetime) -> int:
    def delete_some(_last: UUID | None) -> Sequence[UUID]:
        with tenancy.within(workspace.pk):
            rows = list(_old_refused_rows(workspace, now).values_list("pk", flat=True)[:BATCH_SIZE])
            ImportProblem.objects.filter(pk__in=rows).delete()
        return rows

    deleted = sql.handle_in_batches(delete_some, size=BATCH_SIZE)
    with tenancy.within(workspace.pk):
        _remove_samples(workspace, now)
    return deleted


def _remove_samples(workspace: KeepsData, now: datetime) -> None:
    _old_lists(workspace, now).exclude(statuses=[]).update(statuses=[])
    with_samples = _old_lists(workspace, now).exclude(preview=[], survey={})
    for source in with_samples.select_for_update(skip_locked=True, no_key=True).only("survey"):
        bare = remove_samples(source.survey)
        Import.objects.filter(pk=source.pk).exclude(preview=[], survey=bare).update(
            preview=[], survey=bare
        )


LIST_ROWS = RetentionRule("refused rows of lists", count=_count, delete=_delete)
