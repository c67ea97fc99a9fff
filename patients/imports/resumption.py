"""Continue the import of a list from the API, which nobody confirms."""

from django.db import transaction
from django.utils import timezone

from core import audit
from patients.imports import column_suggestions, task_queue, upload
from patients.imports.status_change import change_status
from patients.lists.survey import Survey
from patients.models import Import, ImportStatus


@transaction.atomic
def continue_automatically(listed: Import) -> None:
    """Start the run with the choices of the upload, and guesses for everything else."""
    mapping, order = column_suggestions.apply_choices(listed, listed.mapping)
    if problems := upload.find_mapping_problems(mapping, Survey.from_json(listed.survey)):
        raise problems[0]
    moved = change_status(
        listed,
        ImportStatus.SURVEYED,
        to=ImportStatus.RUNNING,
        mapping=mapping,
        date_order=listed.date_order or order,
        started_at=timezone.now(),
    )
    if not moved:
        return  # somebody cancelled it
    audit.record(
        "import.columns",
        listed,
        by=listed.uploaded_by,
        name=listed.campaign.name,
        new={"date_order": listed.date_order, "consent_words": listed.consent_words},
    )
    task_queue.advance_soon(workspace_id=listed.workspace_id, import_id=listed.pk)
