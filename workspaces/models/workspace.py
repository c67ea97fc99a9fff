from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import networks
from core.constraints import RowSecurity
from core.models.base import BaseModel, choices_constraint
from workspaces.vetting.plain_names import on_one_line, plain_name


class Plan(models.TextChoices):
    FREE = "FREE", _("Free")
    STARTER = "STARTER", _("Starter")
    PROFESSIONAL = "PROFESSIONAL", _("Professional")
    ENTERPRISE = "ENTERPRISE", _("Enterprise")


class SubscriptionStatus(models.TextChoices):
    INACTIVE = "INACTIVE", _("Inactive")
    TRIALING = "TRIALING", _("On trial")
    ACTIVE = "ACTIVE", _("Active")
    PAST_DUE = "PAST_DUE", _("Payment overdue")
    CANCELLED = "CANCELLED", _("Cancelled")


# Patients must not be erased while they may still be asked. The longest delay of a campaign and the
# oldest useful ask are 72 hours each, and one day is added for messages that are being sent.
SHORTEST_KEPT_DAYS = 7
LONGEST_UNDO_MINUTES = 24 * 60
# A reminder comes within a week after the ask.
MAX_REMINDER_HOURS = 168


class Language(models.TextChoices):
    ES = "es", _("Spanish")
    EN = "en", _("English")
    PT = "pt", _("Portuguese")


class ReviewInvites(models.TextChoices):
    EVERYONE = "everyone", _("Everyone sees the review link")
    HAPPY_ONLY = "happy_only", _("Only patients who rated 4 or 5")


class IdleLimit(models.IntegerChoices):
    """Minutes without activity after which a member is signed out."""

    HALF_AN_HOUR = 30, _("30 minutes")
    TWO_HOURS = 120, _("2 hours")
    HALF_A_DAY = 720, _("12 hours")
    TWO_WEEKS = 20_160, _("14 days")


class Workspace(BaseModel):
    """One customer: a clinic, or a group of practices under one owner."""

    name = models.CharField(_("name"), max_length=120, validators=[plain_name])
    plan = models.CharField(_("plan"), max_length=16, choices=Plan, default=Plan.FREE)
    message_credits = models.IntegerField(
        _("message credits"),
        default=50,
        help_text=_("Kept by the database: the sum of the ledger."),
    )

    credits_full = models.IntegerField(
        _("credits after the last top-up"),
        default=50,
        editable=False,
        help_text=_("The balance after the last top-up."),
    )
    credits_warned = models.PositiveSmallIntegerField(
        _("last credit warning"),
        null=True,
        editable=False,
        help_text=_("The percentage that the owner was last told."),
    )

    stripe_customer_id = models.CharField(
        _("Stripe customer"), max_length=64, unique=True, null=True, blank=True
    )
    stripe_subscription_id = models.CharField(
        _("Stripe subscription"), max_length=64, unique=True, null=True, blank=True
    )
    subscription_status = models.CharField(
        _("subscription"),
        max_length=16,
        choices=SubscriptionStatus,
        default=SubscriptionStatus.INACTIVE,
    )
    current_period_end = models.DateTimeField(_("period ends"), null=True, blank=True)
    cancel_at_period_end = models.BooleanField(_("ends with the period"), default=False)
    past_due_since = models.DateTimeField(_("payment overdue since"), null=True, blank=True)
    credits_next_at = models.DateTimeField(
        _("next monthly credits"),
        null=True,
        editable=False,
        help_text=_("When the clock asks Stripe whether they are paid for."),
    )
    stripe_read_at = models.DateTimeField(
        _("last read from Stripe"),
        null=True,
        editable=False,
        help_text=_("What was asked before this moment may be out of date and is asked again."),
    )

    # How far the clinic is trusted to write to patients: see `workspaces/vetting/trust.py`.
    vetted_at = models.DateTimeField(
        _("vetted"), null=True, blank=True, editable=False, help_text=_("By the platform’s staff.")
    )
    first_paid_at = models.DateTimeField(_("first paid"), null=True, blank=True, editable=False)
    sending_stopped_at = models.DateTimeField(
        _("messages stopped"), null=True, blank=True, editable=False
    )
    sending_stopped_because = models.CharField(
        _("messages stopped because"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    ask_again_after_days = models.PositiveSmallIntegerField(
        _("days before the same person is asked again"), default=30
    )
    undo_minutes = models.PositiveSmallIntegerField(
        _("minutes in which a list can be taken back"),
        default=5,
        db_default=5,
        help_text=_("The patients of a new list are not asked before they are over."),
    )
    replies_need_approval = models.BooleanField(
        _("replies to reviews need an owner’s approval"),
        default=True,
        db_default=True,
        help_text=_("What owners write themselves is sent at once."),
    )
    review_invites = models.CharField(
        _("who is invited to review"),
        max_length=12,
        choices=ReviewInvites,
        default=ReviewInvites.EVERYONE,
    )
    plain_letters = models.BooleanField(
        _("plain letters"),
        default=False,
        help_text=_("Write á as a and so on, so that an SMS is cut into fewer segments."),
    )
    reminder_after_hours = models.PositiveSmallIntegerField(
        _("hours until a reminder"), null=True, blank=True
    )
    sms_fallback = models.BooleanField(
        _("SMS instead of WhatsApp"),
        default=True,
        help_text=_("Send an SMS to patients who cannot be reached on WhatsApp."),
    )
    resend_unknown = models.BooleanField(
        _("send again after silence"),
        default=True,
        help_text=_("When the provider shows no trace of a message after ten minutes, once more."),
    )
    keep_messages_days = models.PositiveSmallIntegerField(
        _("days that finished messages are kept"), default=90
    )
    keep_patients_days = models.PositiveSmallIntegerField(
        _("days that patients are kept"), default=730
    )
    idle_minutes = models.PositiveSmallIntegerField(
        _("time without activity that ends a session"),
        choices=IdleLimit,
        default=IdleLimit.HALF_A_DAY,
        db_default=IdleLimit.HALF_A_DAY,
    )
    requires_second_step = models.BooleanField(
        _("second step for everybody"), default=False, db_default=False
    )
    allowed_networks = models.TextField(
        _("addresses to work from"),
        blank=True,
        default="",
        db_default="",
        validators=[networks.validate_networks],
        help_text=_("One address or network a line. Empty: from anywhere."),
    )

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")
        constraints = [
            choices_constraint("plan", Plan, name="workspaces_workspace_plan_known"),
            choices_constraint(
                "subscription_status",
                SubscriptionStatus,
                name="workspaces_workspace_subscription_status_known",
            ),
            choices_constraint("language", Language, name="workspaces_workspace_language_known"),
            choices_constraint(
                "review_invites", ReviewInvites, name="workspaces_workspace_review_invites_known"
            ),
            models.CheckConstraint(
                condition=Q(message_credits__gte=0),
                name="workspaces_workspace_credits_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(ask_again_after_days__gte=1)
                & Q(keep_messages_days__gte=1)
                & Q(keep_patients_days__gte=1),
                name="workspaces_workspace_days_positive",
            ),
            models.CheckConstraint(
                condition=Q(keep_patients_days__gte=SHORTEST_KEPT_DAYS),
                name="workspaces_workspace_patients_kept_until_asked",
                violation_error_message=_(
                    "Patients must be kept for at least 7 days, or they would be forgotten before "
                    "they are asked."
                ),
            ),
            models.CheckConstraint(
                condition=Q(undo_minutes__lte=LONGEST_UNDO_MINUTES),
                name="workspaces_workspace_undo_within_a_day",
            ),
            models.CheckConstraint(
                condition=Q(idle_minutes__in=IdleLimit.values),
                name="workspaces_workspace_idle_minutes_known",
            ),
            models.CheckConstraint(
                condition=Q(sending_stopped_at=None, sending_stopped_because="")
                | (Q(sending_stopped_at__isnull=False) & ~Q(sending_stopped_because="")),
                name="workspaces_workspace_stopped_because",
            ),
            on_one_line("name", name="workspaces_workspace_name_on_one_line"),
            RowSecurity(name="workspaces_workspace_row_security", key="id"),
        ]

    def __str__(self) -> str:
        return self.name
