"""The same way in one go and one transaction, for who has the file at hand: nothing waits, and
nothing is left behind unless all of it went well."""

from collections.abc import Callable
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from core import audit
from core.errors import ProblemError
from patients.imports import column_suggestions, pipeline, upload
from patients.imports.pipeline import Watch
from patients.imports.upload import Choices
from patients.imports.verdicts import verdicts
from patients.lists import limits
from patients.lists.columns import Field
from patients.lists.problems import ListProblem
from patients.lists.survey import Survey
from patients.models import Import, ImportStatus
from workspaces.models import User


@transaction.atomic
def bring_in(
    *,
    campaign: Campaign,
    file: BinaryIO,
    filename: str,
    choices: Choices,
    by: User | None,
    dry_run: bool,
    watch: Watch,
    on_verdict: Callable[[dict[str, Any]], None] | None = None,
) -> Import:
    """A dry run ends at the check, and takes its own traces back. The file is not kept."""
    upload.must_take_lists(campaign)
    _must_fit(file)
    listed = Import.objects.create(
        workspace=campaign.workspace,
        campaign=campaign,
        uploaded_by=by,
        uploaded_by_name=by.name if by else audit.SYSTEM,
        filename=filename[-upload.LONGEST_NAME :],
        sheet=choices.sheet,
    )
    audit.record("import.upload", listed, by=by, name=campaign.name)
    pipeline.look_over(listed, file, watch=watch)
    if choices.sheet and choices.sheet != listed.sheet:
        raise ListProblem("sheet_unknown", sheet=choices.sheet)
    _choose_columns(listed, choices)
    listed.status = ImportStatus.CHECKING if dry_run else ImportStatus.RUNNING
    listed.save()
    step = pipeline.check if dry_run else pipeline.run
    step(listed, file, watch=watch)
    if on_verdict:
        for verdict in verdicts(listed):
            on_verdict(verdict)
    transaction.set_rollback(dry_run)
    return listed


def _must_fit(file: BinaryIO) -> None:
    if file.seek(0, 2) > limits.BYTES:
        raise ListProblem("too_big", limit=limits.BYTES)
    file.seek(0)


def _choose_columns(listed: Import, choices: Choices) -> None:
    if unknown := [name for name in choices.columns if name not in list(Field)]:
        raise ProblemError(
            _("There is no field “%(name)s”. There are: %(fields)s.")
            % {"name": unknown[0], "fields": ", ".join(Field)}
        )
    mapping, order = column_suggestions.corrected(listed, choices.columns)
    listed.mapping = upload.understood(mapping, Survey.from_json(listed.survey))
    listed.date_order = choices.date_order or order
    listed.consent_words = column_suggestions.remembered_consent_words(listed)
