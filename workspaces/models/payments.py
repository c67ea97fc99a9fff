from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspaces.rows import Row
from workspaces.walls import Wall


class PaymentEvent(Row):
    """Stripe's own words, kept raw; the workspace is known only once it is read."""

    event_id = models.CharField(_("event id"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=80)
    payload = models.JSONField(_("payload"))
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(processed_at=None),
                name="paymentevent_waiting",
            )
        ]
        constraints = [Wall(name="workspaces_paymentevent_wall", platform_only=True)]

    def __str__(self) -> str:
        return self.event_id
