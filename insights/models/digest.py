from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Workspace


class Digest(BaseModel):
    """A week whose digest was sent to the owners, so that it is sent only once."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    week = models.DateField(_("week of"))

    objects = TenantQuerySet["Digest"].as_manager()

    class Meta:
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "week"], name="insights_digest_once"),
            RowSecurity(name="insights_digest_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id} {self.week}"
