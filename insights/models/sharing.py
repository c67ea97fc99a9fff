from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.ids import new_token
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Practice, Workspace


class Report(BaseModel):
    """A public report of a practice: anybody with the address can read it until it is revoked."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="reports"
    )
    practice = models.ForeignKey(
        Practice,
        verbose_name=_("practice"),
        on_delete=models.CASCADE,
        related_name="reports",
        db_constraint=False,
    )
    token = models.CharField(
        _("token"), max_length=24, unique=True, default=new_token, editable=False
    )
    created_by_name = models.CharField(_("created by"), max_length=120)
    views = models.PositiveIntegerField(_("views"), default=0)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    is_indexable = models.BooleanField(
        _("may appear in search engines"), default=False, db_default=False
    )
    shows_google = models.BooleanField(
        _("shows the rating at Google"), default=False, db_default=False
    )
    description = models.CharField(
        _("description"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("One or two sentences about the practice. Search engines show them too."),
    )
    booking_url = models.URLField(
        _("page for appointments"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        validators=[URLValidator(schemes=["https"])],
        help_text=_("Begins with https://. The report links to it."),
    )

    objects = TenantQuerySet["Report"].as_manager()

    class Meta:
        verbose_name = _("public report")
        verbose_name_plural = _("public reports")
        constraints = [
            models.UniqueConstraint(
                fields=["practice"],
                condition=Q(revoked_at=None),
                name="insights_report_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(booking_url="") | Q(booking_url__startswith="https://"),
                name="insights_report_booking_url_is_https",
            ),
            SameWorkspace(field="practice", name="insights_report_practice_fk"),
            RowSecurity(name="insights_report_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Desk(BaseModel):
    """The star page that a QR code at a practice's reception opens."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="desks"
    )
    practice = models.OneToOneField(
        Practice,
        verbose_name=_("practice"),
        on_delete=models.CASCADE,
        related_name="desk",
        db_constraint=False,
    )
    token = models.CharField(
        _("token"), max_length=24, unique=True, default=new_token, editable=False
    )

    objects = TenantQuerySet["Desk"].as_manager()

    class Meta:
        verbose_name = _("QR code")
        verbose_name_plural = _("QR codes")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="insights_desk_workspace_id"),
            SameWorkspace(field="practice", name="insights_desk_practice_fk"),
            RowSecurity(name="insights_desk_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DeskRating(BaseModel):
    """An anonymous rating from the star page."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    desk = models.ForeignKey(
        Desk,
        verbose_name=_("QR code"),
        on_delete=models.CASCADE,
        related_name="ratings",
        db_constraint=False,
    )
    rating = models.PositiveSmallIntegerField(_("rating"))
    comment = models.TextField(_("comment"), max_length=2000, blank=True)

    objects = TenantQuerySet["DeskRating"].as_manager()

    class Meta:
        verbose_name = _("rating at reception")
        verbose_name_plural = _("ratings at reception")
        indexes = [models.Index(fields=["desk", "-id"], name="deskrating_recent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5), name="insights_deskrating_1_to_5"
            ),
            SameWorkspace(field="desk", name="insights_deskrating_desk_fk"),
            RowSecurity(name="insights_deskrating_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
