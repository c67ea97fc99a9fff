from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models.workspace import Workspace


class ApiKeyQuerySet(TenantQuerySet["ApiKey"]):
    def alive(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class ApiKey(BaseModel):
    """Acts as the person who made it, within its scopes. The secret itself is not stored."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="api_keys"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text=_("Without them the key stops."),
    )
    made_by_name = models.CharField(_("made by"), max_length=120)
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=16, unique=True)
    digest = models.CharField(_("digest"), max_length=64)
    scopes = ArrayField(
        models.CharField(max_length=24),
        verbose_name=pgettext_lazy("what an API key is allowed to do", "may"),
    )
    addresses = ArrayField(
        models.CharField(max_length=43),
        verbose_name=_("from these addresses alone"),
        default=list,
        blank=True,
    )
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    # Set by `authenticate_key` alone: whether the plan includes the API.
    has_api: bool = False

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__len__gte=1), name="integrations_apikey_has_scopes"
            ),
            SameWorkspace(field="made_by", name="integrations_apikey_made_by_fk"),
            RowSecurity(name="integrations_apikey_row_security"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
