from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models import Workspace
from workspaces.rows import Row, TenantQuerySet
from workspaces.walls import Wall


class Digest(Row):
    """That the owners were told of a week, so that they are told once."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    week = models.DateField(_("week of"))

    objects = TenantQuerySet["Digest"].as_manager()

    class Meta:
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "week"], name="messaging_digest_once"),
            Wall(name="messaging_digest_wall"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id} {self.week}"
