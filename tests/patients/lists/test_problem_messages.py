import ast
from pathlib import Path

import pytest
from django.utils import translation

import patients
from patients.lists.fields import Field
from patients.lists.problem_messages import CODES, FIELD_NAMES, problem_message
from patients.people.builder import PHONE_PROBLEMS

RAISED = {"ListProblem", "FactsRefusedError"}
DETAILS = {
    "value": "09876",
    "column": "Celular",
    "columns": 500,
    "fields": [Field.PHONE, Field.NAME],
    "limit": 120,
    "row": 7,
    "sheet": "Citas",
}


def raised_codes() -> set[str]:
    calls = (
        node
        for path in Path(patients.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
    )
    first = (call.args[0] for call in calls if call.func.id in RAISED)  # type: ignore[attr-defined]
    texts = (node for argument in first for node in ast.walk(argument))
    return {
        node.value for node in texts if isinstance(node, ast.Constant) and type(node.value) is str
    }


def test_every_raised_code_has_a_message() -> None:
    raised = raised_codes() | set(PHONE_PROBLEMS.values())
    assert {"empty", "password", "formula", "time_far"} <= raised
    assert raised <= CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_message_of_every_code_is_complete(code: str) -> None:
    with translation.override("en"):
        message = problem_message(code, DETAILS)
    assert "%(" not in message
    assert "…" not in message
    assert message.endswith(".")


def test_missing_detail_is_shown_as_an_ellipsis() -> None:
    with translation.override("en"):
        assert problem_message("phone_invalid", {}).startswith("“…” is no valid phone")


def test_every_field_has_a_display_name() -> None:
    assert FIELD_NAMES.keys() == set(Field)
