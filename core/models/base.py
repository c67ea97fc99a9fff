"""The base of our models and of the querysets of tenant models."""

from typing import Self, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class BaseModel(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        abstract = True


class TenantQuerySet(models.QuerySet[M_co]):
    def within(self, workspace: "models.Model | UUID") -> Self:
        """Return the rows of this workspace."""
        key = workspace if isinstance(workspace, UUID) else workspace.pk
        return self.filter(workspace_id=key)


def choices_constraint(
    field: str, choices: type[models.TextChoices], *, name: str
) -> models.CheckConstraint:
    """Return a constraint that allows only the values of an enumeration."""
    return models.CheckConstraint(condition=models.Q((f"{field}__in", choices.values)), name=name)
