from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from messaging.models.inbound import InboundMessage
from workspaces.models import Workspace


class AttachmentStatus(models.TextChoices):
    WAITING = "WAITING", _("To be fetched")
    STORED = "STORED", _("Stored")
    NOT_SHOWN = "NOT_SHOWN", _("Not shown")


class InboundAttachment(BaseModel):
    """A file that a patient sent with a text. Pictures are fetched and stored, encoded anew."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    inbound = models.ForeignKey(
        InboundMessage,
        verbose_name=_("inbound message"),
        on_delete=models.CASCADE,
        related_name="attachments",
        db_constraint=False,
    )
    media_sid = models.CharField(_("provider’s id"), max_length=34)
    content_type = models.CharField(_("type"), max_length=100, blank=True)
    status = models.CharField(
        _("status"), max_length=9, choices=AttachmentStatus, default=AttachmentStatus.WAITING
    )
    data = models.BinaryField(_("picture"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)

    objects = TenantQuerySet["InboundAttachment"].as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [
            # Almost always empty.
            models.Index(
                fields=["next_try_at"],
                condition=Q(status="WAITING"),
                name="attachment_to_fetch",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["inbound", "media_sid"], name="messaging_inboundattachment_once"
            ),
            choices_constraint(
                "status", AttachmentStatus, name="messaging_inboundattachment_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="STORED", data__isnull=False)
                | (~Q(status="STORED") & Q(data=None)),
                name="messaging_inboundattachment_stored_has_data",
            ),
            SameWorkspace(field="inbound", name="messaging_inboundattachment_inbound_fk"),
            RowSecurity(name="messaging_inboundattachment_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_picture(self) -> bool:
        return self.status == AttachmentStatus.STORED
