from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models import Workspace


class SuppressionReason(models.TextChoices):
    REPLY = "REPLY", _("Answered with an opt-out")
    LINK = "LINK", _("Used the opt-out link")
    CARRIER = "CARRIER", _("Told the carrier or WhatsApp")
    COMPLAINT = "COMPLAINT", _("Reported an e-mail as spam")
    UNREACHABLE = "UNREACHABLE", _("The number or address cannot receive messages")
    STAFF = "STAFF", _("Added by staff")
    ERASURE = "ERASURE", _("Asked to be erased")


# The reasons that an erasure may replace, and that a restore brings back.
COVERED = [reason for reason in SuppressionReason.values if reason != SuppressionReason.ERASURE]


class Suppression(BaseModel):
    """Never write to this address again. It stays when the patient is erased, as a digest."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="suppressions",
    )
    address = models.CharField(_("phone or e-mail"), max_length=254, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    reason = models.CharField(_("reason"), max_length=12, choices=SuppressionReason)
    at = models.DateTimeField(_("since"))
    reason_before = models.CharField(
        _("reason before the erasure"), max_length=12, choices=SuppressionReason, blank=True
    )
    at_before = models.DateTimeField(_("since, before the erasure"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.CharField(_("by"), max_length=120, blank=True)

    objects = TenantQuerySet["Suppression"].as_manager()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        indexes = [
            models.Index(fields=["workspace", "address"], name="suppression_address"),
            models.Index(fields=["workspace", "-at"], name="suppression_recent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "digest"], name="patients_suppression_once"
            ),
            choices_constraint(
                "reason", SuppressionReason, name="patients_suppression_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(reason_before="", at_before=None)
                | Q(
                    reason=SuppressionReason.ERASURE,
                    reason_before__in=COVERED,
                    at_before__isnull=False,
                ),
                name="patients_suppression_only_an_erasure_covers",
            ),
            RowSecurity(name="patients_suppression_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
