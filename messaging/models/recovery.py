from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from messaging.models.message import Message
from messaging.models.snoozing import Snoozable
from messaging.models.text_labels import VisitLabels, summarize_labels
from messaging.models.visibility import VisibleWithAssignee
from patients.models import Patient
from workspaces.models import Workspace


class RecoveryStatus(models.TextChoices):
    OPEN = "OPEN", _("Open")
    IN_PROGRESS = "IN_PROGRESS", _("In progress")
    RESOLVED = "RESOLVED", _("Resolved")


class Feedback(Snoozable, BaseModel):
    """An unhappy patient's private comment, and how the clinic works on the case."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="feedback"
    )
    patient = models.ForeignKey(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.PROTECT,
        related_name="feedback",
        db_constraint=False,
    )
    message = models.OneToOneField(
        Message,
        verbose_name=_("message"),
        on_delete=models.PROTECT,
        related_name="feedback",
        db_constraint=False,
    )
    rating = models.PositiveSmallIntegerField(_("rating"))
    comment = models.TextField(_("comment"), blank=True, max_length=4000)
    status = models.CharField(
        _("status"), max_length=12, choices=RecoveryStatus, default=RecoveryStatus.OPEN
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_feedback",
        db_constraint=False,
    )
    alerted_at = models.DateTimeField(_("members told"), null=True, blank=True, editable=False)
    first_action_at = models.DateTimeField(_("first action"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    objects = VisibleWithAssignee["Feedback"].as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        indexes = [
            models.Index(fields=["workspace", "status", "-created_at"], name="feedback_board"),
            # For the alerts that were not sent yet: almost always empty.
            models.Index(
                fields=["created_at"], condition=Q(alerted_at=None), name="feedback_to_alert"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="messaging_feedback_workspace_id"
            ),
            choices_constraint("status", RecoveryStatus, name="messaging_feedback_status_known"),
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5), name="messaging_feedback_rating_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(status="RESOLVED", resolved_at__isnull=False)
                | (~Q(status="RESOLVED") & Q(resolved_at=None)),
                name="messaging_feedback_resolved_has_a_time",
            ),
            # A resolved case comes back when somebody opens it again, and at no other time.
            models.CheckConstraint(
                condition=Q(snoozed_until=None) | ~Q(status="RESOLVED"),
                name="messaging_feedback_snoozed_is_not_resolved",
            ),
            SameWorkspace(field="patient", name="messaging_feedback_patient_fk"),
            SameWorkspace(field="message", name="messaging_feedback_message_fk"),
            SameWorkspace(field="assignee", name="messaging_feedback_assignee_fk"),
            RowSecurity(name="messaging_feedback_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def labels(self) -> VisitLabels:
        """What the texts of this visit are about. Prefetch `message__text_labels` for lists."""
        return summarize_labels(self.message.text_labels.all())

    @property
    def first_action_after(self) -> timedelta | None:
        return self.first_action_at - self.created_at if self.first_action_at else None


class RecoveryStepKind(models.TextChoices):
    NOTE = "NOTE", _("Note")
    ASSIGNED = "ASSIGNED", _("Assigned")
    STARTED = "STARTED", _("In progress")
    RESOLVED = "RESOLVED", _("Resolved")
    REOPENED = "REOPENED", _("Opened again")
    ANSWERED = "ANSWERED", _("Wrote to the patient")
    SNOOZED = "SNOOZED", _("Snoozed")


class RecoveryStep(BaseModel):
    """A step or a note in the case of an unhappy patient."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    feedback = models.ForeignKey(
        Feedback,
        verbose_name=_("feedback"),
        on_delete=models.CASCADE,
        related_name="steps",
        db_constraint=False,
    )
    kind = models.CharField(_("kind"), max_length=8, choices=RecoveryStepKind)
    text = models.TextField(_("text"), max_length=2000, blank=True)
    by_name = models.CharField(_("by"), max_length=120)

    objects = TenantQuerySet["RecoveryStep"].as_manager()

    class Meta:
        verbose_name = _("recovery step")
        verbose_name_plural = _("recovery steps")
        constraints = [
            choices_constraint("kind", RecoveryStepKind, name="messaging_recoverystep_kind_known"),
            SameWorkspace(field="feedback", name="messaging_recoverystep_feedback_fk"),
            RowSecurity(name="messaging_recoverystep_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
