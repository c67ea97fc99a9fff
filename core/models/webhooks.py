from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel


class IncomingWebhook(BaseModel):
    """A signed call from another company (Twilio, Stripe, a mail provider), stored as it came.

    `created_at` is when we received it. The workspace is unknown until the payload is read, so
    only code with platform access can see these rows.
    """

    provider = models.CharField(_("provider"), max_length=20)
    kind = models.CharField(_("kind"), max_length=80)
    key = models.CharField(
        _("key"), max_length=128, help_text=_("What makes a repeated call the same call.")
    )
    payload = models.JSONField(_("payload"))
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Only for calls that are leased and retried; empty when no retry is due.
    next_try_at = models.DateTimeField(_("next attempt"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        indexes = [
            # For processors that read one kind of call in order.
            models.Index(
                fields=["kind", "id"], condition=Q(processed_at=None), name="webhook_waiting"
            ),
            # For processors that retry. Apart from the index above, so that a backlog of receipts
            # from Twilio does not slow down the search for an event of Stripe's.
            models.Index(
                fields=["provider", "id"],
                condition=Q(next_try_at__isnull=False),
                name="webhook_retried",
            ),
            # For platform staff who look at errors, and for calls that are matched again later.
            models.Index(fields=["error", "id"], condition=~Q(error=""), name="webhook_unresolved"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="core_webhook_once"),
            models.CheckConstraint(
                condition=Q(processed_at=None) | Q(next_try_at=None),
                name="core_webhook_processed_is_not_retried",
            ),
            RowSecurity(name="core_webhook_row_security", platform_only=True),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key}"
