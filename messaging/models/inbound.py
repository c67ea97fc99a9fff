from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.models.message import Message
from messaging.models.sender import Sender
from patients.models import Patient
from templates_app.models import Channel
from workspaces.models import Workspace
from workspaces.rows import Row, TenantQuerySet, known
from workspaces.walls import SameWorkspace, SharedOrOwn, Wall


class Intent(models.TextChoices):
    RATING = "rating", _("Rating")
    OPT_OUT = "opt_out", _("Opt-out")
    OPT_IN = "opt_in", _("Opt-in")
    HELP = "help", _("Asks for help")
    OTHER = "other", _("For a person to read")


class InboundMessage(Row):
    """What a patient wrote, once it is known to whom."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.PROTECT,
        related_name="inbound_messages",
    )
    patient = models.ForeignKey(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.PROTECT,
        related_name="inbound_messages",
        db_constraint=False,
    )
    message = models.ForeignKey(
        Message,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        db_constraint=False,
        verbose_name=_("answers"),
    )
    sender = models.ForeignKey(
        Sender,
        verbose_name=_("sender"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    body = models.TextField(_("text"), blank=True)
    external_id = models.CharField(_("provider’s id"), max_length=64, unique=True)
    received_at = models.DateTimeField(_("received"))
    intent = models.CharField(_("means"), max_length=8, choices=Intent)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)

    objects = TenantQuerySet["InboundMessage"].as_manager()

    class Meta:
        verbose_name = _("inbound message")
        verbose_name_plural = _("inbound messages")
        indexes = [
            models.Index(
                fields=["workspace", "-received_at"],
                condition=Q(intent="other", handled_at=None),
                name="inbound_waiting",
            ),
        ]
        constraints = [
            known("channel", Channel, name="messaging_inbound_channel_known"),
            known("intent", Intent, name="messaging_inbound_intent_known"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5),
                name="messaging_inbound_rating_1_to_5",
            ),
            SameWorkspace(field="patient", name="messaging_inbound_patient_fk"),
            SharedOrOwn(field="sender", name="messaging_inbound_sender_own"),
            SameWorkspace(field="message", name="messaging_inbound_message_fk"),
            Wall(name="messaging_inbound_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RecoveryStatus(models.TextChoices):
    OPEN = "OPEN", _("Open")
    IN_PROGRESS = "IN_PROGRESS", _("In progress")
    RESOLVED = "RESOLVED", _("Resolved")


class Feedback(Row):
    """What an unhappy patient told the clinic in private, and what the clinic did about it."""

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
    notes = models.TextField(_("notes"), blank=True)
    alerted_at = models.DateTimeField(_("staff told"), null=True, blank=True, editable=False)
    first_action_at = models.DateTimeField(_("first action"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    objects = TenantQuerySet["Feedback"].as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        indexes = [
            models.Index(fields=["workspace", "status", "-created_at"], name="feedback_board"),
            # Of whom staff have not been told: empty but for moments.
            models.Index(
                fields=["created_at"], condition=Q(alerted_at=None), name="feedback_to_alert"
            ),
        ]
        constraints = [
            known("status", RecoveryStatus, name="messaging_feedback_status_known"),
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5), name="messaging_feedback_rating_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(status="RESOLVED", resolved_at__isnull=False)
                | (~Q(status="RESOLVED") & Q(resolved_at=None)),
                name="messaging_feedback_resolved_has_a_time",
            ),
            SameWorkspace(field="patient", name="messaging_feedback_patient_fk"),
            SameWorkspace(field="message", name="messaging_feedback_message_fk"),
            SameWorkspace(field="assignee", name="messaging_feedback_assignee_fk"),
            Wall(name="messaging_feedback_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class WebhookEvent(Row):
    """A provider's call, kept raw before anything is made of it."""

    provider = models.CharField(_("provider"), max_length=20)
    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(
        _("key"), max_length=128, help_text=_("What makes a repeated call the same call.")
    )
    payload = models.JSONField(_("payload"))
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        indexes = [
            # The processor's: answers of patients before receipts, the oldest first.
            models.Index(
                fields=["kind", "id"], condition=Q(processed_at=None), name="webhook_waiting"
            ),
            # What nothing could be made of: for staff to look at, and matched later if it can be.
            models.Index(fields=["error", "id"], condition=~Q(error=""), name="webhook_unresolved"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="messaging_webhook_once"),
            Wall(name="messaging_webhook_wall", platform_only=True),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key}"
