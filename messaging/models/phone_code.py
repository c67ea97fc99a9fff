from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Workspace
from workspaces.vetting.limits import CODE_TRIES


class PhoneCode(BaseModel):
    """A code that was sent, or is to be sent, to a member's phone. Only its digest is kept."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
    )
    phone = models.CharField(_("phone"), max_length=20)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    objects = TenantQuerySet["PhoneCode"].as_manager()

    class Meta:
        verbose_name = _("phone code")
        verbose_name_plural = _("phone codes")
        indexes = [
            # To count the codes to one number lately, over all clinics.
            models.Index(fields=["phone", "created_at"], name="phonecode_to_number"),
            models.Index(fields=["workspace", "created_at"], name="phonecode_of_clinic"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(tries__lte=CODE_TRIES), name="messaging_phonecode_few_tries"
            ),
            models.CheckConstraint(
                condition=Q(digest="", sent_at=None, used_at=None)
                | (~Q(digest="") & Q(sent_at__isnull=False)),
                name="messaging_phonecode_sent_with_a_digest",
            ),
            SameWorkspace(field="user", name="messaging_phonecode_user_fk"),
            RowSecurity(name="messaging_phonecode_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
