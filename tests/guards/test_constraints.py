"""Every constraint that we named has a test that breaks it."""

from pathlib import Path

import pytest
from django.db.models import CheckConstraint, UniqueConstraint

from tests.guards import tenants

TESTS = "\n".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_rules.py"))
NAMED = [
    rule.name
    for model in tenants.our_models()
    for rule in model._meta.constraints
    if isinstance(rule, CheckConstraint)
    # (workspace, id) is unique because id is: it is there to be pointed at
    or (isinstance(rule, UniqueConstraint) and rule.fields != ("workspace", "id"))
]


@pytest.mark.parametrize("name", NAMED)
def test_a_constraint_has_a_test_that_breaks_it(name: str) -> None:
    assert f'"{name}"' in TESTS
