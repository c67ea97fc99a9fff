from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Workspace


class FirstContact(BaseModel):
    """A stranger that a clinic wrote to while it was not fully trusted yet.

    The rows are counted against the limit of strangers. Only the digest of the address is stored,
    because the row is kept after an erasure: otherwise each erased patient would make room again.
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="first_contacts",
    )
    digest = models.CharField(_("digest"), max_length=64)

    objects = TenantQuerySet["FirstContact"].as_manager()

    class Meta:
        verbose_name = _("first contact")
        verbose_name_plural = _("first contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "digest"], name="patients_firstcontact_once"
            ),
            RowSecurity(name="patients_firstcontact_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
