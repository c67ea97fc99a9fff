from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace, SharedOrOwn
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from messaging.models.message import Message
from messaging.models.sender import Sender
from patients.models import Patient
from templates_app.models import Channel
from workspaces.models import Workspace


class Intent(models.TextChoices):
    RATING = "rating", _("Rating")
    OPT_OUT = "opt_out", _("Opt-out")
    OPT_IN = "opt_in", _("Opt-in")
    HELP = "help", _("Asks for help")
    OTHER = "other", _("For a person to read")


class InboundMessage(BaseModel):
    """A patient's text, once it is known to which workspace."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.PROTECT,
        related_name="inbound_messages",
    )
    patient = models.ForeignKey(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.PROTECT,
        related_name="inbound_messages",
        db_constraint=False,
    )
    message = models.ForeignKey(
        Message,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        db_constraint=False,
        verbose_name=_("answers"),
    )
    sender = models.ForeignKey(
        Sender,
        verbose_name=_("sender"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    body = models.TextField(_("text"), blank=True)
    external_id = models.CharField(_("provider’s id"), max_length=64, unique=True)
    received_at = models.DateTimeField(_("received"))
    intent = models.CharField(_("means"), max_length=8, choices=Intent)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)

    objects = TenantQuerySet["InboundMessage"].as_manager()

    class Meta:
        verbose_name = _("inbound message")
        verbose_name_plural = _("inbound messages")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="messaging_inbound_workspace_id"
            ),
            choices_constraint("channel", Channel, name="messaging_inbound_channel_known"),
            choices_constraint("intent", Intent, name="messaging_inbound_intent_known"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5),
                name="messaging_inbound_rating_1_to_5",
            ),
            SameWorkspace(field="patient", name="messaging_inbound_patient_fk"),
            SharedOrOwn(field="sender", name="messaging_inbound_sender_own"),
            SameWorkspace(field="message", name="messaging_inbound_message_fk"),
            RowSecurity(name="messaging_inbound_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
