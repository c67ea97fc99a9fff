"""The badly written files of tests/patients/files, each with its expected result in a .json."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from patients.lists.column_mapping import (
    detect_date_order,
    find_problems,
    guess_mapping,
    is_hour_assumed,
)
from patients.lists.problem_messages import problem_message
from patients.lists.problems import ListProblem
from patients.lists.row_reader import RowReader
from patients.lists.rows import rows
from patients.lists.survey import Survey, survey
from patients.people.facts import Refusal

FILES = Path(__file__).parents[1] / "files"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EXPECTED = {path.stem: json.loads(path.read_text("utf-8")) for path in FILES.glob("*.json")}
READ = sorted(name for name, expected in EXPECTED.items() if "rows" in expected)
REFUSED = sorted(EXPECTED.keys() - set(READ))


def test_every_file_has_its_expected_result() -> None:
    files = {
        path.name
        for path in FILES.iterdir()
        if path.suffix not in {".json", ".md"} and path.name[0] != "."
    }
    assert files == EXPECTED.keys()
    assert len(files) >= 35


@pytest.mark.parametrize("name", REFUSED)
def test_file_that_is_no_list_is_refused_with_a_message(name: str) -> None:
    expected = EXPECTED[name]
    with (FILES / name).open("rb") as file, pytest.raises(ListProblem) as raised:
        survey(file, filename=name)
    assert raised.value.code in expected.get("problem_in", [expected.get("problem")])
    assert expected.get("problem_details", {}).items() <= raised.value.details.items()
    assert "…" not in problem_message(raised.value.code, raised.value.details)


@pytest.mark.parametrize("name", READ)
def test_list_gives_the_expected_rows(name: str) -> None:
    expected = EXPECTED[name]
    with (FILES / name).open("rb") as file:
        found = survey(file, filename=name, today=date(2026, 11, 20))
        assert Survey.from_json(json.loads(json.dumps(found.as_json()))) == found
        assert survey_values(found, expected.get("survey", {})) == expected.get("survey", {})
        mapping = guess_mapping(found)
        if "mapping" in expected:
            assert mapping == expected["mapping"]
        assert [problem.code for problem in find_problems(mapping)] == expected.get("lacking", [])
        country = expected.get("country", "EC")
        order = detect_date_order(found, mapping, country=country)
        assert list(order) == expected.get("date_order", list(order))
        assert is_hour_assumed(found, mapping) == expected.get("hour_assumed", False)
        reader = RowReader(
            survey=found,
            mapping=mapping,
            date_order=order[0],
            country=country,
            zone=ZoneInfo(expected.get("zone", "America/Guayaquil")),
            language="es",
            now=NOW,
        )
        read = {row.number: result_values(reader.read(row)) for row in rows(file, found)}
    assert len(read) == found.rows
    for row in expected["rows"]:
        result = read[row["row"]]
        assert {key: result.get(key) for key in row if key != "row"} == {
            key: value for key, value in row.items() if key != "row"
        }, row["row"]


def survey_values(found: Survey, keys: dict[str, Any]) -> dict[str, Any]:
    values = {**found.as_json(), "labels": [column.label for column in found.columns]}
    return {key: values[key] for key in keys}


def result_values(read: Any) -> dict[str, Any]:
    if isinstance(read, Refusal):
        assert "…" not in problem_message(read.reason, read.details)
        return {"reason": read.reason, "details": read.details}
    values = {name: getattr(read, name) for name in read.__slots__}
    warning = [read.warning.reason, read.warning.value] if read.warning else None
    return {**values, "appointment_time": read.appointment_time.isoformat(), "warning": warning}
