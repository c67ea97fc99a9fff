"""The texts of a workspace with all of their versions."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models import Language, Workspace


class Channel(models.TextChoices):
    SMS = "SMS", _("SMS")
    WHATSAPP = "WHATSAPP", _("WhatsApp")
    EMAIL = "EMAIL", _("E-mail")


class MessageType(models.TextChoices):
    INITIAL = "INITIAL", _("Ask")
    FOLLOWUP_HAPPY = "FOLLOWUP_HAPPY", _("Thanks, with the review link")
    FOLLOWUP_UNHAPPY = "FOLLOWUP_UNHAPPY", _("Sorry, with the private form")
    REMINDER = "REMINDER", _("Reminder")
    CLARIFY = "CLARIFY", _("Asks once more, for a number from 1 to 5")
    CONFIRM_STOP = "CONFIRM_STOP", _("Confirms that no more messages come")
    CONFIRM_START = "CONFIRM_START", _("Confirms that messages come again")
    ANSWER = "ANSWER", _("Answer by a person")


# The types that have templates. All others are written by a person or by us.
WRITTEN_AHEAD = [
    MessageType.INITIAL,
    MessageType.FOLLOWUP_HAPPY,
    MessageType.FOLLOWUP_UNHAPPY,
    MessageType.REMINDER,
    MessageType.CLARIFY,
]


# The messages that ask for a rating unprompted. They leave while the campaign is active, within the
# hours of the practice, and not too late. In SQL for a message `m`.
ASKS = (MessageType.INITIAL, MessageType.REMINDER)
IS_ASK = "m.type IN ('INITIAL', 'REMINDER')"


class TemplateQuerySet(TenantQuerySet["Template"]):
    def of_single_channels(self, type: str, language: str) -> Self:
        """Return the texts in use that replace the one for every channel on a single channel."""
        return self.filter(type=type, language=language, is_default=True).exclude(channel="")


class Template(BaseModel):
    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="templates"
    )
    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=20, choices=MessageType)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    channel = models.CharField(
        _("channel"),
        max_length=8,
        choices=Channel,
        blank=True,
        help_text=_("Empty: for every channel that has no text of its own."),
    )
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    content = models.TextField(_("text"), max_length=1600)
    variables = models.JSONField(
        _("variables"),
        default=list,
        editable=False,
        help_text=_("Read from the text when it is saved."),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    whatsapp_content_sid = models.CharField(_("WhatsApp content SID"), max_length=34, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        indexes = [
            # Finds SIDs without an approved text.
            models.Index(
                fields=["workspace", "whatsapp_content_sid"],
                condition=~Q(whatsapp_content_sid=""),
                name="template_with_approval",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="templates_app_template_workspace_id"
            ),
            models.UniqueConstraint(
                fields=["workspace", "type", "language", "channel"],
                condition=Q(is_default=True),
                name="templates_app_template_one_default",
            ),
            models.CheckConstraint(
                condition=Q(type__in=WRITTEN_AHEAD), name="templates_app_template_type_known"
            ),
            choices_constraint("language", Language, name="templates_app_template_language_known"),
            models.CheckConstraint(
                condition=Q(channel__in=["", *Channel.values]),
                name="templates_app_template_channel_known",
            ),
            RowSecurity(name="templates_app_template_row_security"),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(BaseModel):
    """A saved state of a text, including the present one.

    Default texts get their first version when they are changed.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    template = models.ForeignKey(
        Template,
        verbose_name=_("template"),
        on_delete=models.CASCADE,
        related_name="versions",
        db_constraint=False,
    )
    version = models.PositiveIntegerField(_("version"))
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    content = models.TextField(_("text"))
    saved_by_name = models.CharField(_("saved by"), max_length=120)

    objects = TenantQuerySet["TemplateVersion"].as_manager()

    class Meta:
        verbose_name = _("template version")
        verbose_name_plural = _("template versions")
        constraints = [
            models.UniqueConstraint(
                fields=["template", "version"], name="templates_app_templateversion_once"
            ),
            SameWorkspace(field="template", name="templates_app_templateversion_template_fk"),
            RowSecurity(name="templates_app_templateversion_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.version}"
