"""What the page of a list shows in each of its states: file, columns, check, result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from patients.forms.imports import EVERYONE, ColumnsForm
from patients.imports import column_suggestions
from patients.imports.progress import Progress, progress
from patients.imports.undo import may_be_taken_back
from patients.lists.columns import Field, detect_date_order
from patients.lists.problem_messages import REASONS_NOT_TO_ASK
from patients.lists.problem_messages import problem_message as sentence
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

# The part of the page, and the step that it belongs to.
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
class SurveyView:
    """How one date of the file would be read, were its dates in this order."""

    order: str
    name: str
    written: str
    day: date | None
    is_chosen: bool


@dataclass(frozen=True)
class ShownReason:
    count: int
    sentence: str


@dataclass(frozen=True)
class ShownProblem:
    number: int
    cells: str
    sentence: str


def shown(listed: Import, workspace: Workspace) -> dict[str, Any]:
    part, at = PARTS[listed.status]
    details = {
        "progress": _progress,
        "columns": lambda found: columns(found, columns_form(found)),
        "check": lambda found: _check(found, workspace),
        "result": _result,
        "over": _over,
    }[part](listed)
    return _frame(listed, part, at) | details


def shown_columns(listed: Import, form: ColumnsForm) -> dict[str, Any]:
    return _frame(listed, "columns", 1) | columns(listed, form)


def _frame(listed: Import, part: str, at: int) -> dict[str, Any]:
    states = ["past" if n < at else "now" if n == at else "ahead" for n in range(len(STEPS))]
    track = [ImportStep(name, state) for name, state in zip(STEPS, states, strict=True)]
    return {
        "listed": listed,
        "zone": listed.campaign.practice.zone,
        "part": f"patients/import_{part}.html",
        "track": [] if part == "over" else track,
    }


def _progress(listed: Import) -> dict[str, Any]:
    told = progress(listed)
    return {"progress": told, "time_left": time_left(told)}


def time_left(told: Progress | None) -> str:
    if told is None or told.seconds_left is None:
        return _("not known yet")
    if told.seconds_left < 60:  # noqa: PLR2004
        seconds = max(told.seconds_left, 1)
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = round(told.seconds_left / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def columns_form(
    listed: Import, data: Mapping[str, Any] | None = None, *, typed: Mapping[str, Any] | None = None
) -> ColumnsForm:
    """As it was sent; or as it stands while someone is at it; or as they find it first."""
    survey = Survey.from_json(listed.survey)
    mapping, order, _decided = column_suggestions.suggested(listed)
    initial = {
        "date_order": listed.date_order or order,
        "consent": EVERYONE if listed.consent_words else None,
    }
    return ColumnsForm(
        data, survey=survey, mapping=listed.mapping or mapping, initial=typed or initial
    )


def columns(listed: Import, form: ColumnsForm) -> dict[str, Any]:
    advice = [words for question, words in form.wrong() if question is None or not form.is_bound]
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


def _readings(form: ColumnsForm, chosen_order: str) -> Iterator[SurveyView]:
    """Of the date that tells the orders apart best; none where every order reads the same."""
    chosen = form.chosen
    holders = chosen.get(Field.APPOINTMENT_TIME) or chosen.get(Field.APPOINTMENT_DATE) or []
    samples = holders[0].samples if holders else []
    written = max(samples, key=lambda sample: len(set(_days(sample).values())), default="")
    days = _days(written)
    if len(set(days.values())) == 1:
        return
    said: set[date | None] = set()
    for order, day in days.items():
        is_chosen = order == chosen_order
        # A year of four digits makes two of the three orders the same.
        if is_chosen or not day or day not in said:
            yield SurveyView(order, str(DateOrder(order).label), written, day, is_chosen)
        said.add(day)


def _days(written: str) -> dict[str, date | None]:
    moments = {order: parse_timestamp(written, order) for order in DateOrder.values}
    return {order: moment.day if moment else None for order, moment in moments.items()}


def _check(listed: Import, workspace: Workspace) -> dict[str, Any]:
    return {
        "reasons": list(_reasons(listed)),
        "first_ask": listed.first_ask_at,
        "last_ask": listed.last_ask_at,
        "asked_by_this": _asked_by(listed),
        "undo_minutes": workspace.undo_minutes,
        "statuses": [
            one | {"understood": UNDERSTOOD[VisitStatus(one["status"])]} for one in listed.statuses
        ],
        "credits_short": listed.will_be_asked > workspace.message_credits,
        "preview": [_preview(row) for row in listed.preview[:IN_PREVIEW]],
        **_refused(listed),
    }


def _asked_by(listed: Import) -> int:
    """Who is asked because of this list; the others are planned with or without it."""
    return listed.will_be_asked - listed.asked_anyway


def _reasons(listed: Import) -> Iterator[ShownReason]:
    """One line for each; what is wrong with a row itself is said beside that row."""
    of_rows = 0
    for code, count in listed.forecast.items():
        if code in REASONS_NOT_TO_ASK:
            yield ShownReason(count, sentence(code, {}))
        else:
            of_rows += count
    if of_rows:
        yield ShownReason(of_rows, _("Refused: it says below why."))


def _preview(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: value or "" for name, value in row.items()},
        "number": row["row"],
        "appointment_time": _moment(row["appointment_time"]),
        "ask_at": _moment(row["ask_at"]),
        "sentence": sentence(row["reason"], row["details"]) if row["reason"] else "",
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


def _problems(listed: Import, *, is_warning: bool) -> list[ShownProblem]:
    rows = listed.problems.filter(is_warning=is_warning).order_by("row_number")[:REFUSED_SHOWN]
    return [
        ShownProblem(
            row.row_number,
            " · ".join(str(cell) for cell in row.cells if cell not in (None, "")),
            sentence(row.reason, row.details),
        )
        for row in rows
    ]


def _result(listed: Import) -> dict[str, Any]:
    return {
        "asked_by_this": _asked_by(listed),
        "may_be_taken_back": may_be_taken_back(listed),
        "first_ask": listed.first_ask_at,
        **_refused(listed),
    }


def _over(listed: Import) -> dict[str, Any]:
    return {"problem": sentence(listed.problem, listed.problem_details) if listed.problem else ""}
