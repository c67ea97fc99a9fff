from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Workspace


class PastAsk(BaseModel):
    """An ask whose address is no longer in the patient's row.

    Retention, erasure and a corrected phone remove the address from the row. Without this, a list
    that is uploaded again would ask the same person a second time.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="past_asks"
    )
    digest = models.CharField(_("digest"), max_length=64)
    appointment_time = models.DateTimeField(_("appointment"))
    asked_at = models.DateTimeField(_("asked"))

    objects = TenantQuerySet["PastAsk"].as_manager()

    class Meta:
        verbose_name = _("past ask")
        verbose_name_plural = _("past asks")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "digest", "appointment_time"], name="patients_pastask_once"
            ),
            RowSecurity(name="patients_pastask_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
