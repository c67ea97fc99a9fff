"""Build the context of the page of a list in each of its steps: file, columns, check, result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from patients.doctors.waiting_names import count_names_to_review
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
from workspaces.access import Can, may
from workspaces.models import User, Workspace

STEPS = [
    gettext_lazy("File"),
    gettext_lazy("Columns"),
    gettext_lazy("Check"),
    gettext_lazy("Result"),
]
PREVIEW_ROWS = 10
MAX_PROBLEMS = 20

STATUS_MEANINGS = {
    VisitStatus.HAPPENED: gettext_lazy("attended: is asked"),
    VisitStatus.DID_NOT_HAPPEN: gettext_lazy("cancelled or missed: not asked"),
    VisitStatus.PLANNED: gettext_lazy("planned: is asked after its time"),
    VisitStatus.UNKNOWN: gettext_lazy("not known: is asked"),
}

# The template of each status, and the step that it belongs to.
PART_AND_STEP: dict[str, tuple[str, int]] = {
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


def page_context(listed: Import, workspace: Workspace, *, shown_to: User) -> dict[str, Any]:
    """Return the context of the page for the step that the list has reached."""
    part, step = PART_AND_STEP[listed.status]
    match part:
        case "progress":
            details = _progress_details(listed)
        case "columns":
            details = _columns_details(listed, columns_form(listed))
        case "check":
            details = _check_details(listed, workspace)
        case "result":
            details = _result_details(listed, shown_to)
        case _:
            details = _ended_details(listed)
    return _common_context(listed, part, step) | details


def columns_context(listed: Import, form: ColumnsForm) -> dict[str, Any]:
    """Return the context of the second step with a form that was submitted or typed into."""
    return _common_context(listed, "columns", 1) | _columns_details(listed, form)


def _common_context(listed: Import, part: str, step: int) -> dict[str, Any]:
    """Return what every step shows: the list, and the track of steps unless it has ended early."""
    track = [ImportStep(name, _step_state(index, step)) for index, name in enumerate(STEPS)]
    return {
        "listed": listed,
        "zone": listed.campaign.practice.zone,
        "part": f"patients/import_{part}.html",
        "track": [] if part == "over" else track,
    }


def _step_state(index: int, current: int) -> str:
    if index == current:
        return "now"
    return "past" if index < current else "ahead"


def _progress_details(listed: Import) -> dict[str, Any]:
    progress = progress_store.load(listed)
    return {"progress": progress, "time_left": time_left(progress)}


def time_left(progress: Progress | None) -> str:
    """Say how long a step still takes, in seconds for the last minute and else in minutes."""
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


def _columns_details(listed: Import, form: ColumnsForm) -> dict[str, Any]:
    order, is_decided = detect_date_order(form.survey, form.mapping)
    if not is_decided:
        order = form["date_order"].value() or order
    has_channels = Field.CHANNEL in form.chosen
    return {
        "survey": form.survey,
        "form": form,
        "advice": _column_advice(form),
        "date_order": order,
        "readings": list(_read_sample_date(form, order)),
        "is_decided": is_decided,
        "is_remembered": column_suggestions.is_remembered(listed),
        "channel_note": entitlements.channel_note(listed.workspace) if has_channels else "",
    }


def _column_advice(form: ColumnsForm) -> list[str]:
    """Return the mistakes of the choices. A bound form shows those of a question beside it."""
    return [
        message
        for question, message in form.find_mistakes()
        if question is None or not form.is_bound
    ]


def _read_sample_date(form: ColumnsForm, chosen_order: str) -> Iterator[DateReading]:
    """Read one date of the file in each order. Yield nothing if all orders give the same day.

    It is the sample that shows the difference between the orders best.
    """
    chosen = form.chosen
    columns = chosen.get(Field.APPOINTMENT_TIME) or chosen.get(Field.APPOINTMENT_DATE) or []
    samples = columns[0].samples if columns else []
    written = max(samples, key=_count_different_days, default="")
    days = _days_by_order(written)
    if _count_different_days(written) == 1:
        return
    shown: set[date | None] = set()
    for order, day in days.items():
        is_chosen = order == chosen_order
        # With a year of four digits, two of the three orders give the same day.
        if is_chosen or not day or day not in shown:
            yield DateReading(order, str(DateOrder(order).label), written, day, is_chosen)
        shown.add(day)


def _count_different_days(written: str) -> int:
    return len(set(_days_by_order(written).values()))


def _days_by_order(written: str) -> dict[str, date | None]:
    moments = {order: parse_timestamp(written, order) for order in DateOrder.values}
    return {order: moment.day if moment else None for order, moment in moments.items()}


def _check_details(listed: Import, workspace: Workspace) -> dict[str, Any]:
    return {
        "reasons": list(_reason_lines(listed)),
        "first_ask": listed.first_ask_at,
        "last_ask": listed.last_ask_at,
        "asked_by_this": _count_asked_by(listed),
        "undo_minutes": workspace.undo_minutes,
        "statuses": [
            status | {"understood": STATUS_MEANINGS[VisitStatus(status["status"])]}
            for status in listed.statuses
        ],
        "has_unknown_statuses": any(
            status["status"] == VisitStatus.UNKNOWN for status in listed.statuses
        ),
        "credits_short": listed.will_be_asked > workspace.message_credits,
        "preview": [_preview_row(row) for row in listed.preview[:PREVIEW_ROWS]],
        **_refused_rows(listed),
    }


def _count_asked_by(listed: Import) -> int:
    """Return how many are asked because of this list, without those who are planned anyway."""
    return listed.will_be_asked - listed.asked_anyway


def _reason_lines(listed: Import) -> Iterator[ReasonLine]:
    """Yield a line for each reason. Refused rows are one line, since each has its own message."""
    refused = 0
    for code, count in listed.forecast.items():
        if code in REASONS_NOT_TO_ASK:
            yield ReasonLine(count, problem_message(code, {}))
        else:
            refused += count
    if refused:
        yield ReasonLine(refused, _("Refused: it says below why."))


def _preview_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the check, which is stored as JSON, with its moments and its reason read."""
    return {
        **{name: value or "" for name, value in row.items()},
        "number": row["row"],
        "appointment_time": _parse_moment(row["appointment_time"]),
        "ask_at": _parse_moment(row["ask_at"]),
        "sentence": problem_message(row["reason"], row["details"]) if row["reason"] else "",
    }


def _parse_moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _refused_rows(listed: Import) -> dict[str, Any]:
    """Return the first refused rows and warnings, and how many more of each there are."""
    problems = _problem_lines(listed, is_warning=False)
    warnings = _problem_lines(listed, is_warning=True)
    return {
        "problems": problems,
        "more_problems": max(listed.rows_refused - len(problems), 0),
        "warnings": warnings,
        "more_warnings": max(listed.rows_warned - len(warnings), 0),
    }


def _problem_lines(listed: Import, *, is_warning: bool) -> list[ProblemLine]:
    rows = listed.problems.filter(is_warning=is_warning).order_by("row_number")[:MAX_PROBLEMS]
    return [
        ProblemLine(
            row.row_number,
            " · ".join(str(cell) for cell in row.cells if cell not in (None, "")),
            problem_message(row.reason, row.details),
        )
        for row in rows
    ]


def _result_details(listed: Import, shown_to: User) -> dict[str, Any]:
    may_review = may(shown_to, Can.MANAGE_WORKSPACE)
    return {
        "names_to_review": count_names_to_review(listed) if may_review else 0,
        "asked_by_this": _count_asked_by(listed),
        "may_be_taken_back": can_be_taken_back(listed),
        "first_ask": listed.first_ask_at,
        **_refused_rows(listed),
    }


def _ended_details(listed: Import) -> dict[str, Any]:
    return {
        "problem": problem_message(listed.problem, listed.problem_details) if listed.problem else ""
    }
