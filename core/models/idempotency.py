from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.ids import uuid7
from core.models.base import TenantQuerySet


class IdempotencyRecord(models.Model):
    """The response to a request with an Idempotency-Key, returned when the request is repeated."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    workspace_id = models.UUIDField(_("workspace (id)"))
    caller_id = models.UUIDField(_("caller (id)"), help_text=_("An API key, or a person."))
    key = models.CharField(_("idempotency key"), max_length=255)
    request_digest = models.CharField(_("digest of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), blank=True)

    objects = TenantQuerySet["IdempotencyRecord"].as_manager()

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        indexes = [models.Index(fields=["created_at"], name="idempotencyrecord_to_forget")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "caller_id", "key"], name="core_idempotencyrecord_once"
            ),
            RowSecurity(name="core_idempotencyrecord_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
