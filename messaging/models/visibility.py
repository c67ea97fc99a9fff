from typing import Self, TypeVar

from django.db.models import Model

from core.models.base import TenantQuerySet
from workspaces.models import Role, User

M_co = TypeVar("M_co", bound=Model, covariant=True)


class VisibleWithPatient(TenantQuerySet[M_co]):
    """For rows with a `patient`."""

    def visible_to(self, user: User) -> Self:
        """Owners see all, doctors those of their own campaigns; nobody sees the erased."""
        shown = self.filter(patient__data_deleted_at=None)
        if user.role == Role.OWNER:
            return shown
        return shown.filter(patient__campaign__created_by=user)
