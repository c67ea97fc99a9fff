from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from messaging.models.snoozing import Snoozable, asleep, awake
from messaging.models.visibility import VisibleWithAssignee
from patients.models import Patient
from templates_app.models import Channel
from workspaces.models import Workspace


class ConversationQuerySet(VisibleWithAssignee["Conversation"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def waiting(self) -> Self:
        """Return those whose patient waits for an answer, without the snoozed."""
        return self.filter(awake(timezone.now()), waiting_since__isnull=False)

    def awake(self) -> Self:
        return self.filter(awake(timezone.now()))

    def snoozed(self) -> Self:
        return self.filter(asleep(timezone.now()))


class Conversation(Snoozable, BaseModel):
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
    # The way that the patient wrote by last. Texts of our pages count for the ask that led to them.
    channel = models.CharField(
        _("channel"), max_length=8, choices=Channel, blank=True, default="", db_default=""
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

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            # For the number beside the inbox, which every page shows. Few conversations wait.
            models.Index(
                fields=["workspace", "waiting_since"],
                condition=Q(waiting_since__isnull=False),
                name="conversation_waiting",
            ),
            # The lists of the inbox, each in its own order. The newest fifty are read from an end.
            models.Index(
                fields=["workspace", "-last_at", "-id"],
                condition=Q(closed_at=None),
                name="conversation_open",
            ),
            models.Index(
                fields=["workspace", "-last_at", "-id"],
                condition=Q(closed_at__isnull=False),
                name="conversation_closed",
            ),
            models.Index(
                fields=["workspace", "-last_at", "-id"],
                condition=Q(closed_at=None, assignee=None),
                name="conversation_unassigned",
            ),
            models.Index(
                fields=["assignee", "-last_at", "-id"],
                condition=Q(closed_at=None, assignee__isnull=False),
                name="conversation_mine",
            ),
            models.Index(
                fields=["workspace", "channel", "-last_at", "-id"], name="conversation_channel"
            ),
            models.Index(
                fields=["workspace", "snoozed_until"],
                condition=Q(snoozed_until__isnull=False),
                name="conversation_snoozed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="messaging_conversation_workspace_id"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["", *Channel.values]),
                name="messaging_conversation_channel_known",
            ),
            # A closed conversation comes back when the patient writes, and at no other time.
            models.CheckConstraint(
                condition=Q(snoozed_until=None) | Q(closed_at=None),
                name="messaging_conversation_snoozed_is_open",
            ),
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


class ConversationNote(BaseModel):
    """What a member wrote for the team about a patient. It is never sent."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    conversation = models.ForeignKey(
        Conversation,
        verbose_name=_("conversation"),
        on_delete=models.CASCADE,
        related_name="notes",
        db_constraint=False,
    )
    text = models.TextField(_("text"), max_length=2000, blank=True)
    by_name = models.CharField(_("by"), max_length=120)

    objects = TenantQuerySet["ConversationNote"].as_manager()

    class Meta:
        verbose_name = _("note in a conversation")
        verbose_name_plural = _("notes in conversations")
        constraints = [
            SameWorkspace(field="conversation", name="messaging_conversationnote_conversation_fk"),
            RowSecurity(name="messaging_conversationnote_row_security"),
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
