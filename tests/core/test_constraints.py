"""`makemigrations` notices when the SQL of one of our constraints has changed."""

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Model

from core.constraints import DatabaseConstraint
from tests.guards import tenants

CONSTRAINTS = [
    (model, constraint)
    for model in tenants.our_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, DatabaseConstraint)
]
KINDS = sorted({type(constraint) for _model, constraint in CONSTRAINTS}, key=lambda k: k.__name__)


def planned_changes(before: ProjectState, app: str) -> list[str]:
    graph = MigrationLoader(None).graph
    changes = MigrationAutodetector(before, ProjectState.from_apps(apps)).changes(graph)
    return [
        type(operation).__name__
        for migration in changes.get(app, [])
        for operation in migration.operations
    ]


def test_unchanged_sql_needs_no_migration() -> None:
    before = ProjectState.from_apps(apps)

    assert planned_changes(before, "core") == []


@pytest.mark.parametrize("kind", KINDS)
def test_changed_sql_needs_a_migration(
    kind: type[DatabaseConstraint], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = next(model for model, constraint in CONSTRAINTS if type(constraint) is kind)
    before = ProjectState.from_apps(apps)
    create = kind.create
    monkeypatch.setattr(
        kind, "create", lambda self, model: create(self, model) + "SELECT 'another rule';"
    )
    for _model, constraint in CONSTRAINTS:
        monkeypatch.setattr(constraint, "_digest", "")

    changes = planned_changes(before, model._meta.app_label)

    assert {"RemoveConstraint", "AddConstraint"} <= set(changes)


@pytest.mark.parametrize(
    ("model", "constraint"),
    CONSTRAINTS,
    ids=[constraint.name for _model, constraint in CONSTRAINTS],
)
def test_clone_of_a_constraint_has_the_same_digest(
    model: type[Model], constraint: DatabaseConstraint
) -> None:
    clone = constraint.clone()

    assert clone == constraint
    assert clone.create(model) == constraint.create(model)
