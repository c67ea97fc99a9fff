"""The models that the guards check, found by walking all models."""

from typing import Any, cast

from django.apps import apps
from django.db import models
from factory.django import DjangoModelFactory

from core.constraints import RowSecurity, SharedOrOwn
from tests import factories
from workspaces.models import Workspace

APPS = (
    "core",
    "workspaces",
    "integrations",
    "billing",
    "templates_app",
    "campaigns",
    "patients",
    "messaging",
    "reviews",
    "insights",
    "config",
)

# Tables without row security, and the reasons.
WITHOUT_ROW_SECURITY = {
    "workspaces_user": "signing in finds the user before the workspace is known",
    "workspaces_legaltext": "the platform's legal texts are public and belong to no clinic",
    "workspaces_knowndevice": "signing in recognises the browser before the workspace is known",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def tenant_models() -> list[type[models.Model]]:
    """Return every model with a workspace, except those in WITHOUT_ROW_SECURITY."""
    return [
        model
        for model in our_models()
        if "workspace_id" in columns(model) and model._meta.db_table not in WITHOUT_ROW_SECURITY
    ]


def columns(model: type[models.Model]) -> set[str]:
    return {field.column for field in model._meta.local_concrete_fields}


def row_security(model: type[models.Model]) -> RowSecurity | None:
    return next((rule for rule in model._meta.constraints if isinstance(rule, RowSecurity)), None)


def is_shared(model: type[models.Model]) -> bool:
    rule = row_security(model)
    return rule is not None and rule.shared


def factory_of(model: type[models.Model]) -> type[DjangoModelFactory[Any]]:
    matching = [
        value
        for value in vars(factories).values()
        if isinstance(value, type)
        and issubclass(value, DjangoModelFactory)
        and value._meta.model is model
    ]
    assert matching, f"tests/factories has no factory for {model.__name__}"
    # The most general one: StaffFactory derives from UserFactory.
    return min(matching, key=lambda factory: len(factory.mro()))


def create_row(model: type[models.Model], workspace: Workspace) -> Any:
    if model._meta.get_field("workspace_id").is_relation:
        return factory_of(model).create(workspace=workspace)
    return factory_of(model).create(workspace_id=workspace.pk)


def keys_to_tenants(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """Return the foreign keys of a model to tables that belong to a workspace."""
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
