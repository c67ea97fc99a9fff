from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models import IncomingWebhook
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models.workspace import Workspace

STRIPE = "stripe"


class PaymentEventManager(models.Manager["PaymentEvent"]):
    def get_queryset(self) -> models.QuerySet["PaymentEvent"]:
        return super().get_queryset().filter(provider=STRIPE)


class PaymentEvent(IncomingWebhook):
    """Stripe's share of the incoming webhooks: the key is the event's id at Stripe."""

    objects: ClassVar[PaymentEventManager] = PaymentEventManager()

    class Meta:
        proxy = True
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")


class PaymentKind(models.TextChoices):
    PACK = "PACK", _("Credits")
    SUBSCRIPTION = "SUBSCRIPTION", _("Subscription")


class Payment(BaseModel):
    """A payment, and how much of it was refunded or disputed. Amounts are in cents."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="payments"
    )
    payment_intent = models.CharField(_("Stripe payment"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=PaymentKind)
    amount = models.PositiveIntegerField(_("amount (cents)"))
    currency = models.CharField(_("currency"), max_length=3)
    refunded = models.PositiveIntegerField(_("refunded (cents)"), default=0)
    disputed = models.PositiveIntegerField(_("disputed (cents)"), default=0)
    credits = models.PositiveIntegerField(_("credits"), default=0)
    invoice = models.CharField(_("Stripe invoice"), max_length=80, blank=True)
    subscription = models.CharField(_("Stripe subscription"), max_length=80, blank=True)
    paid_at = models.DateTimeField(_("paid"))

    objects = TenantQuerySet["Payment"].as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [models.Index(fields=["workspace", "-paid_at"], name="payment_recent")]
        constraints = [
            choices_constraint("kind", PaymentKind, name="billing_payment_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="PACK", credits__gt=0, subscription="")
                | Q(kind="SUBSCRIPTION", credits=0) & ~Q(subscription=""),
                name="billing_payment_pack_or_subscription",
            ),
            models.CheckConstraint(
                condition=Q(refunded__lte=F("amount")), name="billing_payment_refund_within"
            ),
            RowSecurity(name="billing_payment_row_security"),
        ]

    def __str__(self) -> str:
        return self.payment_intent

    @property
    def cause(self) -> str:
        """The cause of the credits that a pack brought, in the ledger."""
        return f"payment:{self.payment_intent}"


class NoticeKind(models.TextChoices):
    RECEIPT = "RECEIPT", _("Receipt")
    PAYMENT_FAILED = "PAYMENT_FAILED", _("Payment failed")
    GRACE_OVER = "GRACE_OVER", _("Days of grace over")
    TRIAL_ENDING = "TRIAL_ENDING", _("Trial ending")


class BillingNotice(BaseModel):
    """A mail to the owners about money. Each cause is sent once."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="billing_notices",
    )
    kind = models.CharField(_("kind"), max_length=16, choices=NoticeKind)
    cause = models.CharField(_("cause"), max_length=160)
    facts = models.JSONField(_("facts"), default=dict)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = TenantQuerySet["BillingNotice"].as_manager()

    class Meta:
        verbose_name = _("billing notice")
        verbose_name_plural = _("billing notices")
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at=None), name="billingnotice_waiting")
        ]
        constraints = [
            choices_constraint("kind", NoticeKind, name="billing_billingnotice_kind_known"),
            models.UniqueConstraint(
                fields=["workspace", "cause"], name="billing_billingnotice_once_per_cause"
            ),
            RowSecurity(name="billing_billingnotice_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"


class DifferenceKind(models.TextChoices):
    CUSTOMER = "CUSTOMER", _("Customer")
    SUBSCRIPTION = "SUBSCRIPTION", _("Subscription")
    PAYMENT = "PAYMENT", _("Payment")


class DifferenceQuerySet(models.QuerySet["BillingDifference"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class BillingDifference(BaseModel):
    """A difference between Stripe's data and ours. The next comparison closes it if it is gone."""

    kind = models.CharField(_("kind"), max_length=12, choices=DifferenceKind)
    reference = models.CharField(_("Stripe’s id"), max_length=80)
    customer = models.CharField(_("Stripe customer"), max_length=80, blank=True)
    ours = models.CharField(_("what we say"), max_length=200, blank=True)
    theirs = models.CharField(_("what Stripe says"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("last seen"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("billing difference")
        verbose_name_plural = _("billing differences")
        constraints = [
            choices_constraint("kind", DifferenceKind, name="billing_billingdifference_kind_known"),
            models.UniqueConstraint(
                fields=["kind", "reference"],
                condition=Q(closed_at=None),
                name="billing_billingdifference_one_open",
            ),
            RowSecurity(name="billing_billingdifference_row_security", platform_only=True),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    def close(self, at: datetime) -> None:
        self.closed_at = at
        self.save(update_fields=["closed_at", "updated_at"])
