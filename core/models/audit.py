from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import AppendOnly, RowSecurity
from core.ids import uuid7
from core.models.base import TenantQuerySet

# The database keeps them for so long whatever the settings say, so that an intruder cannot remove
# their own traces.
MIN_ORIGIN_DAYS = 30
HAS_ORIGIN = models.Q(address__isnull=False) | ~models.Q(user_agent="")


class AuditEvent(models.Model):
    """Who did what, when and from where. No foreign keys: it outlives everything that it names.

    The address and the browser are erased after `AUDIT_ORIGIN_DAYS`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace_id = models.UUIDField(_("workspace (id)"))
    at = models.DateTimeField(_("when"), auto_now_add=True)
    actor_id = models.UUIDField(_("who (id)"), null=True)
    actor_name = models.CharField(_("who"), max_length=120)
    action = models.CharField(_("what"), max_length=60)
    entity_type = models.CharField(_("kind of thing"), max_length=40)
    entity_id = models.UUIDField(_("thing (id)"), null=True)
    entity_name = models.CharField(_("thing"), max_length=200, blank=True)
    old = models.JSONField(_("before"), default=dict)
    new = models.JSONField(_("after"), default=dict)
    address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)

    objects = TenantQuerySet["AuditEvent"].as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index(fields=["workspace_id", "-id"], name="audit_recent"),
            models.Index(fields=["workspace_id", "actor_id", "-id"], name="audit_actor"),
            models.Index(fields=["workspace_id", "entity_type", "entity_id"], name="audit_entity"),
            # For retention, four times a day. A row leaves it when its origin is erased.
            models.Index(fields=["workspace_id", "at"], name="audit_origin", condition=HAS_ORIGIN),
        ]
        constraints = [
            RowSecurity(name="core_auditevent_row_security"),
            AppendOnly(
                name="core_auditevent_append_only",
                forgets=["address", "user_agent"],
                days=MIN_ORIGIN_DAYS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.entity_id}"
