"""The refused rows as a CSV file that people correct and upload again."""

from collections.abc import Iterator
from itertools import chain

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core import csv_files
from patients.lists.problem_messages import problem_message
from patients.lists.survey import Survey, layout_of
from patients.models import Import, ImportProblem

FETCHED_AT_ONCE = 1_000


def csv_chunks(listed: Import) -> Iterator[bytes]:
    """Yield the file in the columns and the delimiter of the list, with row and problem added."""
    return csv_files.chunks(
        chain(_headings(listed), _rows(listed)), delimiter=listed.survey.get("delimiter", "")
    )


def is_errors_file(survey: Survey) -> bool:
    """Return whether an uploaded list is an errors file, in any of our languages."""
    last = [column.heading for column in survey.columns[-2:]]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            if last == _added_headings():
                return True
    return False


def original_layout(survey: Survey) -> str:
    """Return the layout of the list that an errors file was made from, so that it is read alike."""
    return layout_of(survey.columns[:-2]) if is_errors_file(survey) else survey.layout


def _added_headings() -> list[str]:
    return [_("Row"), _("Problem")]


def _headings(listed: Import) -> Iterator[list[object]]:
    """Yield nothing for a list without headings: they would be read as its first patient."""
    if listed.survey.get("heading_row"):
        headings = {column["index"]: column["heading"] for column in listed.survey["columns"]}
        width = _width(listed)
        yield [*(headings.get(index, "") for index in range(width)), *_added_headings()]


def _rows(listed: Import) -> Iterator[list[object]]:
    """Fetch the rows in batches, because every row of a list may be refused."""
    width, last = _width(listed), 0
    problems = ImportProblem.objects.within(listed.workspace_id).filter(source=listed)
    while batch := problems.filter(row_number__gt=last).order_by("row_number")[:FETCHED_AT_ONCE]:
        for problem in batch:
            cells = [*problem.cells[:width], *[""] * (width - len(problem.cells))]
            yield [*cells, problem.row_number, problem_message(problem.reason, problem.details)]
            last = problem.row_number


def _width(listed: Import) -> int:
    return max((column["index"] + 1 for column in listed.survey.get("columns", [])), default=0)
