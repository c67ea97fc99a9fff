"""What the guards look at, found by walking the models; nothing here is listed by hand."""

from typing import Any, cast

from django.apps import apps
from django.db import models
from factory.django import DjangoModelFactory

from core.constraints import RowSecurity, SharedOrOwn
from tests import factories
from workspaces.models import Workspace

OURS = (
    "core",
    "workspaces",
    "integrations",
    "billing",
    "templates_app",
    "campaigns",
    "patients",
    "messaging",
    "insights",
    "config",
)

# Tables that row security does not cover, and why.
OUTSIDE_THE_WALL = {
    "workspaces_user": "a login finds the person before it knows the workspace",
    "workspaces_knowndevice": "a login recognises the browser before it knows the workspace",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def tenant_models() -> list[type[models.Model]]:
    """Every model with a workspace, but for those that stand outside the wall for a reason."""
    return [
        model
        for model in our_models()
        if "workspace_id" in columns(model) and model._meta.db_table not in OUTSIDE_THE_WALL
    ]


def columns(model: type[models.Model]) -> set[str]:
    return {field.column for field in model._meta.local_concrete_fields}


def wall(model: type[models.Model]) -> RowSecurity | None:
    walls = [rule for rule in model._meta.constraints if isinstance(rule, RowSecurity)]
    return walls[0] if walls else None


def is_shared(model: type[models.Model]) -> bool:
    found = wall(model)
    return found is not None and found.shared


def factory_of(model: type[models.Model]) -> type[DjangoModelFactory[Any]]:
    found = [
        thing
        for thing in vars(factories).values()
        if isinstance(thing, type)
        and issubclass(thing, DjangoModelFactory)
        and thing._meta.model is model
    ]
    assert found, f"tests/factories.py has no factory for {model.__name__}"
    return found[0]


def a_row_of(model: type[models.Model], workspace: Workspace) -> Any:
    if model._meta.get_field("workspace_id").is_relation:
        return factory_of(model).create(workspace=workspace)
    return factory_of(model).create(workspace_id=workspace.pk)


def keys_to_tenants(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """The keys of a model that point at something that belongs to a workspace."""
    return [
        field
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.related_model not in (Workspace, "self")
        and "workspace_id" in columns(cast(type[models.Model], field.related_model))
    ]


def points_at_shared(model: type[models.Model], field: str) -> bool:
    return any(
        isinstance(rule, SharedOrOwn) and rule.field == field for rule in model._meta.constraints
    )
