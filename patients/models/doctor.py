from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Workspace


class Doctor(BaseModel):
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
            RowSecurity(name="patients_doctor_row_security"),
        ]

    def __str__(self) -> str:
        return self.name
