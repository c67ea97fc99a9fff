from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import AppendOnly, RowSecurity
from core.ids import uuid7
from core.models.base import TenantQuerySet

# Until then the database keeps them whatever the settings say, so that nobody who came in can wipe
# away where from.
FEWEST_ORIGIN_DAYS = 30
HAS_ORIGIN = models.Q(address__isnull=False) | ~models.Q(user_agent="")


class AuditEvent(models.Model):
    """Who did what, when, from where. No foreign keys: it outlives everything that it names.

    From where (the address and the browser) is forgotten after `AUDIT_ORIGIN_DAYS`.
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
            # Read by retention, four times a day; a row leaves it for good when it is forgotten.
            models.Index(fields=["workspace_id", "at"], name="audit_origin", condition=HAS_ORIGIN),
        ]
        constraints = [
            RowSecurity(name="core_auditevent_row_security"),
            AppendOnly(
                name="core_auditevent_append_only",
                forgets=["address", "user_agent"],
                days=FEWEST_ORIGIN_DAYS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.entity_id}"
