"""What programs come in with, and what they were answered, for a day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.ids import uuid7
from workspaces.models.workspace import Workspace
from workspaces.rows import Row, TenantQuerySet
from workspaces.walls import SameWorkspace, Wall


class Scope(models.TextChoices):
    WORKSPACE_READ = "workspace:read", _("See the workspace’s settings")
    WORKSPACE_WRITE = "workspace:write", _("Change the workspace’s settings")
    PRACTICES_READ = "practices:read", _("See practices")
    PRACTICES_WRITE = "practices:write", _("Add, change and remove practices")
    TEMPLATES_READ = "templates:read", _("See texts")
    TEMPLATES_WRITE = "templates:write", _("Write, change and delete texts")
    CAMPAIGNS_READ = "campaigns:read", _("See campaigns")
    CAMPAIGNS_WRITE = "campaigns:write", _("Create, change, activate and end campaigns")
    PATIENTS_READ = "patients:read", _("See patients")
    PATIENTS_WRITE = "patients:write", _("Send in and change patients")
    IMPORTS_READ = "imports:read", _("See lists and what was wrong with them")
    IMPORTS_WRITE = "imports:write", _("Upload lists")
    SUPPRESSIONS_READ = "suppressions:read", _("See who is never written to")
    SUPPRESSIONS_WRITE = "suppressions:write", _("Add and remove suppressions")
    MESSAGES_READ = "messages:read", _("See messages and ratings")
    FEEDBACK_READ = "feedback:read", _("See unhappy patients")
    FEEDBACK_WRITE = "feedback:write", _("Work on the cases of unhappy patients")
    INSIGHTS_READ = "insights:read", _("See figures")


def scopes_in_words(scopes: Iterable[str]) -> str:
    """What people read; the names themselves are for programs."""
    return " · ".join(str(Scope(scope).label) for scope in scopes)


class ApiKeyQuerySet(TenantQuerySet["ApiKey"]):
    def alive(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class ApiKey(Row):
    """Acts as whoever made it, no further than its scopes; the secret itself is stored nowhere."""

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

    # Asked along when it is recognised; unknown of one that was found in another way.
    has_api: bool = False

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values, scopes__len__gte=1),
                name="workspaces_apikey_scopes_known",
            ),
            SameWorkspace(field="made_by", name="workspaces_apikey_made_by_fk"),
            Wall(name="workspaces_apikey_wall"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class KeptAnswer(models.Model):
    """What a program was answered, for when it asks the same thing again with the same key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    caller_id = models.UUIDField(_("caller (id)"), help_text=_("An API key, or a person."))
    key = models.CharField(_("idempotency key"), max_length=255)
    request_digest = models.CharField(_("digest of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), blank=True)

    objects = TenantQuerySet["KeptAnswer"].as_manager()

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        indexes = [models.Index(fields=["created_at"], name="keptanswer_to_forget")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "caller_id", "key"], name="workspaces_keptanswer_once"
            ),
            Wall(name="workspaces_keptanswer_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
