"""What people do with a list: upload it, choose its sheet and columns, confirm it, cancel it."""

from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from core import audit
from core.errors import ProblemError
from patients.imports import files, progress, quota, task_queue
from patients.imports.status_change import change_status
from patients.lists import limits
from patients.lists.column_mapping import Field, find_problems
from patients.lists.file_types import sniff_whole
from patients.lists.problem_messages import problem_message
from patients.lists.problems import ListProblem
from patients.lists.survey import Survey
from patients.models import DateOrder, Import, ImportProblem, ImportStatus
from patients.models.imports import CAN_BE_CANCELLED
from workspaces.models import User

MAX_FILENAME = 200
# A list and the rest of the form.
LARGEST_FORM = limits.BYTES + 64 * 1024
MAX_CONSENT_WORDS = 200


@dataclass(frozen=True)
class Choices:
    """What the uploader said about the list. Everything empty is guessed."""

    sheet: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    date_order: str = ""
    consent_words: str = ""


@transaction.atomic
def upload(
    *, campaign: Campaign, file: UploadedFile, by: User, choices: Choices | None = None
) -> Import:
    """Store a list and start its survey. A file that is no list by its first bytes is refused.

    With `choices`, the import runs without asking for columns or a confirmation.
    """
    require_open_campaign(campaign)
    _require_list(file)
    quota.require_room(campaign.workspace_id, file.size or 0)
    listed = Import(
        workspace_id=campaign.workspace_id,
        campaign=campaign,
        uploaded_by=by,
        uploaded_by_name=by.name,
        filename=(file.name or "")[-MAX_FILENAME:],
        file_size=file.size or 0,
        is_automatic=choices is not None,
    )
    if choices:
        listed.sheet, listed.mapping = choices.sheet, choices.columns
        listed.date_order = choices.date_order
        listed.consent_words = choices.consent_words.strip()[:MAX_CONSENT_WORDS]
    with files.stored(listed, file):
        listed.save(force_insert=True)
        audit.record("import.upload", listed, by=by, name=campaign.name)
    _restart_worker(listed)
    return listed


def _require_list(file: UploadedFile) -> None:
    """Refuse a file that is too large, or no list by its first bytes, before it is stored."""
    try:
        if (file.size or 0) > limits.BYTES:
            raise ListProblem("too_big", limit=limits.BYTES)
        sniff_whole(cast(BinaryIO, file), file.name or "")
    except ListProblem as problem:
        raise to_problem_error(problem) from problem
    file.seek(0)


@transaction.atomic
def choose_sheet(*, listed: Import, sheet: str, by: User) -> Import:
    """Read another sheet of the workbook. Columns are asked again, because they differ."""
    if sheet not in listed.survey.get("sheets", []):
        raise to_problem_error(ListProblem("sheet_unknown", sheet=sheet))
    _change_status_or_refuse(
        listed,
        ImportStatus.SURVEYED,
        ImportStatus.CHECKED,
        to=ImportStatus.UPLOADED,
        sheet=sheet,
        mapping={},
    )
    audit.record("import.sheet", listed, by=by, name=listed.campaign.name, new={"sheet": sheet})
    _restart_worker(listed)
    return listed


@transaction.atomic
def choose_columns(
    *, listed: Import, mapping: dict[str, str], date_order: str, consent_words: str, by: User
) -> Import:
    """Store which column holds which fact, and start the check of all rows."""
    _change_status_or_refuse(
        listed,
        ImportStatus.SURVEYED,
        ImportStatus.CHECKED,
        to=ImportStatus.CHECKING,
        mapping=validate_mapping(mapping, Survey.from_json(listed.survey)),
        date_order=DateOrder(date_order),
        consent_words=consent_words.strip()[:MAX_CONSENT_WORDS],
    )
    # It must always be known who declared everybody's consent, and in which words.
    audit.record(
        "import.columns",
        listed,
        by=by,
        name=listed.campaign.name,
        new={"date_order": listed.date_order, "consent_words": listed.consent_words},
    )
    _restart_worker(listed)
    return listed


@transaction.atomic
def confirm(*, listed: Import, by: User) -> Import:
    """Start the run, which saves the patients of a checked list."""
    require_open_campaign(listed.campaign)
    _change_status_or_refuse(
        listed, ImportStatus.CHECKED, to=ImportStatus.RUNNING, started_at=timezone.now()
    )
    audit.record("import.confirm", listed, by=by, name=listed.campaign.name)
    _restart_worker(listed)
    return listed


@transaction.atomic
def cancel(*, listed: Import, by: User) -> Import:
    """Cancel an import that is not done. A worker that is reading it notices and rolls back."""
    _change_status_or_refuse(
        listed, *CAN_BE_CANCELLED, to=ImportStatus.CANCELLED, finished_at=timezone.now()
    )
    ImportProblem.objects.within(listed.workspace_id).filter(source=listed).delete()
    files.delete_file_and_copies(listed)
    audit.record("import.cancel", listed, by=by, name=listed.campaign.name)
    return listed


def require_open_campaign(campaign: Campaign) -> None:
    if not campaign.is_open:
        raise to_problem_error(ListProblem("campaign_ended"))


def validate_mapping(mapping: dict[str, str], survey: Survey) -> dict[str, str]:
    """Return the mapping without empty entries, or raise ProblemError for a wrong one."""
    if problems := find_mapping_problems(mapping, survey):
        raise ProblemError(
            " ".join(problem_message(problem.code, problem.details) for problem in problems)
        )
    return {str(Field(name)): label for name, label in mapping.items() if label}


def find_mapping_problems(mapping: dict[str, str], survey: Survey) -> list[ListProblem]:
    chosen = {Field(name): label for name, label in mapping.items() if label}
    unknown = [
        ListProblem("column_unknown", column=label)
        for label in chosen.values()
        if not survey.column(label)
    ]
    return unknown or find_problems(chosen)


def to_problem_error(problem: ListProblem) -> ProblemError:
    return ProblemError(problem_message(problem.code, problem.details))


def _change_status_or_refuse(
    listed: Import, *from_statuses: ImportStatus, to: ImportStatus, **values: Any
) -> None:
    """Change the status, or tell the member that the list has moved on."""
    if not change_status(listed, *from_statuses, to=to, **values):
        raise ProblemError(
            _("This list has moved on meanwhile. Reload the page to see where it is.")
        )


def _restart_worker(listed: Import) -> None:
    """Let a worker take the next step, and forget the progress of the last one."""
    progress.forget(listed)
    task_queue.advance_soon(workspace_id=listed.workspace_id, import_id=listed.pk)
