"""A list that a program sent in goes on by itself: nobody looks at its columns, nor confirms it."""

from django.db import transaction
from django.utils import timezone

from core import audit
from patients.imports import column_suggestions, task_queue, upload
from patients.lists.survey import Survey
from patients.models import Import, ImportStatus


@transaction.atomic
def go_on(listed: Import) -> None:
    """As it was told to be read, and by the guess where nothing was told."""
    mapping, order = column_suggestions.corrected(listed, listed.mapping)
    if problems := upload.unfit(mapping, Survey.from_json(listed.survey)):
        raise problems[0]
    moved = (
        Import.objects.within(listed.workspace_id)
        .filter(pk=listed.pk, status=ImportStatus.SURVEYED)
        .update(
            status=ImportStatus.RUNNING,
            mapping=mapping,
            date_order=listed.date_order or order,
            started_at=timezone.now(),
            updated_at=timezone.now(),
        )
    )
    if not moved:
        return  # called off meanwhile
    audit.record(
        "import.columns",
        listed,
        by=listed.uploaded_by,
        name=listed.campaign.name,
        new={"date_order": listed.date_order or order, "consent_words": listed.consent_words},
    )
    task_queue.advance_soon(workspace_id=listed.workspace_id, import_id=listed.pk)
