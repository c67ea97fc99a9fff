from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspaces.ids import uuid7
from workspaces.models.workspace import Workspace
from workspaces.rows import TenantQuerySet
from workspaces.walls import AppendOnly, LedgerPosting, Wall


class EntryKind(models.TextChoices):
    GRANT = "GRANT", _("Granted")
    PURCHASE = "PURCHASE", _("Bought")
    DEBIT = "DEBIT", _("Spent")
    RELEASE = "RELEASE", _("Given back")
    EXPIRY = "EXPIRY", _("Expired")


class CreditEntry(models.Model):
    """One movement of credits. The database adds it to the balance, and nothing else may."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.PROTECT,
        related_name="credit_entries",
    )
    kind = models.CharField(_("kind"), max_length=8, choices=EntryKind)
    amount = models.IntegerField(_("credits"))
    cause = models.CharField(
        _("cause"), max_length=120, help_text=_("One cause moves credits once.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.CharField(_("by"), max_length=120, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects = TenantQuerySet["CreditEntry"].as_manager()

    class Meta:
        verbose_name = _("credit entry")
        verbose_name_plural = _("credit ledger")
        indexes = [models.Index(fields=["workspace", "-id"], name="creditentry_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "cause"], name="workspaces_creditentry_once_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["GRANT", "PURCHASE", "RELEASE"], amount__gt=0)
                | Q(kind__in=["DEBIT", "EXPIRY"], amount__lt=0)
                | Q(cause="opening", kind="GRANT", amount__gte=0),
                name="workspaces_creditentry_sign_fits_kind",
            ),
            Wall(name="workspaces_creditentry_wall"),
            AppendOnly(name="workspaces_creditentry_append_only"),
            LedgerPosting(name="workspaces_creditentry_posting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount:+d}"
