"""A campaign asks the patients of one practice, some hours after their appointment."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from campaigns.timing import MAX_DELAY_HOURS
from campaigns.visibility import results_visible_to
from core.constraints import RowSecurity, SameWorkspace
from core.errors import ProblemError
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from templates_app.models import Template
from workspaces.access import Can, may
from workspaces.models import MAX_REMINDER_HOURS, Practice, User, Workspace


class CampaignStatus(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    ACTIVE = "ACTIVE", _("Active")
    PAUSED = "PAUSED", _("Paused")
    COMPLETED = "COMPLETED", _("Completed")
    CANCELLED = "CANCELLED", _("Cancelled")


TRANSITIONS: dict[str, frozenset[str]] = {
    CampaignStatus.DRAFT: frozenset({CampaignStatus.ACTIVE, CampaignStatus.CANCELLED}),
    CampaignStatus.ACTIVE: frozenset(
        {CampaignStatus.PAUSED, CampaignStatus.COMPLETED, CampaignStatus.CANCELLED}
    ),
    CampaignStatus.PAUSED: frozenset({CampaignStatus.ACTIVE, CampaignStatus.CANCELLED}),
    CampaignStatus.COMPLETED: frozenset(),
    CampaignStatus.CANCELLED: frozenset(),
}
TAKES_PATIENTS = (CampaignStatus.DRAFT, CampaignStatus.ACTIVE, CampaignStatus.PAUSED)


class CampaignQuerySet(TenantQuerySet["Campaign"]):
    def visible_to(self, user: User) -> Self:
        """Return the campaigns that the user sees in lists and forms.

        Members who see no more than names, such as receptionists, get those that take lists. All
        others see the campaigns whose results they see.
        """
        if not may(user, Can.SEE_CAMPAIGNS):
            return self.filter(status__in=TAKES_PATIENTS)
        return self.filter(results_visible_to(user))

    def count_by_status(self) -> list[tuple[str, str, int]]:
        """Return every status with its label and how many campaigns have it."""
        counts = dict(self.order_by().values_list("status").annotate(Count("pk")))
        return [(each.value, str(each.label), counts.get(each, 0)) for each in CampaignStatus]


class Campaign(BaseModel):
    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="campaigns"
    )
    practice = models.ForeignKey(
        Practice,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name=_("practice"),
        db_constraint=False,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="campaigns",
        db_constraint=False,
    )
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=CampaignStatus,
        default=CampaignStatus.DRAFT,
        editable=False,
    )
    scheduled_hours_after = models.PositiveSmallIntegerField(
        _("hours after the appointment"),
        default=2,
        validators=[MinValueValidator(0), MaxValueValidator(MAX_DELAY_HOURS)],
    )
    reminder_after_hours = models.PositiveSmallIntegerField(
        _("remind after, in hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_REMINDER_HOURS)],
        help_text=_("Empty: nobody is reminded."),
    )
    is_ongoing = models.BooleanField(
        _("receives lists every day"),
        default=False,
        help_text=_("It goes on until you end it, instead of completing after its last patient."),
    )
    activated_at = models.DateTimeField(_("activated"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="campaign_recent"),
            models.Index(
                fields=["workspace", "id"],
                condition=Q(status="ACTIVE"),
                name="campaign_active",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="campaigns_campaign_workspace_id"
            ),
            choices_constraint("status", CampaignStatus, name="campaigns_campaign_status_known"),
            models.CheckConstraint(
                condition=Q(scheduled_hours_after__lte=MAX_DELAY_HOURS),
                name="campaigns_campaign_delay_within_72_hours",
            ),
            models.CheckConstraint(
                condition=Q(reminder_after_hours=None)
                | Q(reminder_after_hours__gte=1, reminder_after_hours__lte=MAX_REMINDER_HOURS),
                name="campaigns_campaign_reminder_within_a_week",
            ),
            SameWorkspace(field="practice", name="campaigns_campaign_practice_fk"),
            SameWorkspace(field="created_by", name="campaigns_campaign_created_by_fk"),
            RowSecurity(name="campaigns_campaign_row_security"),
        ]

    def __str__(self) -> str:
        return self.name

    def may_become(self, status: str) -> bool:
        return status in TRANSITIONS[self.status]

    def change_status(self, status: CampaignStatus) -> None:
        """Set the status without saving, or raise if this transition is not allowed."""
        if not self.may_become(status):
            raise ProblemError(
                _("This campaign is “%(now)s”, so it cannot become “%(then)s”. Reload the page.")
                % {"now": self.get_status_display(), "then": status.label}
            )
        self.status = status

    @property
    def is_open(self) -> bool:
        return self.status in TAKES_PATIENTS


class CampaignTemplate(BaseModel):
    """A text that a campaign uses instead of the workspace's default of that type."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        on_delete=models.CASCADE,
        related_name="own_templates",
        db_constraint=False,
    )
    template = models.ForeignKey(
        Template,
        verbose_name=_("template"),
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )

    objects = TenantQuerySet["CampaignTemplate"].as_manager()

    class Meta:
        verbose_name = _("campaign template")
        verbose_name_plural = _("campaign templates")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "template"], name="campaigns_campaigntemplate_once"
            ),
            SameWorkspace(field="campaign", name="campaigns_campaigntemplate_campaign_fk"),
            SameWorkspace(field="template", name="campaigns_campaigntemplate_template_fk"),
            RowSecurity(name="campaigns_campaigntemplate_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
