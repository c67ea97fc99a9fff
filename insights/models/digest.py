from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Workspace


class Digest(BaseModel):
    """A week whose digest was sent to the owners, so that it is sent only once."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    week = models.DateField(_("week of"))

    objects = TenantQuerySet["Digest"].as_manager()

    class Meta:
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "week"], name="insights_digest_once"),
            RowSecurity(name="insights_digest_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id} {self.week}"


class MonthlyMail(BaseModel):
    """A mail of the release before notifications, in which the report of a month was sent.

    Nothing is written here any more, and the next release drops the table.
    """

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
    month = models.DateField(_("month of"))
    queued_at = models.DateTimeField(_("queued"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = TenantQuerySet["MonthlyMail"].as_manager()

    class Meta:
        verbose_name = _("monthly report by mail")
        verbose_name_plural = _("monthly reports by mail")
        constraints = [
            models.UniqueConstraint(fields=["user", "month"], name="insights_monthlymail_once"),
            models.CheckConstraint(
                condition=Q(month__day=1), name="insights_monthlymail_of_a_whole_month"
            ),
            SameWorkspace(field="user", name="insights_monthlymail_user_fk"),
            RowSecurity(name="insights_monthlymail_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.month}"
