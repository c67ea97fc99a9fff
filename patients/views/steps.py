"""Build the context of the page of a list in each of its steps: file, columns, check, result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from patients.forms.imports import EVERYONE, ColumnsForm
from patients.imports import column_suggestions
from patients.imports import progress as progress_store
from patients.imports.progress import Progress
from patients.imports.undo import can_be_taken_back
from patients.lists.column_mapping import Field, detect_date_order
from patients.lists.problem_messages import REASONS_NOT_TO_ASK, problem_message
from patients.lists.survey import Survey
from patients.models import DateOrder, Import, ImportStatus
from patients.people.statuses import VisitStatus
from patients.people.timestamps import parse_timestamp
from workspaces import entitlements
from workspaces.models import Workspace

STEPS = [
    gettext_lazy("File"),
    gettext_lazy("Columns"),
    gettext_lazy("Check"),
    gettext_lazy("Result"),
]
IN_PREVIEW = 10
REFUSED_SHOWN = 20

UNDERSTOOD = {
    VisitStatus.HAPPENED: gettext_lazy("attended: is asked"),
    VisitStatus.DID_NOT_HAPPEN: gettext_lazy("cancelled or missed: not asked"),
    VisitStatus.PLANNED: gettext_lazy("planned: is asked after its time"),
    VisitStatus.UNKNOWN: gettext_lazy("not known: is asked"),
}

# The template of each status, and the step that it belongs to.
PARTS: dict[str, tuple[str, int]] = {
    ImportStatus.UPLOADED: ("progress", 0),
    ImportStatus.SURVEYED: ("columns", 1),
    ImportStatus.CHECKING: ("progress", 2),
    ImportStatus.CHECKED: ("check", 2),
    ImportStatus.RUNNING: ("progress", 3),
    ImportStatus.DONE: ("result", len(STEPS)),
    ImportStatus.FAILED: ("over", 0),
    ImportStatus.CANCELLED: ("over", 0),
    ImportStatus.TAKEN_BACK: ("over", 0),
}


@dataclass(frozen=True)
class ImportStep:
    name: str | Promise
    state: str


@dataclass(frozen=True)
class DateReading:
    """How a date of the file is read in one of the orders."""

    order: str
    name: str
    written: str
    day: date | None
    is_chosen: bool


@dataclass(frozen=True)
class ReasonLine:
    count: int
    sentence: str


@dataclass(frozen=True)
class ProblemLine:
    number: int
    cells: str
    sentence: str


def page_context(listed: Import, workspace: Workspace) -> dict[str, Any]:
    part, step = PARTS[listed.status]
    details = {
        "progress": _progress,
        "columns": lambda listed: _columns(listed, columns_form(listed)),
        "check": lambda listed: _check(listed, workspace),
        "result": _result,
        "over": _over,
    }[part](listed)
    return _frame(listed, part, step) | details


def columns_context(listed: Import, form: ColumnsForm) -> dict[str, Any]:
    return _frame(listed, "columns", 1) | _columns(listed, form)


def _frame(listed: Import, part: str, step: int) -> dict[str, Any]:
    states = ["past" if n < step else "now" if n == step else "ahead" for n in range(len(STEPS))]
    track = [ImportStep(name, state) for name, state in zip(STEPS, states, strict=True)]
    return {
        "listed": listed,
        "zone": listed.campaign.practice.zone,
        "part": f"patients/import_{part}.html",
        "track": [] if part == "over" else track,
    }


def _progress(listed: Import) -> dict[str, Any]:
    progress = progress_store.load(listed)
    return {"progress": progress, "time_left": time_left(progress)}


def time_left(progress: Progress | None) -> str:
    if progress is None or progress.seconds_left is None:
        return _("not known yet")
    if progress.seconds_left < 60:  # noqa: PLR2004
        seconds = max(progress.seconds_left, 1)
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = round(progress.seconds_left / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def columns_form(
    listed: Import, data: Mapping[str, Any] | None = None, *, typed: Mapping[str, Any] | None = None
) -> ColumnsForm:
    """Return the form bound to `data`, or with the choices typed so far, or with suggestions."""
    survey = Survey.from_json(listed.survey)
    mapping, order, _decided = column_suggestions.suggest_mapping(listed)
    initial = {
        "date_order": listed.date_order or order,
        "consent": EVERYONE if listed.consent_words else None,
    }
    return ColumnsForm(
        data, survey=survey, mapping=listed.mapping or mapping, initial=typed or initial
    )


def _columns(listed: Import, form: ColumnsForm) -> dict[str, Any]:
    advice = [
        message
        for question, message in form.find_mistakes()
        if question is None or not form.is_bound
    ]
    order, is_decided = detect_date_order(form.survey, form.mapping)
    if not is_decided:
        order = form["date_order"].value() or order
    return {
        "survey": form.survey,
        "form": form,
        "advice": advice,
        "date_order": order,
        "readings": list(_readings(form, order)),
        "is_decided": is_decided,
        "is_remembered": column_suggestions.is_remembered(listed),
        "channel_note": entitlements.channel_note(listed.workspace)
        if Field.CHANNEL in form.chosen
        else "",
    }


def _readings(form: ColumnsForm, chosen_order: str) -> Iterator[DateReading]:
    """Read one date of the file in each order. Yield nothing if all orders give the same day.

    It is the sample that shows the difference between the orders best.
    """
    chosen = form.chosen
    holders = chosen.get(Field.APPOINTMENT_TIME) or chosen.get(Field.APPOINTMENT_DATE) or []
    samples = holders[0].samples if holders else []
    written = max(samples, key=lambda sample: len(set(_days(sample).values())), default="")
    days = _days(written)
    if len(set(days.values())) == 1:
        return
    shown: set[date | None] = set()
    for order, day in days.items():
        is_chosen = order == chosen_order
        # With a year of four digits, two of the three orders give the same day.
        if is_chosen or not day or day not in shown:
            yield DateReading(order, str(DateOrder(order).label), written, day, is_chosen)
        shown.add(day)


def _days(written: str) -> dict[str, date | None]:
    moments = {order: parse_timestamp(written, order) for order in DateOrder.values}
    return {order: moment.day if moment else None for order, moment in moments.items()}


def _check(listed: Import, workspace: Workspace) -> dict[str, Any]:
    return {
        "reasons": list(_reasons(listed)),
        "first_ask": listed.first_ask_at,
        "last_ask": listed.last_ask_at,
        "asked_by_this": _count_asked_by(listed),
        "undo_minutes": workspace.undo_minutes,
        "statuses": [
            status | {"understood": UNDERSTOOD[VisitStatus(status["status"])]}
            for status in listed.statuses
        ],
        "credits_short": listed.will_be_asked > workspace.message_credits,
        "preview": [_preview(row) for row in listed.preview[:IN_PREVIEW]],
        **_refused(listed),
    }


def _count_asked_by(listed: Import) -> int:
    """Return how many are asked because of this list, without those who are planned anyway."""
    return listed.will_be_asked - listed.asked_anyway


def _reasons(listed: Import) -> Iterator[ReasonLine]:
    """Yield a line for each reason. Refused rows are one line, since each has its own message."""
    refused = 0
    for code, count in listed.forecast.items():
        if code in REASONS_NOT_TO_ASK:
            yield ReasonLine(count, problem_message(code, {}))
        else:
            refused += count
    if refused:
        yield ReasonLine(refused, _("Refused: it says below why."))


def _preview(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: value or "" for name, value in row.items()},
        "number": row["row"],
        "appointment_time": _moment(row["appointment_time"]),
        "ask_at": _moment(row["ask_at"]),
        "sentence": problem_message(row["reason"], row["details"]) if row["reason"] else "",
    }


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _refused(listed: Import) -> dict[str, Any]:
    problems = _problems(listed, is_warning=False)
    warnings = _problems(listed, is_warning=True)
    return {
        "problems": problems,
        "more_problems": max(listed.rows_refused - len(problems), 0),
        "warnings": warnings,
        "more_warnings": max(listed.rows_warned - len(warnings), 0),
    }


def _problems(listed: Import, *, is_warning: bool) -> list[ProblemLine]:
    rows = listed.problems.filter(is_warning=is_warning).order_by("row_number")[:REFUSED_SHOWN]
    return [
        ProblemLine(
            row.row_number,
            " · ".join(str(cell) for cell in row.cells if cell not in (None, "")),
            problem_message(row.reason, row.details),
        )
        for row in rows
    ]


def _result(listed: Import) -> dict[str, Any]:
    return {
        "asked_by_this": _count_asked_by(listed),
        "may_be_taken_back": can_be_taken_back(listed),
        "first_ask": listed.first_ask_at,
        **_refused(listed),
    }


def _over(listed: Import) -> dict[str, Any]:
    return {
        "problem": problem_message(listed.problem, listed.problem_details) if listed.problem else ""
    }
