from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models.workspace import Plan, Workspace


class EntitlementSource(models.TextChoices):
    PAYMENT = "PAYMENT", _("Payment")
    ADMIN = "ADMIN", _("Granted by us")
    TRIAL = "TRIAL", _("Trial")
    TRANSFER = "TRANSFER", _("Bank transfer")


class Feature(models.TextChoices):
    WHATSAPP = "whatsapp", _("WhatsApp")
    API = "api", _("API")
    WEBHOOKS = "webhooks", _("Webhooks")
    PUBLIC_REPORTS = "public_reports", _("Public reports")


class LimitName(models.TextChoices):
    USERS = "users", _("People")
    PRACTICES = "practices", _("Practices")


class Entitlement(BaseModel):
    """Something that a workspace may do beyond its stored plan, for a time.

    Either a larger plan (from a trial or a payment), or an extra on one limit or a single feature,
    which platform staff grant.
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="entitlements",
    )
    source = models.CharField(_("source"), max_length=8, choices=EntitlementSource)
    plan = models.CharField(_("plan"), max_length=16, choices=Plan, blank=True)
    limit = models.CharField(_("limit"), max_length=16, choices=LimitName, blank=True)
    extra = models.PositiveIntegerField(_("on top of the plan"), default=0)
    feature = models.CharField(
        _("feature"), max_length=20, choices=Feature, blank=True, default="", db_default=""
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    reference = models.CharField(
        _("reference"),
        max_length=80,
        blank=True,
        editable=False,
        help_text=_("What it follows, such as a subscription; one of each."),
    )

    objects = TenantQuerySet["Entitlement"].as_manager()

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        indexes = [models.Index(fields=["workspace", "starts_at"], name="entitlement_when")]
        constraints = [
            choices_constraint(
                "source", EntitlementSource, name="workspaces_entitlement_source_known"
            ),
            models.CheckConstraint(
                condition=Q(plan__in=Plan.values, limit="", extra=0, feature="")
                | Q(plan="", limit__in=LimitName.values, extra__gt=0, feature="")
                | Q(plan="", limit="", extra=0, feature__in=Feature.values),
                name="workspaces_entitlement_plan_limit_or_feature",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
                name="workspaces_entitlement_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["workspace", "reference"],
                condition=~Q(reference=""),
                name="workspaces_entitlement_once_per_reference",
            ),
            RowSecurity(name="workspaces_entitlement_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.plan or self.limit or self.feature}"
