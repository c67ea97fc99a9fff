from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from core.constraints import RowSecurity, SameWorkspace, SharedOrOwn
from core.models.base import BaseModel, choices_constraint
from messaging.error_policy import RETRIED_CODES
from messaging.models.sender import Sender
from messaging.models.visibility import VisibleWithPatient
from patients.models import Patient
from templates_app.models import Channel, MessageType
from workspaces.models import Workspace


class MessageStatus(models.TextChoices):
    PENDING = "PENDING", _("Waiting")
    SENDING = "SENDING", _("Being sent")
    UNKNOWN = "UNKNOWN", _("No answer from the provider")
    SENT = "SENT", _("Sent")
    FAILED = "FAILED", _("Failed")
    DELIVERED = "DELIVERED", _("Delivered")
    REPLIED = "REPLIED", _("Answered")
    CANCELLED = "CANCELLED", _("Not sent")


# Receipts only raise the rank of a message. CANCELLED has none: only PENDING may become CANCELLED.
RANK: dict[str, int] = {
    MessageStatus.PENDING: 0,
    MessageStatus.SENDING: 1,
    MessageStatus.UNKNOWN: 2,
    MessageStatus.SENT: 3,
    MessageStatus.FAILED: 4,
    MessageStatus.DELIVERED: 5,
    MessageStatus.REPLIED: 6,
}


class Message(BaseModel):
    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="messages"
    )
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        on_delete=models.PROTECT,
        related_name="messages",
        db_constraint=False,
        db_index=False,
    )
    patient = models.ForeignKey(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.PROTECT,
        related_name="messages",
        db_constraint=False,
    )
    sender = models.ForeignKey(
        Sender,
        verbose_name=_("sender"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    type = models.CharField(_("type"), max_length=20, choices=MessageType)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    status = models.CharField(
        _("status"), max_length=10, choices=MessageStatus, default=MessageStatus.PENDING
    )
    content = models.TextField(_("text"), blank=True, help_text=_("As it was sent."))
    # No foreign key: a text can be deleted, and the message still says what it was sent with.
    # Version 0 without a text is the product's own; no version is unknown, or a person's words.
    template_id = models.UUIDField(_("template"), null=True, blank=True, editable=False)
    template_version = models.PositiveIntegerField(
        _("template version"), null=True, blank=True, editable=False
    )
    content_sid = models.CharField(
        _("WhatsApp content SID"),
        max_length=34,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of the approved template that was sent."),
    )
    content_values = models.JSONField(
        _("values of the approved text"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Kept only until the approved text is known and filled in."),
    )
    written_by = models.CharField(_("written by"), max_length=120, blank=True)
    segments = models.PositiveSmallIntegerField(_("segments"), null=True, blank=True)
    cost = models.DecimalField(
        _("cost"),
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("What the provider charged us; it says so up to a day later."),
    )
    cost_currency = models.CharField(
        _("currency of the cost"), max_length=3, blank=True, default="", db_default=""
    )
    comment = models.TextField(_("comment"), blank=True, help_text=_("What came with the rating."))
    quotable_at = models.DateTimeField(
        _("may be quoted"),
        null=True,
        blank=True,
        help_text=_("When the patient allowed the comment to be shown, without a name."),
    )
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    external_id = models.CharField(
        _("provider’s id"), max_length=64, unique=True, null=True, blank=True
    )
    error = models.CharField(_("error"), max_length=300, blank=True)
    error_code = models.CharField(_("error code"), max_length=20, blank=True)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    claimed_until = models.DateTimeField(_("held until"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    replied_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = VisibleWithPatient["Message"].as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            # For the claim: pending messages by channel and workspace, answers before asks (their
            # types sort that way), the oldest first. Empty when everything is sent.
            models.Index(
                fields=["channel", "workspace", "type", "next_attempt_at"],
                condition=Q(status="PENDING"),
                name="message_pending",
            ),
            # For the sweeper: messages that were handed over and have no outcome yet.
            models.Index(
                fields=["claimed_until"],
                condition=Q(status__in=["SENDING", "UNKNOWN"]),
                name="message_in_flight",
            ),
            # For reminders: asks without an answer and without a reminder.
            models.Index(
                fields=["campaign", "sent_at"],
                condition=Q(type="INITIAL", status__in=["SENT", "DELIVERED"], reminded_at=None),
                name="message_to_remind",
            ),
            # For the sweeper: failed messages that it may retry.
            models.Index(
                fields=["updated_at"],
                condition=Q(status="FAILED", error_code__in=RETRIED_CODES),
                name="message_to_try_again",
            ),
            # For the results of each version of a text.
            models.Index(
                fields=["workspace", "template_id", "template_version"],
                condition=Q(template_id__isnull=False),
                name="message_text_version",
            ),
            # Messages whose approved text was not known when they were sent.
            models.Index(
                fields=["content_sid"],
                condition=Q(content_values__isnull=False),
                name="message_text_to_fill_in",
            ),
            # Evidence against a sender: recent failures by code. See `dispatch/pausing.py`.
            models.Index(
                fields=["sender", "error_code", "-updated_at"],
                condition=~Q(error_code=""),
                name="message_failed_by_sender",
            ),
            # The dashboard's.
            models.Index(fields=["workspace", "-sent_at"], name="message_sent"),
            models.Index(
                fields=["workspace", "-replied_at"],
                condition=Q(replied_at__isnull=False),
                name="message_answered",
            ),
            models.Index(
                fields=["workspace", "-delivered_at"],
                condition=Q(delivered_at__isnull=False),
                name="message_delivered",
            ),
            models.Index(fields=["campaign", "status"], name="message_campaign"),
            # The day of a message, as `messaging/message_days.py` has it.
            models.Index(
                F("campaign"),
                Case(When(sent_at=None, then="created_at"), default="sent_at"),
                name="message_day",
            ),
            # For the list of ratings, the newest asks first.
            models.Index(
                F("workspace"),
                Case(When(sent_at=None, then="created_at"), default="sent_at"),
                F("id"),
                condition=Q(rating__isnull=False),
                name="message_rated",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="messaging_message_workspace_id"
            ),
            models.UniqueConstraint(
                fields=["patient", "type"],
                condition=~Q(type="ANSWER"),
                name="messaging_message_once_per_type",
            ),
            choices_constraint("type", MessageType, name="messaging_message_type_known"),
            choices_constraint("channel", Channel, name="messaging_message_channel_known"),
            choices_constraint("status", MessageStatus, name="messaging_message_status_known"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5, type="INITIAL"),
                name="messaging_message_rating_1_to_5_on_the_ask",
            ),
            models.CheckConstraint(
                condition=Q(status="SENDING", claimed_until__isnull=False) | ~Q(status="SENDING"),
                name="messaging_message_sending_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(status="REPLIED") | Q(replied_at__isnull=False),
                name="messaging_message_replied_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(template_id=None, template_version=None)
                | Q(template_id=None, template_version=0)
                # Without the IS NOT NULL conditions a NULL would pass the check.
                | Q(
                    template_id__isnull=False,
                    template_version__isnull=False,
                    template_version__gte=1,
                ),
                name="messaging_message_text_has_a_version",
            ),
            models.CheckConstraint(
                condition=Q(content_values=None) | ~Q(content_sid=""),
                name="messaging_message_values_of_an_approved_text",
            ),
            models.CheckConstraint(
                condition=Q(cost=None, cost_currency="")
                | Q(cost__isnull=False, cost_currency__regex="^[A-Z]{3}$"),
                name="messaging_message_cost_in_a_currency",
            ),
            SameWorkspace(field="campaign", name="messaging_message_campaign_fk"),
            SameWorkspace(field="patient", name="messaging_message_patient_fk"),
            SharedOrOwn(field="sender", name="messaging_message_sender_own"),
            RowSecurity(name="messaging_message_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"

    def may_become(self, status: str) -> bool:
        if MessageStatus.CANCELLED in (self.status, status):
            return (self.status, status) == (MessageStatus.PENDING, MessageStatus.CANCELLED)
        return RANK[status] > RANK[self.status]
