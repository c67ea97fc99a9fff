from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from messaging.models.visibility import VisibleWithAssignee
from patients.models import Patient
from workspaces.models import Workspace


class Conversation(BaseModel):
    """Opened when a patient writes what only a person can answer, until somebody closes it."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="conversations",
    )
    patient = models.OneToOneField(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.CASCADE,
        related_name="conversation",
        db_constraint=False,
    )
    last_at = models.DateTimeField(_("last written"))
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="conversations",
        db_constraint=False,
    )

    objects = VisibleWithAssignee["Conversation"].as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            models.Index(fields=["workspace", "closed_at", "-last_at"], name="conversation_recent"),
            # For the number beside the inbox, which every page shows. Few conversations wait.
            models.Index(
                fields=["workspace", "waiting_since"],
                condition=Q(waiting_since__isnull=False),
                name="conversation_waiting",
            ),
        ]
        constraints = [
            # A waiting conversation is open, or nobody would see it.
            models.CheckConstraint(
                condition=Q(waiting_since=None) | Q(closed_at=None),
                name="messaging_conversation_waiting_is_open",
            ),
            SameWorkspace(field="patient", name="messaging_conversation_patient_fk"),
            SameWorkspace(field="assignee", name="messaging_conversation_assignee_fk"),
            RowSecurity(name="messaging_conversation_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CannedAnswer(BaseModel):
    """A text that members often write, kept to be chosen."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="canned_answers",
    )
    name = models.CharField(_("name"), max_length=80)
    content = models.TextField(_("text"), max_length=1000)

    objects = TenantQuerySet["CannedAnswer"].as_manager()

    class Meta:
        verbose_name = _("canned answer")
        verbose_name_plural = _("canned answers")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="messaging_cannedanswer_name_once"
            ),
            RowSecurity(name="messaging_cannedanswer_row_security"),
        ]

    def __str__(self) -> str:
        return self.name
