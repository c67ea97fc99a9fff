from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Picture, Workspace


class Doctor(BaseModel):
    """The spelling of a doctor's name. Imports replace all spellings with the same key by it."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="doctors"
    )
    key = models.CharField(_("key"), max_length=120)
    name = models.CharField(_("name"), max_length=120)
    looks = models.PositiveSmallIntegerField(
        _("how well it reads"), help_text=_("A better spelling takes its place.")
    )

    photo = models.ForeignKey(
        Picture,
        verbose_name=_("photo"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )

    objects = TenantQuerySet["Doctor"].as_manager()

    class Meta:
        verbose_name = _("doctor’s name")
        verbose_name_plural = _("doctors’ names")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="patients_doctor_once"),
            SameWorkspace(field="photo", name="patients_doctor_photo_fk"),
            RowSecurity(name="patients_doctor_row_security"),
        ]

    def __str__(self) -> str:
        return self.name
