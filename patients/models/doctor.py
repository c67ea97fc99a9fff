from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet
from workspaces import google_listing
from workspaces.google_listing import Listing
from workspaces.models import Picture, Practice, User, Workspace
from workspaces.vetting.plain_names import on_one_line, plain_name


class DoctorQuerySet(TenantQuerySet["Doctor"]):
    def people(self) -> Self:
        """Return one row for each doctor, without the spellings that were merged into another."""
        return self.filter(merged_into=None)

    def person_ids(self) -> models.QuerySet[Any, UUID]:
        """Return the doctors whom these rows belong to. In SQL: `coalesce(shown_as_id, id)`."""
        return self.values_list(Coalesce("shown_as_id", "pk"), flat=True)

    def of_people(self, people: Iterable[UUID]) -> Self:
        """Return all rows of these doctors. `people` may be the query of `person_ids`."""
        return self.filter(Q(pk__in=people) | Q(shown_as__in=people))

    def of_member(self, user: User) -> Self:
        """Return all rows of the doctor that this member is."""
        return self.of_people(Doctor.objects.filter(member=user).person_ids())


class Doctor(BaseModel):
    """A spelling of a doctor's name and, unless it was merged into another row, a doctor.

    `name` is the text that patients carry in `doctor_name`. Imports replace all spellings with the
    same key by it. A merge changes no patient: it points the row to another one, and what shows or
    counts doctors looks up whom a spelling belongs to (see `patients/doctors/spellings.py`).
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="doctors"
    )
    key = models.CharField(_("key"), max_length=120)
    name = models.CharField(_("name"), max_length=120)
    looks = models.PositiveSmallIntegerField(
        _("how well it reads"), help_text=_("A better spelling takes its place.")
    )
    shown_name = models.CharField(
        _("name as shown"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        validators=[plain_name],
        help_text=_("Empty: the best spelling in lists."),
    )
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="merged",
        db_constraint=False,
    )
    # Where the chain of `merged_into` ends, so that no query has to follow it.
    shown_as = models.ForeignKey(
        "self",
        verbose_name=_("shown as"),
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="spellings",
        db_constraint=False,
    )
    reviewed_at = models.DateTimeField(
        _("reviewed"),
        null=True,
        blank=True,
        help_text=_("Somebody said that it is not one of the doctors with a similar name."),
    )
    practice = models.ForeignKey(
        Practice,
        verbose_name=_("practice"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    member = models.ForeignKey(
        User,
        verbose_name=_("member of the team"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    google_place_id = models.CharField(
        _("Google place id"), max_length=200, blank=True, default="", db_default=""
    )
    google_review_link = models.CharField(
        _("Google review link"), max_length=200, blank=True, default="", db_default=""
    )

    photo = models.ForeignKey(
        Picture,
        verbose_name=_("photo"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )

    objects = DoctorQuerySet.as_manager()

    class Meta:
        verbose_name = _("doctor’s name")
        verbose_name_plural = _("doctors’ names")
        indexes = [
            # For the doctor of a patient.
            models.Index(fields=["workspace", "name"], name="doctor_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="patients_doctor_once"),
            models.UniqueConstraint(
                fields=["workspace", "id"], name="patients_doctor_workspace_id"
            ),
            models.UniqueConstraint(fields=["member"], name="patients_doctor_member_once"),
            models.CheckConstraint(
                condition=Q(merged_into=None, shown_as=None)
                | Q(merged_into__isnull=False, shown_as__isnull=False)
                & ~Q(merged_into=F("id"))
                & ~Q(shown_as=F("id")),
                name="patients_doctor_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(google_review_link="")
                | Q(google_place_id="", google_review_link__regex=google_listing.STORED_LINK),
                name="patients_doctor_review_link_of_google",
            ),
            on_one_line("shown_name", name="patients_doctor_shown_name_on_one_line"),
            SameWorkspace(field="photo", name="patients_doctor_photo_fk"),
            SameWorkspace(field="merged_into", name="patients_doctor_merged_into_fk"),
            SameWorkspace(field="shown_as", name="patients_doctor_shown_as_fk"),
            SameWorkspace(field="practice", name="patients_doctor_practice_fk"),
            SameWorkspace(field="member", name="patients_doctor_member_fk"),
            RowSecurity(name="patients_doctor_row_security"),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        return self.shown_name or self.name

    @property
    def person_id(self) -> UUID:
        return self.shown_as_id or self.pk

    @property
    def listing(self) -> Listing:
        return Listing(self.google_place_id, self.google_review_link)
