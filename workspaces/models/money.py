from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspaces.ids import uuid7
from workspaces.models.workspace import Plan, Workspace
from workspaces.rows import Row, TenantQuerySet, known
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


class Source(models.TextChoices):
    PAYMENT = "PAYMENT", _("Payment")
    ADMIN = "ADMIN", _("Granted by us")
    TRIAL = "TRIAL", _("Trial")


class Limit(models.TextChoices):
    USERS = "users", _("People")
    PRACTICES = "practices", _("Practices")


class Entitlement(Row):
    """A right beyond the stored plan, with where it comes from and until when it holds.

    Either a whole plan (a trial, a payment) or more of one limit (an admin's grant).
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="entitlements",
    )
    source = models.CharField(_("source"), max_length=8, choices=Source)
    plan = models.CharField(_("plan"), max_length=16, choices=Plan, blank=True)
    limit = models.CharField(_("limit"), max_length=16, choices=Limit, blank=True)
    extra = models.PositiveIntegerField(_("on top of the plan"), default=0)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = TenantQuerySet["Entitlement"].as_manager()

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        indexes = [models.Index(fields=["workspace", "starts_at"], name="entitlement_when")]
        constraints = [
            known("source", Source, name="workspaces_entitlement_source_known"),
            models.CheckConstraint(
                condition=Q(plan__in=Plan.values, limit="", extra=0)
                | Q(plan="", limit__in=Limit.values, extra__gt=0),
                name="workspaces_entitlement_plan_or_limit",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
                name="workspaces_entitlement_ends_after_start",
            ),
            Wall(name="workspaces_entitlement_wall"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.plan or self.limit}"


class PaymentEvent(Row):
    """Stripe's own words, kept raw; the workspace is known only once it is read."""

    event_id = models.CharField(_("event id"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=80)
    payload = models.JSONField(_("payload"))
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(processed_at=None),
                name="paymentevent_waiting",
            )
        ]
        constraints = [Wall(name="workspaces_paymentevent_wall", platform_only=True)]

    def __str__(self) -> str:
        return self.event_id
