from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models import Workspace
from workspaces.rows import Row, TenantQuerySet
from workspaces.walls import Wall


class Doctor(Row):
    """How a clinic's lists spell a doctor's name. All spellings with one key become this one."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="doctors"
    )
    key = models.CharField(_("key"), max_length=120)
    name = models.CharField(_("name"), max_length=120)
    looks = models.PositiveSmallIntegerField(
        _("how well it reads"), help_text=_("A better spelling takes its place.")
    )

    objects = TenantQuerySet["Doctor"].as_manager()

    class Meta:
        verbose_name = _("doctor’s name")
        verbose_name_plural = _("doctors’ names")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="patients_doctor_once"),
            Wall(name="patients_doctor_wall"),
        ]

    def __str__(self) -> str:
        return self.name
