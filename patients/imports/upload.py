"""What a person does with a list: upload it, say what its columns are, confirm it, call it off."""

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
from patients.lists import limits
from patients.lists.columns import Field, find_problems
from patients.lists.file_types import sniff_whole
from patients.lists.problem_messages import problem_message
from patients.lists.problems import ListProblem
from patients.lists.survey import Survey
from patients.models import DateOrder, Import, ImportProblem, ImportStatus
from patients.models.imports import CAN_BE_CALLED_OFF
from workspaces.models import User

LONGEST_NAME = 200
# A list, and the form around it.
LARGEST_FORM = limits.BYTES + 64 * 1024
LONGEST_WORDS = 200


@dataclass(frozen=True)
class Choices:
    """Where the guess is not to be trusted."""

    sheet: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    date_order: str = ""
    consent_words: str = ""


@transaction.atomic
def upload(
    *, campaign: Campaign, file: UploadedFile, by: User, choices: Choices | None = None
) -> Import:
    """Refused at once if its first bytes say that it is no list; the rest is read later. Whoever
    says at once how it is to be read is not asked again."""
    must_take_lists(campaign)
    try:
        if (file.size or 0) > limits.BYTES:
            raise ListProblem("too_big", limit=limits.BYTES)
        sniff_whole(cast(BinaryIO, file), file.name or "")
        file.seek(0)
    except ListProblem as problem:
        raise as_problem(problem) from problem
    quota.require_room(campaign.workspace_id, file.size or 0)
    listed = Import(
        workspace_id=campaign.workspace_id,
        campaign=campaign,
        uploaded_by=by,
        uploaded_by_name=by.name,
        filename=(file.name or "")[-LONGEST_NAME:],
        file_size=file.size or 0,
        is_automatic=choices is not None,
    )
    if choices:
        listed.sheet, listed.mapping = choices.sheet, choices.columns
        listed.date_order = choices.date_order
        listed.consent_words = choices.consent_words.strip()[:LONGEST_WORDS]
    with files.stored(listed, file):
        listed.save(force_insert=True)
        audit.record("import.upload", listed, by=by, name=campaign.name)
    _wake(listed)
    return listed


@transaction.atomic
def choose_sheet(*, listed: Import, sheet: str, by: User) -> Import:
    if sheet not in listed.survey.get("sheets", []):
        raise as_problem(ListProblem("sheet_unknown", sheet=sheet))
    _move(
        listed,
        ImportStatus.SURVEYED,
        ImportStatus.CHECKED,
        to=ImportStatus.UPLOADED,
        sheet=sheet,
        mapping={},
    )
    audit.record("import.sheet", listed, by=by, name=listed.campaign.name, new={"sheet": sheet})
    _wake(listed)
    return listed


@transaction.atomic
def choose_columns(
    *, listed: Import, mapping: dict[str, str], date_order: str, consent_words: str, by: User
) -> Import:
    _move(
        listed,
        ImportStatus.SURVEYED,
        ImportStatus.CHECKED,
        to=ImportStatus.CHECKING,
        mapping=understood(mapping, Survey.from_json(listed.survey)),
        date_order=DateOrder(date_order),
        consent_words=consent_words.strip()[:LONGEST_WORDS],
    )
    # Who declared everybody's consent, and in which words, must never be a question.
    audit.record(
        "import.columns",
        listed,
        by=by,
        name=listed.campaign.name,
        new={"date_order": listed.date_order, "consent_words": listed.consent_words},
    )
    _wake(listed)
    return listed


@transaction.atomic
def confirm(*, listed: Import, by: User) -> Import:
    must_take_lists(listed.campaign)
    _move(listed, ImportStatus.CHECKED, to=ImportStatus.RUNNING, started_at=timezone.now())
    audit.record("import.confirm", listed, by=by, name=listed.campaign.name)
    _wake(listed)
    return listed


@transaction.atomic
def cancel(*, listed: Import, by: User) -> Import:
    """Until it is in: whoever works on it sees this and leaves nothing."""
    _move(listed, *CAN_BE_CALLED_OFF, to=ImportStatus.CANCELLED, finished_at=timezone.now())
    ImportProblem.objects.within(listed.workspace_id).filter(source=listed).delete()
    files.forget(listed)
    audit.record("import.cancel", listed, by=by, name=listed.campaign.name)
    return listed


def must_take_lists(campaign: Campaign) -> None:
    if not campaign.is_open:
        raise as_problem(ListProblem("campaign_ended"))


def understood(mapping: dict[str, str], survey: Survey) -> dict[str, str]:
    """By the names of our fields; a column that is not there, or one too few, is a problem."""
    if problems := unfit(mapping, survey):
        raise ProblemError(" ".join(problem_message(one.code, one.details) for one in problems))
    return {str(Field(name)): label for name, label in mapping.items() if label}


def unfit(mapping: dict[str, str], survey: Survey) -> list[ListProblem]:
    chosen = {Field(name): label for name, label in mapping.items() if label}
    unknown = [
        ListProblem("column_unknown", column=label)
        for label in chosen.values()
        if not survey.column(label)
    ]
    return unknown or find_problems(chosen)


def as_problem(problem: ListProblem) -> ProblemError:
    return ProblemError(problem_message(problem.code, problem.details))


def _move(listed: Import, *come_from: ImportStatus, to: ImportStatus, **values: Any) -> None:
    """One conditional write: of two who press at once, or of a person and a worker, one wins."""
    moved = (
        Import.objects.within(listed.workspace_id)
        .filter(pk=listed.pk, status__in=come_from)
        .update(status=to, updated_at=timezone.now(), **values)
    )
    if not moved:
        raise ProblemError(
            _("This list has moved on meanwhile. Reload the page to see where it is.")
        )
    for name, value in {"status": to, **values}.items():
        setattr(listed, name, value)


def _wake(listed: Import) -> None:
    progress.forget(listed)
    task_queue.advance_soon(workspace_id=listed.workspace_id, import_id=listed.pk)
