from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import User, Workspace


class SavedViewQuerySet(TenantQuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """Return the clinic's views and the member's own, by name."""
        return self.filter(Q(user=None) | Q(user=user)).order_by(Lower("name"), "pk")


class SavedView(BaseModel):
    """The filters of the list of ratings under a name.

    `query` is the address without its path. What it names may be removed later: the list leaves
    that out and says so. A view without a user is the clinic's, and every member sees it.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=1000)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                condition=Q(user=None),
                name="insights_savedview_once_a_clinic",
            ),
            models.UniqueConstraint(
                "user",
                Lower("name"),
                condition=Q(user__isnull=False),
                name="insights_savedview_once_a_member",
            ),
            SameWorkspace(field="user", name="insights_savedview_user_fk"),
            RowSecurity(name="insights_savedview_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
