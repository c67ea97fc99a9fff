import zoneinfo
from datetime import time

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces import google_listing
from workspaces.models.workspace import Workspace
from workspaces.vetting.plain_names import on_one_line, plain_name


class Country(models.TextChoices):
    AR = "AR", _("Argentina")
    BO = "BO", _("Bolivia")
    BR = "BR", _("Brazil")
    CL = "CL", _("Chile")
    CO = "CO", _("Colombia")
    CR = "CR", _("Costa Rica")
    DO = "DO", _("Dominican Republic")
    EC = "EC", _("Ecuador")
    ES = "ES", _("Spain")
    GT = "GT", _("Guatemala")
    HN = "HN", _("Honduras")
    MX = "MX", _("Mexico")
    NI = "NI", _("Nicaragua")
    PA = "PA", _("Panama")
    PE = "PE", _("Peru")
    PY = "PY", _("Paraguay")
    SV = "SV", _("El Salvador")
    US = "US", _("United States")
    UY = "UY", _("Uruguay")
    VE = "VE", _("Venezuela")


def known_timezone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no time zone called “%(name)s”."), params={"name": name})


class Practice(BaseModel):
    """A place where patients are seen, with address, Google listing and hours for messages."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="practices"
    )
    name = models.CharField(_("name"), max_length=120, validators=[plain_name])
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    state = models.CharField(_("state or province"), max_length=80, blank=True)
    zip_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=Country, default=Country.EC)
    google_place_id = models.CharField(
        _("Google place id"),
        max_length=200,
        blank=True,
        help_text=_("Happy patients are led to this listing’s reviews."),
    )
    google_review_link = models.CharField(
        _("Google review link"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where Google’s own link is all that is known of the listing."),
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=64, default="America/Guayaquil", validators=[known_timezone]
    )
    window_start = models.TimeField(_("messages from"), default=time(8))
    window_end = models.TimeField(_("messages until"), default=time(20))

    objects = TenantQuerySet["Practice"].as_manager()

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="workspaces_practice_workspace_id"
            ),
            models.UniqueConstraint(
                fields=["workspace", "name"],
                name="workspaces_practice_name_unique",
                violation_error_message=_("You already have a practice with this name."),
            ),
            on_one_line("name", name="workspaces_practice_name_on_one_line"),
            choices_constraint("country", Country, name="workspaces_practice_country_known"),
            models.CheckConstraint(
                condition=~Q(window_start=F("window_end")),
                name="workspaces_practice_window_open",
                violation_error_message=_("Messages must be allowed for some part of the day."),
            ),
            models.CheckConstraint(
                condition=Q(google_review_link="")
                | Q(google_place_id="", google_review_link__regex=google_listing.STORED_LINK),
                name="workspaces_practice_review_link_of_google",
                violation_error_message=_(
                    "Either a place id, or a link of Google’s that leads to one place."
                ),
            ),
            RowSecurity(name="workspaces_practice_row_security"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def review_url(self) -> str:
        """Return the page on which patients write a review on Google, or an empty text."""
        listing = google_listing.Listing(self.google_place_id, self.google_review_link)
        return google_listing.review_url(listing)

    @property
    def opens_the_form(self) -> bool:
        return google_listing.opens_the_form(self.review_url)

    @property
    def listing(self) -> str:
        """Return the value for the form's one field for the listing."""
        return self.google_place_id or self.google_review_link

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)
