from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from patients.models import Patient
from patients.visibility import patients_visible_to
from reviews.models.review import Review
from workspaces.models import User, Workspace


class AttributionGrade(models.TextChoices):
    LIKELY = "LIKELY", _("Likely")
    POSSIBLE = "POSSIBLE", _("Possible")


class AttributionQuerySet(TenantQuerySet["Attribution"]):
    def visible_to(self, user: User) -> Self:
        """Return the guesses about patients whom the user may see, without erased ones."""
        visible = patients_visible_to(user, patient="patient")
        return self.filter(visible, patient__data_deleted_at=None)


class Attribution(BaseModel):
    """The ask that a review probably came from. A review without a row has an unknown one.

    It is a guess about a patient: it never leaves the clinic, and goes when the patient is erased.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    review = models.OneToOneField(
        Review,
        verbose_name=_("review"),
        on_delete=models.CASCADE,
        related_name="attribution",
        db_constraint=False,
    )
    patient = models.OneToOneField(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.CASCADE,
        related_name="attribution",
        db_constraint=False,
    )
    grade = models.CharField(_("grade"), max_length=8, choices=AttributionGrade)
    reasons = models.JSONField(_("reasons"), default=list, help_text=_("Codes of the evidence."))
    minutes_after_click = models.IntegerField(_("minutes after the click"), null=True, blank=True)

    objects = AttributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribution of a review")
        verbose_name_plural = _("attributions of reviews")
        constraints = [
            choices_constraint("grade", AttributionGrade, name="reviews_attribution_grade_known"),
            SameWorkspace(field="review", name="reviews_attribution_review_fk"),
            SameWorkspace(field="patient", name="reviews_attribution_patient_fk"),
            RowSecurity(name="reviews_attribution_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
