from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models import Workspace


class AssistantFeature(models.TextChoices):
    SUGGEST_ANSWER = "SUGGEST_ANSWER", _("Suggested answer")
    SUGGEST_REPLY = "SUGGEST_REPLY", _("Suggested reply to a review")
    SUMMARIZE_MONTH = "SUMMARIZE_MONTH", _("The month in a page")


class AssistantOutcome(models.TextChoices):
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    REFUSED = "REFUSED", _("Refused by the model")
    UNUSABLE = "UNUSABLE", _("Unusable answer")
    SLOW = "SLOW", _("Too slow")
    BUSY = "BUSY", _("Provider busy")
    AWAY = "AWAY", _("Provider unreachable")
    REJECTED = "REJECTED", _("Rejected by the provider")
    LOST = "LOST", _("Lost")


class AssistantSettings(BaseModel):
    """Whether a clinic lets the provider read its patients' words, and how much that may cost.

    `recipient` is the provider and the model that the owner agreed to. When the installation
    changes either, the agreement does not hold any more.
    """

    workspace = models.OneToOneField(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="assistant_settings",
    )
    enabled_at = models.DateTimeField(_("on since"), null=True, blank=True)
    enabled_by_name = models.CharField(_("turned on by"), max_length=120, blank=True, default="")
    recipient = models.CharField(_("recipient"), max_length=500, blank=True, default="")
    budget_micro_usd = models.BigIntegerField(_("budget a month (millionths of USD)"), default=0)
    told_at = models.DateTimeField(_("owners told of trouble"), null=True, blank=True)

    objects = TenantQuerySet["AssistantSettings"].as_manager()

    class Meta:
        verbose_name = _("settings of the assistant")
        verbose_name_plural = _("settings of the assistant")
        constraints = [
            models.CheckConstraint(
                condition=Q(enabled_at=None)
                | Q(enabled_at__isnull=False) & ~Q(enabled_by_name="") & ~Q(recipient=""),
                name="messaging_assistantsettings_on_is_agreed",
            ),
            models.CheckConstraint(
                condition=Q(budget_micro_usd__gte=0),
                name="messaging_assistantsettings_budget_positive",
            ),
            RowSecurity(name="messaging_assistantsettings_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AssistantCall(BaseModel):
    """A call of the provider: what it was for, what it cost, how it ended. It holds no texts.

    `patient_ids` names the patients whose words were sent, for the export of a person's data.
    Anonymizing a patient removes the id.
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="assistant_calls",
    )
    feature = models.CharField(_("feature"), max_length=16, choices=AssistantFeature)
    provider = models.CharField(_("provider"), max_length=200)
    model = models.CharField(_("model"), max_length=200)
    prompt = models.CharField(_("version of the prompt"), max_length=60)
    requested_by_name = models.CharField(_("requested by"), max_length=120, blank=True, default="")
    patient_ids = ArrayField(models.UUIDField(), verbose_name=_("patients (ids)"), default=list)
    outcome = models.CharField(
        _("outcome"), max_length=9, choices=AssistantOutcome, default=AssistantOutcome.RUNNING
    )
    input_tokens = models.IntegerField(_("tokens sent"), default=0)
    output_tokens = models.IntegerField(_("tokens received"), default=0)
    cost_micro_usd = models.BigIntegerField(
        _("cost (millionths of USD)"),
        default=0,
        help_text=_("Until the call has ended, the most that it can cost."),
    )
    duration_ms = models.IntegerField(_("duration (ms)"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = TenantQuerySet["AssistantCall"].as_manager()

    class Meta:
        verbose_name = _("call of the assistant")
        verbose_name_plural = _("calls of the assistant")
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="assistantcall_by_month"),
            # For calls whose worker died: almost always empty.
            models.Index(
                fields=["created_at"], condition=Q(finished_at=None), name="assistantcall_running"
            ),
        ]
        constraints = [
            choices_constraint(
                "feature", AssistantFeature, name="messaging_assistantcall_feature_known"
            ),
            choices_constraint(
                "outcome", AssistantOutcome, name="messaging_assistantcall_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="RUNNING", finished_at=None)
                | ~Q(outcome="RUNNING") & Q(finished_at__isnull=False),
                name="messaging_assistantcall_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    cost_micro_usd__gte=0,
                    input_tokens__gte=0,
                    output_tokens__gte=0,
                    duration_ms__gte=0,
                ),
                name="messaging_assistantcall_counts_positive",
            ),
            RowSecurity(name="messaging_assistantcall_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AssistantSummary(BaseModel):
    """The text of a month that the provider wrote, kept so that a reload does not ask again.

    `viewer` is the doctor whose campaigns it covers; without one it covers the whole clinic. The
    text may repeat what the patients of `patient_ids` wrote. It is hidden while one of them is
    erased and deleted when one is anonymized, so it must name at least one.
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="assistant_summaries",
    )
    month = models.DateField(_("first day of the month"))
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("doctor"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        help_text=_("Empty: the campaigns of the whole clinic, for owners."),
    )
    language = models.CharField(_("language"), max_length=8)
    content = models.JSONField(_("content"))
    patient_ids = ArrayField(models.UUIDField(), verbose_name=_("patients (ids)"))
    provider = models.CharField(_("provider"), max_length=200)
    model = models.CharField(_("model"), max_length=200)
    prompt = models.CharField(_("version of the prompt"), max_length=60)
    requested_by_name = models.CharField(_("requested by"), max_length=120, blank=True, default="")
    written_at = models.DateTimeField(_("written"))

    objects = TenantQuerySet["AssistantSummary"].as_manager()

    class Meta:
        verbose_name = _("summary of a month by the assistant")
        verbose_name_plural = _("summaries of months by the assistant")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "month", "viewer", "language"],
                nulls_distinct=False,
                name="messaging_assistantsummary_one_a_viewer",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="messaging_assistantsummary_first_of_month"
            ),
            models.CheckConstraint(
                condition=Q(patient_ids__len__gte=1),
                name="messaging_assistantsummary_names_patients",
            ),
            SameWorkspace(field="viewer", name="messaging_assistantsummary_viewer_fk"),
            RowSecurity(name="messaging_assistantsummary_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
