"""What all factories share."""

from typing import Any, TypeVar

from django.db import models
from factory.declarations import SelfAttribute
from factory.django import DjangoModelFactory

from core import tenancy

M = TypeVar("M", bound=models.Model)

PASSWORD = "correcto-caballo"
# For a SubFactory whose row must belong to the same clinic.
SAME_WORKSPACE = SelfAttribute("..workspace")


class RowFactory(DjangoModelFactory[M]):
    """Create a row as the platform, because a test has no tenant of its own."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[M], *args: Any, **kwargs: Any) -> M:
        with tenancy.platform("factory"):
            row: M = super()._create(model_class, *args, **kwargs)
        return row
