from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models.workspace import Workspace


class FlagKind(models.TextChoices):
    LINK = "LINK", _("A link to elsewhere")
    WORDS = "WORDS", _("Words of phishing")
    DISPUTE = "DISPUTE", _("A payment that is disputed")
    LIMIT = "LIMIT", _("Reached the limit of a new clinic")


class SenderFlag(BaseModel):
    """A reason for platform staff to look at what a clinic sends. One row for each finding."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="flags"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=FlagKind)
    about = models.CharField(_("what was found"), max_length=100)
    seen_at = models.DateTimeField(_("seen by staff"), null=True, blank=True)

    objects = TenantQuerySet["SenderFlag"].as_manager()

    class Meta:
        verbose_name = _("flag of a sender")
        verbose_name_plural = _("flags of senders")
        indexes = [
            # For the page on which platform staff see the new flags.
            models.Index(fields=["workspace"], condition=Q(seen_at=None), name="senderflag_unseen"),
        ]
        constraints = [
            choices_constraint("kind", FlagKind, name="workspaces_senderflag_kind_known"),
            models.UniqueConstraint(
                fields=["workspace", "kind", "about"], name="workspaces_senderflag_once"
            ),
            RowSecurity(name="workspaces_senderflag_row_security"),
        ]

    def __str__(self) -> str:
        label = self.get_kind_display()
        return label if self.kind == FlagKind.LIMIT else f"{label}: {self.about}"
