import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.models.message import Message
from workspaces.models import Practice, Workspace
from workspaces.rows import Row, TenantQuerySet
from workspaces.walls import SameWorkspace, Wall


def new_token() -> str:
    return secrets.token_urlsafe(12)


class Report(Row):
    """What a practice shows to anybody who has the address, until it is taken back."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="reports"
    )
    practice = models.ForeignKey(
        Practice,
        verbose_name=_("practice"),
        on_delete=models.CASCADE,
        related_name="reports",
        db_constraint=False,
    )
    token = models.CharField(
        _("token"), max_length=24, unique=True, default=new_token, editable=False
    )
    created_by_name = models.CharField(_("created by"), max_length=120)
    views = models.PositiveIntegerField(_("views"), default=0)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = TenantQuerySet["Report"].as_manager()

    class Meta:
        verbose_name = _("public report")
        verbose_name_plural = _("public reports")
        constraints = [
            models.UniqueConstraint(
                fields=["practice"],
                condition=Q(revoked_at=None),
                name="messaging_report_one_in_force",
            ),
            SameWorkspace(field="practice", name="messaging_report_practice_fk"),
            Wall(name="messaging_report_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class QuoteWithdrawal(models.TextChoices):
    WORDS = "WORDS", _("The patient changed their words.")
    RATING = "RATING", _("The patient changed their rating.")
    PERMISSION = "PERMISSION", _("The patient does not want their words shown any more.")


class Quote(Row):
    """A copy of a patient's words as the owner saw and published them, without a name.

    What the patient writes later is never public by itself: it withdraws the quote, and the owner
    decides again. A withdrawn quote keeps its reason for the owner, but no words.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="quotes"
    )
    message = models.OneToOneField(
        Message,
        verbose_name=_("message"),
        on_delete=models.CASCADE,
        related_name="quote",
        db_constraint=False,
    )
    chosen_by_name = models.CharField(_("chosen by"), max_length=120)
    text = models.TextField(
        _("words"), blank=True, default="", db_default="", help_text=_("As they are shown.")
    )
    allowed_at = models.DateTimeField(_("allowed by the patient"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("not shown since"), null=True, blank=True)
    withdrawn_because = models.CharField(
        _("reason"), max_length=10, choices=QuoteWithdrawal, blank=True, default="", db_default=""
    )

    objects = TenantQuerySet["Quote"].as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, allowed_at__isnull=False) & ~Q(text="")
                | Q(withdrawn_at__isnull=False, text=""),
                name="messaging_quote_shown_has_allowed_words",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_because="")
                | Q(withdrawn_at__isnull=False, withdrawn_because__in=QuoteWithdrawal.values),
                name="messaging_quote_withdrawn_for_a_reason",
            ),
            SameWorkspace(field="message", name="messaging_quote_message_fk"),
            Wall(name="messaging_quote_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Desk(Row):
    """The star page that a QR code at a practice's reception opens."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="desks"
    )
    practice = models.OneToOneField(
        Practice,
        verbose_name=_("practice"),
        on_delete=models.CASCADE,
        related_name="desk",
        db_constraint=False,
    )
    token = models.CharField(
        _("token"), max_length=24, unique=True, default=new_token, editable=False
    )

    objects = TenantQuerySet["Desk"].as_manager()

    class Meta:
        verbose_name = _("QR code")
        verbose_name_plural = _("QR codes")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="messaging_desk_workspace_id"),
            SameWorkspace(field="practice", name="messaging_desk_practice_fk"),
            Wall(name="messaging_desk_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DeskRating(Row):
    """Of somebody who was there; nobody knows who."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    desk = models.ForeignKey(
        Desk,
        verbose_name=_("QR code"),
        on_delete=models.CASCADE,
        related_name="ratings",
        db_constraint=False,
    )
    rating = models.PositiveSmallIntegerField(_("rating"))
    comment = models.TextField(_("comment"), max_length=2000, blank=True)

    objects = TenantQuerySet["DeskRating"].as_manager()

    class Meta:
        verbose_name = _("rating at reception")
        verbose_name_plural = _("ratings at reception")
        indexes = [models.Index(fields=["desk", "-id"], name="deskrating_recent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5), name="messaging_deskrating_1_to_5"
            ),
            SameWorkspace(field="desk", name="messaging_deskrating_desk_fk"),
            Wall(name="messaging_deskrating_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
