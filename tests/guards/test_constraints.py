"""Check that every named constraint has a test that breaks it."""

from pathlib import Path

from django.db.models import CheckConstraint, UniqueConstraint

from tests.guards import tenants

TESTS = "\n".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_rules.py"))
CONSTRAINTS = [
    rule.name
    for model in tenants.our_models()
    for rule in model._meta.constraints
    if isinstance(rule, CheckConstraint)
    # (workspace, id) exists only for foreign keys; id alone is unique already
    or (isinstance(rule, UniqueConstraint) and rule.fields != ("workspace", "id"))
]


def test_every_constraint_has_a_test_that_breaks_it() -> None:
    assert len(CONSTRAINTS) > 50
    assert [name for name in CONSTRAINTS if f'"{name}"' not in TESTS] == []
