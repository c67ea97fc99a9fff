from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SharedOrOwn
from core.models.base import BaseModel, TenantQuerySet
from messaging.models.sender import Sender
from workspaces.models import Workspace


class HiddenNumber(BaseModel):
    """The id that WhatsApp gives a person who hides the phone, and the phone that we wrote to.

    Known from the first message that ties the two. Without it, a later BAJA that quotes nothing
    could not be told apart from a stranger's.
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="hidden_numbers",
    )
    sender = models.ForeignKey(
        Sender, verbose_name=_("sender"), on_delete=models.CASCADE, related_name="hidden_numbers"
    )
    user_id = models.CharField(
        _("WhatsApp user"), max_length=128, help_text=_("Means something to this sender only.")
    )
    address = models.CharField(_("phone"), max_length=16)

    objects = TenantQuerySet["HiddenNumber"].as_manager()

    class Meta:
        verbose_name = _("hidden number")
        verbose_name_plural = _("hidden numbers")
        indexes = [
            # The erasure's and the export's; and by it the one open ask is known to be free.
            models.Index(fields=["address", "workspace"], name="hiddennumber_address"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "user_id", "workspace"], name="messaging_hiddennumber_once"
            ),
            SharedOrOwn(field="sender", name="messaging_hiddennumber_sender_own"),
            RowSecurity(name="messaging_hiddennumber_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
