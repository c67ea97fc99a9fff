"""Import a file in one transaction, without the queue and without storing the file."""

from collections.abc import Callable
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from core import audit
from core.errors import ProblemError
from patients.imports import column_suggestions, pipeline, upload
from patients.imports.pipeline import OnProgress
from patients.imports.upload import Choices
from patients.imports.verdicts import verdicts
from patients.lists import limits
from patients.lists.column_mapping import Field
from patients.lists.problems import ListProblem
from patients.lists.survey import Survey
from patients.models import Import, ImportStatus
from workspaces.models import User


@transaction.atomic
def import_file(
    *,
    campaign: Campaign,
    file: BinaryIO,
    filename: str,
    choices: Choices,
    by: User | None,
    dry_run: bool,
    on_progress: OnProgress,
    on_verdict: Callable[[dict[str, Any]], None] | None = None,
) -> Import:
    """Survey, map and run (or with `dry_run` check) the file. A dry run is rolled back."""
    upload.require_open_campaign(campaign)
    _require_size(file)
    listed = Import.objects.create(
        workspace=campaign.workspace,
        campaign=campaign,
        uploaded_by=by,
        uploaded_by_name=by.name if by else audit.SYSTEM,
        filename=filename[-upload.MAX_FILENAME :],
        sheet=choices.sheet,
    )
    audit.record("import.upload", listed, by=by, name=campaign.name)
    pipeline.survey_file(listed, file, on_progress=on_progress)
    if choices.sheet and choices.sheet != listed.sheet:
        raise ListProblem("sheet_unknown", sheet=choices.sheet)
    _choose_columns(listed, choices)
    listed.status = ImportStatus.CHECKING if dry_run else ImportStatus.RUNNING
    listed.save()
    step = pipeline.check_import if dry_run else pipeline.run_import
    step(listed, file, on_progress=on_progress)
    if on_verdict:
        for verdict in verdicts(listed):
            on_verdict(verdict)
    transaction.set_rollback(dry_run)
    return listed


def _require_size(file: BinaryIO) -> None:
    if file.seek(0, 2) > limits.BYTES:
        raise ListProblem("too_big", limit=limits.BYTES)
    file.seek(0)


def _choose_columns(listed: Import, choices: Choices) -> None:
    if unknown := [name for name in choices.columns if name not in list(Field)]:
        raise ProblemError(
            _("There is no field “%(name)s”. There are: %(fields)s.")
            % {"name": unknown[0], "fields": ", ".join(Field)}
        )
    mapping, order = column_suggestions.apply_choices(listed, choices.columns)
    listed.mapping = upload.validate_mapping(mapping, Survey.from_json(listed.survey))
    listed.date_order = choices.date_order or order
    listed.consent_words = column_suggestions.remembered_consent_words(listed)
