"""Map the cells of a row to appointment facts and build a person from them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from patients.lists.cells import Cell, ListRow
from patients.lists.fields import Field
from patients.lists.headings import is_refusal
from patients.lists.survey import Survey
from patients.people.builder import PersonBuilder
from patients.people.facts import (
    MAX_EVIDENCE,
    AppointmentFacts,
    Person,
    PracticeContext,
    Refusal,
    SourceFormat,
)
from patients.people.statuses import parse_status_heading

# The place of a fact that the list does not have: behind the end of every row.
NO_PLACE = 1_000_000


class RowReader:
    """Reads the rows of one list. `mapping` says which column holds which field.

    `consent_words` is what the uploader declared for everybody; it counts only for a list without
    a consent column.
    """

    def __init__(
        self,
        *,
        survey: Survey,
        mapping: Mapping[Field, str],
        date_order: str,
        country: str,
        zone: ZoneInfo,
        language: str,
        consent_words: str = "",
        now: datetime | None = None,
    ) -> None:
        indexes = {column.label: column.index for column in survey.columns}
        labels = {Field(field): label for field, label in mapping.items() if label in indexes}
        # A column of days alone is the fact `appointment_time`, too.
        if Field.APPOINTMENT_TIME not in labels and Field.APPOINTMENT_DATE in labels:
            labels[Field.APPOINTMENT_TIME] = labels[Field.APPOINTMENT_DATE]
        # In the order of AppointmentFacts, whose fields have the names of ours.
        self.places = [
            indexes[labels[Field(fact)]] if fact in labels else NO_PLACE
            for fact in AppointmentFacts._fields
        ]
        day_column = survey.column(labels.get(Field.APPOINTMENT_TIME, ""))
        has_hours_in_days = bool(day_column and day_column.evidence.both)
        self.builder = PersonBuilder(
            PracticeContext(country, zone, language, now or datetime.now(UTC)),
            SourceFormat(
                labels={field.value: label for field, label in labels.items()},
                date_order=date_order,
                has_hours=has_hours_in_days or Field.APPOINTMENT_HOUR in labels,
                # Programs write a day without a time as midnight, all down the column.
                midnight_is_a_time=has_hours_in_days,
                declared_consent=None
                if Field.CONSENT in labels
                else consent_words.strip()[:MAX_EVIDENCE],
                consent_is_refusal=is_refusal(labels.get(Field.CONSENT, "")),
                status_answers=parse_status_heading(labels.get(Field.STATUS, "")),
            ),
        )

    def read(self, row: ListRow) -> Person | Refusal:
        return self.builder.build(self._facts(row.cells))

    def _facts(self, cells: list[Cell]) -> AppointmentFacts:
        width = len(cells)
        return AppointmentFacts._make(
            [cells[place] if place < width else None for place in self.places]
        )
