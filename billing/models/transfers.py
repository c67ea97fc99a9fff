from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models import Plan, Workspace

MAX_MONTHS = 36


class TransferKind(models.TextChoices):
    PACK = "PACK", _("Credits")
    PLAN = "PLAN", _("Plan")


class Currency(models.TextChoices):
    USD = "usd", "USD"
    EUR = "eur", "EUR"
    MXN = "mxn", "MXN"
    COP = "cop", "COP"
    PEN = "pen", "PEN"
    BRL = "brl", "BRL"
    ARS = "ars", "ARS"


class BankTransferQuerySet(TenantQuerySet["BankTransfer"]):
    def standing(self) -> Self:
        """Transfers that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class BankTransfer(BaseModel):
    """A payment outside Stripe, recorded by platform staff. The amount is in cents.

    It pays for credits, or for months of a plan. A mistake is withdrawn, never changed: the receipt
    can then be recorded again.
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.PROTECT,
        related_name="bank_transfers",
    )
    receipt = models.CharField(
        _("receipt number"), max_length=60, help_text=_("As on the bank’s receipt.")
    )
    received_on = models.DateField(_("received on"))
    amount = models.PositiveIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.USD)
    kind = models.CharField(_("pays for"), max_length=8, choices=TransferKind)
    credits = models.PositiveIntegerField(_("credits"), default=0)
    plan = models.CharField(_("plan"), max_length=16, choices=Plan, blank=True)
    months = models.PositiveSmallIntegerField(_("months"), default=0)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, editable=False)
    credits_next_at = models.DateTimeField(
        _("next monthly credits"), null=True, blank=True, editable=False
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.CharField(_("recorded by"), max_length=254, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_because = models.CharField(
        _("withdrawn because"), max_length=200, blank=True, editable=False
    )

    objects = BankTransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank transfer")
        verbose_name_plural = _("bank transfers")
        indexes = [
            models.Index(fields=["workspace", "-received_on"], name="banktransfer_recent"),
            # For the task that grants the credits of the next month.
            models.Index(
                fields=["credits_next_at"],
                condition=Q(credits_next_at__isnull=False),
                name="banktransfer_credits_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["receipt"],
                condition=Q(withdrawn_at=None),
                name="billing_banktransfer_receipt_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="PACK", credits__gt=0, plan="", months=0)
                & Q(starts_at=None, ends_at=None, credits_next_at=None)
                | Q(kind="PLAN", credits=0, plan__in=Plan.values)
                & Q(months__gte=1, months__lte=MAX_MONTHS)
                & Q(starts_at__isnull=False, ends_at__isnull=False),
                name="billing_banktransfer_pack_or_plan",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_because="")
                | Q(withdrawn_at__isnull=False, credits_next_at=None) & ~Q(withdrawn_because=""),
                name="billing_banktransfer_withdrawn_with_reason",
            ),
            choices_constraint("currency", Currency, name="billing_banktransfer_currency_known"),
            RowSecurity(name="billing_banktransfer_row_security"),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def cause(self) -> str:
        """The cause of the credits of a pack, in the ledger."""
        return f"transfer:{self.pk}"

    @property
    def reference(self) -> str:
        """What the entitlement of a plan and its monthly credits refer to."""
        return f"transfer-{self.pk}"
