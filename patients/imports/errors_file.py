"""The rows that were not taken, as a file to be corrected and uploaded again."""

from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from patients.lists.sentences import sentence
from patients.models import Import, ImportProblem
from workspaces import csv_files

FETCHED_AT_ONCE = 1_000


def chunks(listed: Import) -> Iterator[bytes]:
    """In the file's own columns and delimiter, and behind them the row and what was wrong."""
    return csv_files.chunks(
        chain(_headings(listed), _rows(listed)), delimiter=listed.survey.get("delimiter", "")
    )


def _headings(listed: Import) -> Iterator[list[object]]:
    """A list without headings gets none, or they would be its first patient."""
    if listed.survey.get("heading_row"):
        by_place = {column["index"]: column["heading"] for column in listed.survey["columns"]}
        width = _width(listed)
        yield [*(by_place.get(place, "") for place in range(width)), _("Row"), _("Problem")]


def _rows(listed: Import) -> Iterator[list[object]]:
    """By their numbers, some at a time: a list may have nothing but problems."""
    width, last = _width(listed), 0
    problems = ImportProblem.objects.within(listed.workspace_id).filter(source=listed)
    while some := problems.filter(row_number__gt=last).order_by("row_number")[:FETCHED_AT_ONCE]:
        for problem in some:
            cells = [*problem.cells[:width], *[""] * (width - len(problem.cells))]
            yield [*cells, problem.row_number, sentence(problem.reason, problem.details)]
            last = problem.row_number


def _width(listed: Import) -> int:
    return max((column["index"] + 1 for column in listed.survey.get("columns", [])), default=0)
