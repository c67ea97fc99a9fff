from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.ledger_triggers import LedgerBalance, LedgerLots, LedgerPosting
from core.constraints import AppendOnly, RowSecurity, SameWorkspace
from core.ids import first_id, uuid7
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models.workspace import Workspace


class EntryKind(models.TextChoices):
    GRANT = "GRANT", _("Granted")
    PURCHASE = "PURCHASE", _("Bought")
    DEBIT = "DEBIT", _("Spent")
    RELEASE = "RELEASE", _("Given back")
    EXPIRY = "EXPIRY", _("Expired")
    REVERSAL = "REVERSAL", _("Reversed")


class CreditEntryQuerySet(TenantQuerySet["CreditEntry"]):
    def spending(self, *, since: datetime) -> Self:
        """Debits for messages, and releases for messages that were not sent."""
        kinds = [EntryKind.DEBIT, EntryKind.RELEASE]
        # The id grows with time and is indexed; `created_at` is not.
        return self.filter(kind__in=kinds, of=None, pk__gte=first_id(since), created_at__gte=since)


class CreditEntry(models.Model):
    """One movement of credits. A trigger adds it to the balance, which nothing else may change."""

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
    of = models.ForeignKey(
        "self",
        verbose_name=_("of the credits"),
        on_delete=models.PROTECT,
        related_name="withdrawals",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )

    objects = CreditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit entry")
        verbose_name_plural = _("credit ledger")
        indexes = [models.Index(fields=["workspace", "-id"], name="creditentry_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "cause"], name="billing_creditentry_once_per_cause"
            ),
            models.UniqueConstraint(
                fields=["workspace", "id"], name="billing_creditentry_in_its_workspace"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["GRANT", "PURCHASE", "RELEASE"], amount__gt=0)
                | Q(kind__in=["DEBIT", "EXPIRY", "REVERSAL"], amount__lt=0)
                | Q(cause="opening", kind="GRANT", amount__gte=0),
                name="billing_creditentry_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(of__isnull=False, kind__in=["EXPIRY", "REVERSAL", "RELEASE"])
                | Q(of=None) & ~Q(kind="REVERSAL"),
                name="billing_creditentry_withdrawal_says_of_what",
            ),
            SameWorkspace(field="of", name="billing_creditentry_of_its_workspace"),
            RowSecurity(name="billing_creditentry_row_security"),
            AppendOnly(name="billing_creditentry_append_only"),
            LedgerBalance(name="billing_creditentry_balance"),
            LedgerPosting(name="billing_creditentry_posting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount:+d}"


class CreditLotQuerySet(TenantQuerySet["CreditLot"]):
    def unspent(self) -> Self:
        """Lots with credits left, in the order in which they are spent."""
        return self.filter(remaining__gt=0).order_by(F("expires_at").asc(nulls_last=True), "id")

    def expired(self, now: datetime) -> Self:
        return self.filter(remaining__gt=0, expires_at__lte=now)


class CreditLot(BaseModel):
    """Credits that came together and expire together. The sum of all lots is the balance.

    Triggers derive them from the ledger (`billing/ledger_triggers.py`).
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.PROTECT,
        related_name="credit_lots",
    )
    entry = models.OneToOneField(
        CreditEntry,
        verbose_name=_("came with"),
        on_delete=models.PROTECT,
        related_name="lot",
        db_constraint=False,
    )
    amount = models.IntegerField(_("credits"))
    remaining = models.IntegerField(_("left"))
    withdrawn = models.IntegerField(_("expired or taken back"), default=0)
    expires_at = models.DateTimeField(_("expires"), null=True)
    spent_at = models.DateTimeField(_("last spent"), null=True)

    objects = CreditLotQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit lot")
        verbose_name_plural = _("credit lots")
        indexes = [
            models.Index(fields=["workspace", "expires_at", "id"], name="creditlot_in_order"),
            # For the task that looks for expired lots in all workspaces.
            models.Index(
                fields=["expires_at"],
                condition=Q(remaining__gt=0, expires_at__isnull=False),
                name="creditlot_lapsing",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0)
                & Q(withdrawn__gte=0)
                & Q(amount__gte=F("remaining") + F("withdrawn")),
                name="billing_creditlot_within_its_amount",
            ),
            SameWorkspace(field="entry", name="billing_creditlot_entry_of_its_workspace"),
            RowSecurity(name="billing_creditlot_row_security"),
            LedgerLots(name="billing_creditlot_by_ledger"),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.amount}"
