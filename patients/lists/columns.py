"""Which column holds which of our fields."""

from collections.abc import Mapping as ReadOnly
from enum import StrEnum

from patients.lists.headings import field_of
from patients.lists.problems import ListProblem
from patients.lists.survey import Column, Survey


class Field(StrEnum):
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PHONE = "phone"
    OTHER_PHONE = "other_phone"
    EMAIL = "email"
    APPOINTMENT_TIME = "appointment_time"
    APPOINTMENT_DATE = "appointment_date"
    APPOINTMENT_HOUR = "appointment_hour"
    APPOINTMENT_TYPE = "appointment_type"
    DOCTOR = "doctor"
    CONSENT = "consent"
    CHANNEL = "channel"
    LANGUAGE = "language"


Mapping = dict[Field, str]

REACHED_BY = frozenset({Field.PHONE, Field.OTHER_PHONE, Field.EMAIL})
DATES = (Field.APPOINTMENT_TIME, Field.APPOINTMENT_DATE)


def guess(survey: Survey, remembered: ReadOnly[Field, str] | None = None) -> Mapping:
    known = {column.label for column in survey.columns}
    mapping = {field: label for field, label in (remembered or {}).items() if label in known}
    if mapping:
        return mapping
    for column in survey.columns:
        found = field_of(column.heading)
        if found:
            mapping.setdefault(Field(found), column.label)
    if Field.APPOINTMENT_TIME not in mapping and Field.APPOINTMENT_HOUR not in mapping:
        if day := mapping.pop(Field.APPOINTMENT_DATE, None):
            mapping[Field.APPOINTMENT_TIME] = day
    return mapping


def date_order(
    survey: Survey, mapping: ReadOnly[Field, str], *, country: str = ""
) -> tuple[str, bool]:
    columns = [column for field in DATES if (column := survey.column(mapping.get(field, "")))]
    return _order(columns, "MDY" if country == "US" else "DMY")


def _order(columns: list[Column], assumed: str) -> tuple[str, bool]:
    seen = [column.evidence for column in columns]
    days, months = sum(one.day_first for one in seen), sum(one.month_first for one in seen)
    if days != months:
        return ("DMY" if days > months else "MDY"), True
    if any(one.year_first for one in seen) and not any(one.either for one in seen):
        return "YMD", True
    return assumed, False


def lacking(mapping: ReadOnly[Field, str]) -> list[ListProblem]:
    problems = []
    if not REACHED_BY & mapping.keys():
        problems.append(ListProblem("no_address_column"))
    if not set(DATES) & mapping.keys():
        problems.append(ListProblem("no_time_column"))
    used: dict[str, Field] = {}
    for field, label in mapping.items():
        if label in used:
            problems.append(ListProblem("column_twice", column=label, fields=[used[label], field]))
        used[label] = field
    return problems
