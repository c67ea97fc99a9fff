from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from templates_app.models import Channel
from workspaces.models import Workspace


class Sender(BaseModel):
    """A number, service or mailbox that messages are sent from. All share one without workspace."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="senders",
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    address = models.CharField(_("address or messaging service"), max_length=254)
    two_way = models.BooleanField(
        _("replies come back"),
        default=False,
        help_text=_("Where it is off, a text must carry a link: nobody can answer it."),
    )
    rate_per_second = models.DecimalField(
        _("messages a second"), max_digits=6, decimal_places=2, default=1
    )
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    pause_reason = models.CharField(_("why"), max_length=200, blank=True)
    next_probe_at = models.DateTimeField(
        _("next try"),
        null=True,
        blank=True,
        help_text=_("When one message tries whether it works again. Empty: paused by hand."),
    )

    objects = TenantQuerySet["Sender"].as_manager()

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address"], name="messaging_sender_address_unique"
            ),
            choices_constraint("channel", Channel, name="messaging_sender_channel_known"),
            models.CheckConstraint(
                condition=models.Q(rate_per_second__gt=0), name="messaging_sender_rate_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(next_probe_at=None) | models.Q(paused_at__isnull=False),
                name="messaging_sender_probed_only_while_paused",
            ),
            RowSecurity(name="messaging_sender_row_security", shared=True),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"


class SenderStop(BaseModel):
    """An address that stopped a sender. It holds for every workspace that uses the sender."""

    sender = models.ForeignKey(
        Sender, verbose_name=_("sender"), on_delete=models.CASCADE, related_name="stops"
    )
    address = models.CharField(_("address"), max_length=254)

    class Meta:
        verbose_name = _("stop to a sender")
        verbose_name_plural = _("stops to senders")
        constraints = [
            models.UniqueConstraint(fields=["sender", "address"], name="messaging_senderstop_once"),
            RowSecurity(name="messaging_senderstop_row_security", platform_only=True),
        ]

    def __str__(self) -> str:
        return str(self.pk)
