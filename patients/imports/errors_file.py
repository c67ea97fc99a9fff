"""The rows that were not taken, as a file to be corrected and uploaded again."""

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


def chunks(listed: Import) -> Iterator[bytes]:
    """In the file's own columns and delimiter, and behind them the row and what was wrong."""
    return csv_files.chunks(
        chain(_headings(listed), _rows(listed)), delimiter=listed.survey.get("delimiter", "")
    )


def is_one(survey: Survey) -> bool:
    """Whether a list that comes in is such a file, in whichever language it was written."""
    last = [column.heading for column in survey.columns[-2:]]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            if last == _added():
                return True
    return False


def original_layout(survey: Survey) -> str:
    """That of the list it came from, which it is to be read like."""
    return layout_of(survey.columns[:-2]) if is_one(survey) else survey.layout


def _added() -> list[str]:
    return [_("Row"), _("Problem")]


def _headings(listed: Import) -> Iterator[list[object]]:
    """A list without headings gets none, or they would be its first patient."""
    if listed.survey.get("heading_row"):
        by_place = {column["index"]: column["heading"] for column in listed.survey["columns"]}
        width = _width(listed)
        yield [*(by_place.get(place, "") for place in range(width)), *_added()]


def _rows(listed: Import) -> Iterator[list[object]]:
    """By their numbers, some at a time: a list may have nothing but problems."""
    width, last = _width(listed), 0
    problems = ImportProblem.objects.within(listed.workspace_id).filter(source=listed)
    while some := problems.filter(row_number__gt=last).order_by("row_number")[:FETCHED_AT_ONCE]:
        for problem in some:
            cells = [*problem.cells[:width], *[""] * (width - len(problem.cells))]
            yield [*cells, problem.row_number, problem_message(problem.reason, problem.details)]
            last = problem.row_number


def _width(listed: Import) -> int:
    return max((column["index"] + 1 for column in listed.survey.get("columns", [])), default=0)
