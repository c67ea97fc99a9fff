"""Decide which column holds which field, by its heading and its cells."""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnlyMapping

from patients.lists.fields import Field, Mapping
from patients.lists.heading_words import WEAK
from patients.lists.headings import HeadingMatch, is_known, match_heading, meaningful_words
from patients.lists.problems import ListProblem
from patients.lists.survey import ListColumn, Survey
from patients.people.statuses import StatusAnswers, parse_status_heading

__all__ = [
    "Field",
    "Mapping",
    "detect_date_order",
    "find_problems",
    "guess_mapping",
    "is_hour_assumed",
]

ADDRESSES = frozenset({Field.PHONE, Field.OTHER_PHONE, Field.EMAIL})
PHONES = frozenset({Field.PHONE, Field.OTHER_PHONE})
TEXTS = frozenset({Field.NAME, Field.DOCTOR, Field.APPOINTMENT_TYPE})
DAYS = (Field.APPOINTMENT_TIME, Field.APPOINTMENT_DATE)
MOMENTS = frozenset({*DAYS, Field.APPOINTMENT_HOUR})
# A whole name, unless the list has a column with last names.
HALF_NAMES = frozenset({"nombre", "name", "nome", "nombre paciente", "patient name", "paciente"})
# Fewer cells than this are no evidence against a heading.
ENOUGH_CELLS = 3


def guess_mapping(survey: Survey, remembered: ReadOnlyMapping[Field, str] | None = None) -> Mapping:
    """Return the label of the column for each field that the list seems to have.

    `remembered` is the mapping of an earlier list. It is used if this list has all its columns.
    """
    labels = {column.label for column in survey.columns}
    if remembered and labels.issuperset(remembered.values()):
        return _add_status(survey, {Field(f): label for f, label in remembered.items()})
    mapping: Mapping = {}
    for column, match in _match_headings(survey.columns):
        if match.field is Field.PHONE and Field.PHONE in mapping:
            mapping.setdefault(Field.OTHER_PHONE, column.label)
        else:
            mapping.setdefault(match.field, column.label)
    _guess_by_cells(survey, mapping)
    _resolve_conflicts(mapping, survey)
    return mapping


def _add_status(survey: Survey, mapping: Mapping) -> Mapping:
    """Add a status column that the earlier mapping does not use. Without it, patients whose visit
    was cancelled would be asked."""
    for column, match in _match_headings(survey.columns):
        if match.field is Field.STATUS and column.label not in mapping.values():
            mapping.setdefault(Field.STATUS, column.label)
    return mapping


def _match_headings(columns: list[ListColumn]) -> list[tuple[ListColumn, HeadingMatch]]:
    """Return the best matches first. Equal ones: filled columns first, then from left to right."""
    matches = [(column, match) for column in columns if (match := _match_column(column))]
    return sorted(
        matches,
        key=lambda item: (
            -item[1].strength,
            -item[1].words,
            not item[0].evidence.filled,
            item[0].index,
        ),
    )


def _match_column(column: ListColumn) -> HeadingMatch | None:
    """Return what the heading says, unless the cells contradict it."""
    match, cells = match_heading(column.heading), column.evidence
    if match is None or not cells.looked_at:
        return match
    if match.field in MOMENTS:
        return _match_part_of_time(column, match)
    if match.field is Field.EMAIL and cells.mostly(cells.phones, 0.4):
        return HeadingMatch(Field.PHONE, match.strength, match.words)
    if _is_contradicted(match.field, column):
        return None
    if match.strength > WEAK or cells.looked_at < ENOUGH_CELLS:
        return match
    return _confirm_weak_match(column, match)


def _has_statuses(column: ListColumn) -> bool:
    """Return whether the cells are statuses. "Estado" may also be a state or a civil status."""
    cells = column.evidence
    is_question = parse_status_heading(column.heading) is not StatusAnswers.NOTHING
    return cells.statuses > 0 or (is_question and cells.mostly(cells.consents))


def _is_contradicted(field: Field, column: ListColumn) -> bool:
    cells = column.evidence
    if field is Field.STATUS:
        return not _has_statuses(column)
    if field in PHONES:
        return cells.mostly(cells.consents) and not cells.phones
    is_known = field in TEXTS and cells.looked_at >= ENOUGH_CELLS
    return is_known and cells.mostly(cells.phones + cells.emails)


def _confirm_weak_match(column: ListColumn, match: HeadingMatch) -> HeadingMatch | None:
    """Keep a match by a weak word only if the cells look like the field."""
    cells = column.evidence
    if match.field in PHONES:
        if cells.mostly(cells.emails):
            return HeadingMatch(Field.EMAIL, WEAK, match.words)
        return match if cells.mostly(cells.phones, 0.3) else None
    if match.field is Field.NAME and cells.mostly(cells.phones + cells.emails + cells.dates):
        return None
    return match


def _match_part_of_time(column: ListColumn, match: HeadingMatch) -> HeadingMatch | None:
    """Decide by the cells whether a column has the date, the time or both."""
    cells = column.evidence
    if cells.mostly(cells.both, 0.5):
        return HeadingMatch(Field.APPOINTMENT_TIME, match.strength, match.words)
    if cells.mostly(cells.dates + cells.both, 0.5):
        return HeadingMatch(Field.APPOINTMENT_DATE, match.strength, match.words)
    if cells.mostly(cells.hours, 0.5):
        return HeadingMatch(Field.APPOINTMENT_HOUR, match.strength, match.words)
    return match if match.strength > WEAK else None


def _guess_by_cells(survey: Survey, mapping: Mapping) -> None:
    """Guess the fields of columns with an unknown heading or none."""
    taken = set(mapping.values())
    free = [
        column
        for column in survey.columns
        if column.label not in taken and (not column.heading or _is_unknown(column.heading))
    ]
    for column in free:
        for field in _fields_by_cells(column):
            if field not in mapping and not (field in DAYS and mapping.keys() & set(DAYS)):
                mapping[field] = column.label
                taken.add(column.label)
                break
    if not mapping.keys() & {Field.NAME, Field.FIRST_NAME, Field.LAST_NAME}:
        people = [
            column
            for column in free
            if column.label not in taken and column.evidence.mostly(column.evidence.names)
        ]
        if people:
            mapping[Field.NAME] = max(people, key=lambda column: column.evidence.distinct).label


def _is_unknown(heading: str) -> bool:
    return not is_known(heading) and bool(meaningful_words(heading))


def _fields_by_cells(column: ListColumn) -> Iterator[Field]:
    cells = column.evidence
    if cells.mostly(cells.emails):
        yield Field.EMAIL
    is_other_number = cells.mostly(cells.identities, 0.5) or cells.mostly(cells.counting, 0.5)
    if cells.mostly(cells.phones) and not is_other_number:
        yield Field.PHONE
        yield Field.OTHER_PHONE
    if cells.mostly(cells.dates + cells.both) and cells.mostly(cells.recent, 0.8):
        yield (Field.APPOINTMENT_TIME if cells.mostly(cells.both, 0.5) else Field.APPOINTMENT_DATE)
    if cells.mostly(cells.hours):
        yield Field.APPOINTMENT_HOUR
    if cells.mostly(cells.channels, 0.8):
        yield Field.CHANNEL
    if cells.mostly(cells.languages, 0.8):
        yield Field.LANGUAGE
    if cells.mostly(cells.statuses, 0.8) and not cells.mostly(cells.consents, 0.8):
        yield Field.STATUS


def _resolve_conflicts(mapping: Mapping, survey: Survey) -> None:
    """Correct fields that depend on each other: phones, parts of names, parts of the time."""
    if Field.PHONE not in mapping and Field.OTHER_PHONE in mapping:
        mapping[Field.PHONE] = mapping.pop(Field.OTHER_PHONE)
    has_half = Field.LAST_NAME in mapping and Field.FIRST_NAME not in mapping
    if has_half and meaningful_words(mapping.get(Field.NAME, "")) in HALF_NAMES:
        mapping[Field.FIRST_NAME] = mapping.pop(Field.NAME)
    if Field.NAME in mapping:
        mapping.pop(Field.FIRST_NAME, None)
        mapping.pop(Field.LAST_NAME, None)
    if Field.APPOINTMENT_TIME in mapping and Field.APPOINTMENT_DATE in mapping:
        time_column = survey.column(mapping[Field.APPOINTMENT_TIME])
        if time_column and Field.APPOINTMENT_HOUR not in mapping and not time_column.evidence.both:
            mapping[Field.APPOINTMENT_HOUR] = mapping.pop(Field.APPOINTMENT_TIME)
        else:
            mapping.pop(Field.APPOINTMENT_DATE)
            mapping.pop(Field.APPOINTMENT_HOUR, None)
    elif Field.APPOINTMENT_HOUR not in mapping and Field.APPOINTMENT_DATE in mapping:
        mapping[Field.APPOINTMENT_TIME] = mapping.pop(Field.APPOINTMENT_DATE)
    elif Field.APPOINTMENT_TIME in mapping and Field.APPOINTMENT_HOUR in mapping:
        time_column = survey.column(mapping[Field.APPOINTMENT_TIME])
        if time_column and not time_column.evidence.both:
            mapping[Field.APPOINTMENT_DATE] = mapping.pop(Field.APPOINTMENT_TIME)
        else:
            mapping.pop(Field.APPOINTMENT_HOUR)


def detect_date_order(
    survey: Survey, mapping: ReadOnlyMapping[Field, str], *, country: str = ""
) -> tuple[str, bool]:
    """Return the order of dates, and whether the cells prove it.

    Without proof it is the usual order of the country.
    """
    columns = [column.evidence for column in _day_columns(survey, mapping)]
    day_first = sum(column.day_first for column in columns)
    month_first = sum(column.month_first for column in columns)
    is_ambiguous = any(column.either for column in columns)
    if day_first != month_first:
        return ("DMY" if day_first > month_first else "MDY"), True
    if any(column.year_first for column in columns) and not is_ambiguous:
        return "YMD", True
    has_dates = any(column.dates or column.both for column in columns)
    is_proven = has_dates and not is_ambiguous and day_first == 0
    return ("MDY" if country == "US" else "DMY"), is_proven


def is_hour_assumed(survey: Survey, mapping: ReadOnlyMapping[Field, str]) -> bool:
    """Return whether the list has days without times, so that END_OF_DAY is used for all."""
    columns = _day_columns(survey, mapping)
    return (
        Field.APPOINTMENT_HOUR not in mapping
        and bool(columns)
        and not any(column.evidence.both for column in columns)
        and any(column.evidence.dates for column in columns)
    )


def _day_columns(survey: Survey, mapping: ReadOnlyMapping[Field, str]) -> list[ListColumn]:
    return [column for field in DAYS if (column := survey.column(mapping.get(field, "")))]


def find_problems(mapping: ReadOnlyMapping[Field, str]) -> list[ListProblem]:
    """Return what is wrong with a mapping: missing fields, columns that are used twice."""
    problems = []
    if not ADDRESSES & mapping.keys():
        problems.append(ListProblem("no_address_column"))
    if not mapping.keys() & set(DAYS):
        problems.append(ListProblem("no_time_column"))
    used: dict[str, Field] = {}
    for field, label in mapping.items():
        if label in used:
            problems.append(ListProblem("column_twice", column=label, fields=[used[label], field]))
        used[label] = field
    return problems
