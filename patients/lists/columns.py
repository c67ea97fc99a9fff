"""Which column holds which of our fields: by its heading, and by what stands in it."""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly

from patients.lists.fields import Field, Mapping
from patients.lists.heading_words import WEAK
from patients.lists.headings import Match, is_known, match, normal
from patients.lists.problems import ListProblem
from patients.lists.statuses import StatusAnswers, answers_of
from patients.lists.survey import ListColumn, Survey

__all__ = ["Field", "Mapping", "date_order", "guess", "hour_assumed", "lacking"]

REACHED_BY = frozenset({Field.PHONE, Field.OTHER_PHONE, Field.EMAIL})
PHONES = frozenset({Field.PHONE, Field.OTHER_PHONE})
TEXTS = frozenset({Field.NAME, Field.DOCTOR, Field.APPOINTMENT_TYPE})
DAYS = (Field.APPOINTMENT_TIME, Field.APPOINTMENT_DATE)
MOMENTS = frozenset({*DAYS, Field.APPOINTMENT_HOUR})
# What is the whole name, unless another column has the rest of it.
HALF_NAMES = frozenset({"nombre", "name", "nome", "nombre paciente", "patient name", "paciente"})
# Fewer cells than this prove nothing against a heading.
ENOUGH = 3


def guess(survey: Survey, remembered: ReadOnly[Field, str] | None = None) -> Mapping:
    labels = {column.label for column in survey.columns}
    if remembered and labels.issuperset(remembered.values()):
        return _with_status(survey, {Field(f): label for f, label in remembered.items()})
    mapping: Mapping = {}
    for column, matched in _by_heading(survey.columns):
        if matched.field is Field.PHONE and Field.PHONE in mapping:
            mapping.setdefault(Field.OTHER_PHONE, column.label)
        else:
            mapping.setdefault(matched.field, column.label)
    _by_cells(survey, mapping)
    _settle(mapping, survey)
    return mapping


def _with_status(survey: Survey, mapping: Mapping) -> Mapping:
    """A status column that nobody chose last time: not to read it asks people who never came."""
    for column, matched in _by_heading(survey.columns):
        if matched.field is Field.STATUS and column.label not in mapping.values():
            mapping.setdefault(Field.STATUS, column.label)
    return mapping


def _by_heading(columns: list[ListColumn]) -> list[tuple[ListColumn, Match]]:
    """The surest first; of equals the one that is filled, then the one further left."""
    found = [(column, agreed) for column in columns if (agreed := _agreed(column))]
    return sorted(
        found,
        key=lambda one: (-one[1].strength, -one[1].words, not one[0].evidence.filled, one[0].index),
    )


def _agreed(column: ListColumn) -> Match | None:
    """What the heading says, unless the cells contradict it."""
    matched, seen = match(column.heading), column.evidence
    if matched is None or not seen.looked_at:
        return matched
    if matched.field in MOMENTS:
        return _moment(column, matched)
    if matched.field is Field.EMAIL and seen.mostly(seen.phones, 0.4):
        return Match(Field.PHONE, matched.strength, matched.words)
    if _is_contradicted(matched.field, column):
        return None
    if matched.strength > WEAK or seen.looked_at < ENOUGH:
        return matched
    return _proven(column, matched)


def _says_what_became(column: ListColumn) -> bool:
    """Whether the cells prove it: below "Estado" may stand provinces, or a civil status."""
    seen = column.evidence
    is_question = answers_of(column.heading) is not StatusAnswers.NOTHING
    return seen.statuses > 0 or (is_question and seen.mostly(seen.consents))


def _is_contradicted(field: Field, column: ListColumn) -> bool:
    seen = column.evidence
    if field is Field.STATUS:
        return not _says_what_became(column)
    if field in PHONES:
        return seen.mostly(seen.consents) and not seen.phones
    is_known = field in TEXTS and seen.looked_at >= ENOUGH
    return is_known and seen.mostly(seen.phones + seen.emails)


def _proven(column: ListColumn, matched: Match) -> Match | None:
    """A weak word counts where the cells bear it out."""
    seen = column.evidence
    if matched.field in PHONES:
        if seen.mostly(seen.emails):
            return Match(Field.EMAIL, WEAK, matched.words)
        return matched if seen.mostly(seen.phones, 0.3) else None
    if matched.field is Field.NAME and seen.mostly(seen.phones + seen.emails + seen.dates):
        return None
    return matched


def _moment(column: ListColumn, matched: Match) -> Match | None:
    """A heading says that it is about the appointment, the cells say which part of it."""
    seen = column.evidence
    if seen.mostly(seen.both, 0.5):
        return Match(Field.APPOINTMENT_TIME, matched.strength, matched.words)
    if seen.mostly(seen.dates + seen.both, 0.5):
        return Match(Field.APPOINTMENT_DATE, matched.strength, matched.words)
    if seen.mostly(seen.hours, 0.5):
        return Match(Field.APPOINTMENT_HOUR, matched.strength, matched.words)
    return matched if matched.strength > WEAK else None


def _by_cells(survey: Survey, mapping: Mapping) -> None:
    """What no heading told: columns with an unknown heading, or none."""
    taken = set(mapping.values())
    free = [
        column
        for column in survey.columns
        if column.label not in taken and (not column.heading or _is_strange(column.heading))
    ]
    for column in free:
        for field in _looks_like(column):
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
            mapping[Field.NAME] = max(people, key=lambda one: one.evidence.distinct).label


def _is_strange(heading: str) -> bool:
    return not is_known(heading) and bool(normal(heading))


def _looks_like(column: ListColumn) -> Iterator[Field]:
    seen = column.evidence
    if seen.mostly(seen.emails):
        yield Field.EMAIL
    is_other_number = seen.mostly(seen.identities, 0.5) or seen.mostly(seen.counting, 0.5)
    if seen.mostly(seen.phones) and not is_other_number:
        yield Field.PHONE
        yield Field.OTHER_PHONE
    if seen.mostly(seen.dates + seen.both) and seen.mostly(seen.recent, 0.8):
        yield Field.APPOINTMENT_TIME if seen.mostly(seen.both, 0.5) else Field.APPOINTMENT_DATE
    if seen.mostly(seen.hours):
        yield Field.APPOINTMENT_HOUR
    if seen.mostly(seen.channels, 0.8):
        yield Field.CHANNEL
    if seen.mostly(seen.languages, 0.8):
        yield Field.LANGUAGE
    if seen.mostly(seen.statuses, 0.8) and not seen.mostly(seen.consents, 0.8):
        yield Field.STATUS


def _settle(mapping: Mapping, survey: Survey) -> None:
    """What the fields say about each other."""
    if Field.PHONE not in mapping and Field.OTHER_PHONE in mapping:
        mapping[Field.PHONE] = mapping.pop(Field.OTHER_PHONE)
    has_half = Field.LAST_NAME in mapping and Field.FIRST_NAME not in mapping
    if has_half and normal(mapping.get(Field.NAME, "")) in HALF_NAMES:
        mapping[Field.FIRST_NAME] = mapping.pop(Field.NAME)
    if Field.NAME in mapping:
        mapping.pop(Field.FIRST_NAME, None)
        mapping.pop(Field.LAST_NAME, None)
    if Field.APPOINTMENT_TIME in mapping and Field.APPOINTMENT_DATE in mapping:
        whole = survey.column(mapping[Field.APPOINTMENT_TIME])
        if whole and Field.APPOINTMENT_HOUR not in mapping and not whole.evidence.both:
            mapping[Field.APPOINTMENT_HOUR] = mapping.pop(Field.APPOINTMENT_TIME)
        else:
            mapping.pop(Field.APPOINTMENT_DATE)
            mapping.pop(Field.APPOINTMENT_HOUR, None)
    elif Field.APPOINTMENT_HOUR not in mapping and Field.APPOINTMENT_DATE in mapping:
        mapping[Field.APPOINTMENT_TIME] = mapping.pop(Field.APPOINTMENT_DATE)
    elif Field.APPOINTMENT_TIME in mapping and Field.APPOINTMENT_HOUR in mapping:
        whole = survey.column(mapping[Field.APPOINTMENT_TIME])
        if whole and not whole.evidence.both:
            mapping[Field.APPOINTMENT_DATE] = mapping.pop(Field.APPOINTMENT_TIME)
        else:
            mapping.pop(Field.APPOINTMENT_HOUR)


def date_order(
    survey: Survey, mapping: ReadOnly[Field, str], *, country: str = ""
) -> tuple[str, bool]:
    """The order that the whole column shows, and whether it does; else what the country writes."""
    seen = [column.evidence for column in _days(survey, mapping)]
    days, months = sum(one.day_first for one in seen), sum(one.month_first for one in seen)
    if days != months:
        return ("DMY" if days > months else "MDY"), True
    if any(one.year_first for one in seen) and not any(one.either for one in seen):
        return "YMD", True
    is_open = any(one.either for one in seen) or days > 0
    return ("MDY" if country == "US" else "DMY"), not is_open and any(
        one.dates or one.both for one in seen
    )


def hour_assumed(survey: Survey, mapping: ReadOnly[Field, str]) -> bool:
    """Whether the list has days and no hours: then every appointment counts as the day's end."""
    days = _days(survey, mapping)
    return (
        Field.APPOINTMENT_HOUR not in mapping
        and bool(days)
        and not any(column.evidence.both for column in days)
        and any(column.evidence.dates for column in days)
    )


def _days(survey: Survey, mapping: ReadOnly[Field, str]) -> list[ListColumn]:
    return [column for field in DAYS if (column := survey.column(mapping.get(field, "")))]


def lacking(mapping: ReadOnly[Field, str]) -> list[ListProblem]:
    problems = []
    if not REACHED_BY & mapping.keys():
        problems.append(ListProblem("no_address_column"))
    if not mapping.keys() & set(DAYS):
        problems.append(ListProblem("no_time_column"))
    used: dict[str, Field] = {}
    for field, label in mapping.items():
        if label in used:
            problems.append(ListProblem("column_twice", column=label, fields=[used[label], field]))
        used[label] = field
    return problems
