"""One way through for the check, the run and the command: read, stage, judge, foresee, save."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, BinaryIO

from django.utils import timezone

from core import audit
from patients.imports import forecast, outgoing_events, row_checks, saving
from patients.imports.progress import Progress
from patients.imports.staging import ImportTally, StagedRow, stage
from patients.imports.timestamps import Moments
from patients.lists.columns import Field
from patients.lists.problems import ListProblem
from patients.lists.row_reader import RowReader
from patients.lists.rows import rows
from patients.lists.survey import Survey, survey
from patients.models import Import, ImportStatus

# What a look at the progress may do besides: raise `CalledOff`.
Watch = Callable[[Progress], None]


class CalledOff(Exception):  # noqa: N818 - an answer, not a mishap
    """Somebody moved the import on meanwhile: what was done here is rolled back."""


def look_over(listed: Import, file: BinaryIO, *, watch: Watch) -> None:
    """What the file is, before anybody decides what its columns mean."""
    pace = Pace(0, watch)
    found = survey(
        file,
        filename=listed.filename,
        sheet=listed.sheet,
        on_row=lambda read: pace.tell("survey", ImportTally(read=read)),
    )
    _move(
        listed,
        to=ImportStatus.SURVEYED,
        survey=found.as_json(),
        layout=found.layout,
        sheet=found.sheet,
        rows_total=found.rows,
    )


def check(listed: Import, file: BinaryIO, *, watch: Watch) -> None:
    """What would happen, and nothing does."""
    moments = _judge(listed, file, watch)
    saving.save_problems(listed, moments)
    _move(listed, to=ImportStatus.CHECKED, **saving.totals(listed))


def run(listed: Import, file: BinaryIO, *, watch: Watch) -> None:
    moments = _judge(listed, file, watch)
    saving.save_patients(listed, moments)
    saving.save_problems(listed, moments)
    totals = saving.totals(listed)
    _must_be_open(listed)
    audit.record(
        "import.done",
        listed,
        by=listed.uploaded_by,
        name=listed.campaign.name,
        new={field: totals[field] for field in ("rows_new", "rows_known", "rows_refused")},
    )
    finished_at = timezone.now()
    outgoing_events.finished(listed, status=ImportStatus.DONE, at=finished_at, **totals)
    # Last, for whoever calls it off waits from here to the end.
    _move(
        listed,
        to=ImportStatus.DONE,
        **totals,
        started_at=moments.now,
        finished_at=finished_at,
    )


def _judge(listed: Import, file: BinaryIO, watch: Watch) -> Moments:
    _must_be_open(listed)
    found = Survey.from_json(listed.survey)
    undo = timedelta(minutes=listed.workspace.undo_minutes)
    moments = Moments(listed.campaign, now=timezone.now(), undo=undo)
    pace = Pace(found.rows, watch)
    with_digests = row_checks.needs_digests(listed.campaign)
    tally = stage(
        _build_people(listed, file, found),
        moments=moments,
        with_digests=with_digests,
        on_batch=lambda tally: pace.tell("read", tally),
    )
    pace.tell("save", tally)
    row_checks.judge(listed.campaign, with_digests=with_digests)
    forecast.foresee(listed, moments)
    pace.tell("save", tally)
    return moments


def _must_be_open(listed: Import) -> None:
    """As it is now: somebody may have ended the campaign while its list was read."""
    listed.campaign.refresh_from_db(fields=["status"])
    if not listed.campaign.is_open:
        raise ListProblem("campaign_ended")


def _build_people(listed: Import, file: BinaryIO, found: Survey) -> Iterator[StagedRow]:
    practice = listed.campaign.practice
    reader = RowReader(
        survey=found,
        mapping={Field(field): label for field, label in listed.mapping.items()},
        date_order=listed.date_order,
        country=practice.country,
        zone=practice.zone,
        language=listed.workspace.language,
        consent_words=listed.consent_words,
    )
    for row in rows(file, found):
        yield StagedRow(row.number, reader.read(row), row.cells)


def _move(listed: Import, *, to: ImportStatus, **values: Any) -> None:
    """Only from where it was taken up: whoever called it off meanwhile has won."""
    moved = (
        Import.objects.within(listed.workspace_id)
        .filter(pk=listed.pk, status=listed.status)
        .update(status=to, updated_at=timezone.now(), **values)
    )
    if not moved:
        raise CalledOff
    listed.status = to
    for field, value in values.items():
        setattr(listed, field, value)


class Pace:
    """How fast it goes, told at every batch."""

    def __init__(self, total: int, watch: Watch) -> None:
        self.total, self.watch = total, watch
        self.since = time.monotonic()

    def tell(self, stage: str, tally: ImportTally) -> None:
        per_second = tally.read / max(time.monotonic() - self.since, 0.001)
        ahead = (self.total - tally.read) / per_second if per_second else None
        self.watch(
            Progress(
                stage=stage,
                read=tally.read,
                total=self.total,
                accepted=tally.accepted,
                refused=tally.refused,
                per_second=round(per_second, 1),
                seconds_left=round(ahead) if self.total and ahead is not None else None,
            )
        )
