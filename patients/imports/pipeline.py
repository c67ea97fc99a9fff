"""The steps of an import: survey the file, check it, run it.

The check and the run both read and stage all rows, check them, and forecast who will be asked. Only
the run saves patients. The worker and the command `import_patients` call the same steps.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from django.utils import timezone

from core import audit
from patients import eligibility
from patients.imports import forecast, outgoing_events, row_checks, saving
from patients.imports.ask_times import AskTimes
from patients.imports.progress import Progress
from patients.imports.staging import ImportTally, StagedRow, stage
from patients.imports.status_change import change_status
from patients.lists.column_mapping import Field
from patients.lists.problems import ListProblem
from patients.lists.row_reader import RowReader
from patients.lists.rows import rows
from patients.lists.survey import Survey, survey
from patients.models import Import, ImportStatus

# Called with the progress after each batch. It may raise ImportCancelledError.
OnProgress = Callable[[Progress], None]


class ImportCancelledError(Exception):
    """Somebody changed the import while it was being read. The transaction is rolled back."""


def survey_file(listed: Import, file: BinaryIO, *, on_progress: OnProgress) -> None:
    """Store the format and the columns of the file, for somebody to say what the columns hold."""
    reporter = ProgressReporter(0, on_progress)
    surveyed = survey(
        file,
        filename=listed.filename,
        sheet=listed.sheet,
        on_row=lambda read: reporter.report("survey", ImportTally(read=read)),
    )
    _move(
        listed,
        to=ImportStatus.SURVEYED,
        survey=surveyed.as_json(),
        layout=surveyed.layout,
        sheet=surveyed.sheet,
        rows_total=surveyed.rows,
    )


def check_import(listed: Import, file: BinaryIO, *, on_progress: OnProgress) -> None:
    """Store what an import would do, without saving patients."""
    ask_times = _stage_and_check(listed, file, on_progress)
    saving.save_problems(listed, ask_times)
    _move(listed, to=ImportStatus.CHECKED, **saving.compute_totals(listed))


def run_import(listed: Import, file: BinaryIO, *, on_progress: OnProgress) -> None:
    """Save the patients, the problems and the totals of the list."""
    ask_times = _stage_and_check(listed, file, on_progress)
    saving.save_patients(listed, ask_times)
    saving.save_problems(listed, ask_times)
    totals = saving.compute_totals(listed)
    _require_open_campaign(listed)
    audit.record(
        "import.done",
        listed,
        by=listed.uploaded_by,
        name=listed.campaign.name,
        new={field: totals[field] for field in ("rows_new", "rows_known", "rows_refused")},
    )
    finished_at = timezone.now()
    outgoing_events.enqueue_finished(listed, status=ImportStatus.DONE, at=finished_at, **totals)
    # Last, because this locks the import: a person who cancels it now waits until the commit.
    _move(
        listed,
        to=ImportStatus.DONE,
        **totals,
        started_at=ask_times.now,
        finished_at=finished_at,
    )


def _stage_and_check(listed: Import, file: BinaryIO, on_progress: OnProgress) -> AskTimes:
    _require_open_campaign(listed)
    surveyed = Survey.from_json(listed.survey)
    undo = eligibility.undo_of(listed.workspace)
    ask_times = AskTimes(listed.campaign, now=timezone.now(), undo=undo)
    reporter = ProgressReporter(surveyed.rows, on_progress)
    with_digests = row_checks.needs_digests(listed.campaign)
    tally = stage(
        _build_people(listed, file, surveyed),
        ask_times=ask_times,
        with_digests=with_digests,
        on_batch=lambda tally: reporter.report("read", tally),
    )
    reporter.report("save", tally)
    row_checks.check_rows(listed.campaign, with_digests=with_digests)
    forecast.forecast_asks(listed, ask_times)
    reporter.report("save", tally)
    return ask_times


def _require_open_campaign(listed: Import) -> None:
    """Read the status again, because the campaign may have ended while its list was read."""
    listed.campaign.refresh_from_db(fields=["status"])
    if not listed.campaign.is_open:
        raise ListProblem("campaign_ended")


def _build_people(listed: Import, file: BinaryIO, surveyed: Survey) -> Iterator[StagedRow]:
    practice = listed.campaign.practice
    reader = RowReader(
        survey=surveyed,
        mapping={Field(field): label for field, label in listed.mapping.items()},
        date_order=listed.date_order,
        country=practice.country,
        zone=practice.zone,
        language=listed.workspace.language,
        consent_words=listed.consent_words,
    )
    for row in rows(file, surveyed):
        yield StagedRow(row.number, reader.read(row), row.cells)


def _move(listed: Import, *, to: ImportStatus, **values: Any) -> None:
    """Change the status, unless somebody else has changed it since this step began."""
    if not change_status(listed, listed.status, to=to, **values):
        raise ImportCancelledError


class ProgressReporter:
    """Measures the speed and passes the progress on after each batch."""

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self.total, self.on_progress = total, on_progress
        self.started = time.monotonic()

    def report(self, stage: str, tally: ImportTally) -> None:
        per_second = tally.read / max(time.monotonic() - self.started, 0.001)
        has_estimate = self.total and per_second
        rows_left = self.total - tally.read
        self.on_progress(
            Progress(
                stage=stage,
                read=tally.read,
                total=self.total,
                accepted=tally.accepted,
                refused=tally.refused,
                per_second=round(per_second, 1),
                seconds_left=round(rows_left / per_second) if has_estimate else None,
            )
        )
