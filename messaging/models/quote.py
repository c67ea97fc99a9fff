from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from messaging.models.message import Message
from workspaces.models import Workspace


class QuoteWithdrawal(models.TextChoices):
    WORDS = "WORDS", _("The patient changed their words.")
    RATING = "RATING", _("The patient changed their rating.")
    PERMISSION = "PERMISSION", _("The patient does not want their words shown any more.")


class QuoteQuerySet(TenantQuerySet["Quote"]):
    def in_force(self) -> Self:
        """Return what may be shown: published, still allowed, and of a patient who is not erased.

        Show their `text`, the copy that the owner published, and never the words as they are now.
        """
        return self.filter(
            withdrawn_at=None,
            message__quotable_at__isnull=False,
            message__patient__data_deleted_at=None,
        )


class Quote(BaseModel):
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

    objects = QuoteQuerySet.as_manager()

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
            RowSecurity(name="messaging_quote_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
