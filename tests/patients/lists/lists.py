"""Read small lists that are written in a test."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from patients.lists.cells import ListRow
from patients.lists.column_mapping import detect_date_order, guess_mapping
from patients.lists.row_reader import RowReader
from patients.lists.rows import rows
from patients.lists.survey import Survey, survey
from patients.people.facts import Person, Refusal

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def survey_text(content: bytes | str, filename: str = "list.csv") -> Survey:
    data = content.encode() if isinstance(content, str) else content
    return survey(io.BytesIO(data), filename=filename, today=TODAY)


def rows_of(content: bytes | str) -> list[ListRow]:
    data = content.encode() if isinstance(content, str) else content
    return list(rows(io.BytesIO(data), survey_text(data)))


def reader_of(found: Survey, *, country: str = "EC", consent_words: str = "") -> RowReader:
    mapping = guess_mapping(found)
    return RowReader(
        survey=found,
        mapping=mapping,
        date_order=detect_date_order(found, mapping, country=country)[0],
        country=country,
        zone=ZoneInfo("America/Guayaquil"),
        language="es",
        consent_words=consent_words,
        now=NOW,
    )


def read_people(content: bytes | str, *, consent_words: str = "") -> Sequence[Person | Refusal]:
    reader = reader_of(survey_text(content), consent_words=consent_words)
    return [reader.read(row) for row in rows_of(content)]
