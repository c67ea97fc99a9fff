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
        # Days are facts of one name, in whichever of the two columns they are.
        if Field.APPOINTMENT_TIME not in labels and Field.APPOINTMENT_DATE in labels:
            labels[Field.APPOINTMENT_TIME] = labels[Field.APPOINTMENT_DATE]
        self.indexes = {field: indexes[label] for field, label in labels.items()}
        self.has_consent_column = Field.CONSENT in labels
        self.declared_consent = consent_words.strip()[:MAX_EVIDENCE]
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
                consent_is_refusal=is_refusal(labels.get(Field.CONSENT, "")),
                status_answers=parse_status_heading(labels.get(Field.STATUS, "")),
            ),
        )

    def read(self, row: ListRow) -> Person | Refusal:
        return self.builder.build(self._facts(row.cells))

    def _facts(self, cells: list[Cell]) -> AppointmentFacts:
        indexes, width = self.indexes, len(cells)

        def cell(field: Field) -> Cell:
            index = indexes.get(field, width)
            return cells[index] if index < width else None

        return AppointmentFacts(
            name=cell(Field.NAME),
            first_name=cell(Field.FIRST_NAME),
            last_name=cell(Field.LAST_NAME),
            phone=cell(Field.PHONE),
            other_phone=cell(Field.OTHER_PHONE),
            email=cell(Field.EMAIL),
            appointment_time=cell(Field.APPOINTMENT_TIME),
            appointment_hour=cell(Field.APPOINTMENT_HOUR),
            appointment_type=cell(Field.APPOINTMENT_TYPE),
            doctor=cell(Field.DOCTOR),
            status=cell(Field.STATUS),
            consent=cell(Field.CONSENT) if self.has_consent_column else bool(self.declared_consent),
            consent_words=None if self.has_consent_column else self.declared_consent,
            channel=cell(Field.CHANNEL),
            language=cell(Field.LANGUAGE),
        )
