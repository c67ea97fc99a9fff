"""The ratings of patients in lists.

Ratings belong to messages, which this app must not import. The app that has them registers in
`AppConfig.ready` how to read them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from patients.models import Patient, PatientQuerySet


class RatingFilter(models.TextChoices):
    FIVE = "5", _("5 ★")
    FOUR = "4", _("4 ★")
    THREE = "3", _("3 ★")
    TWO = "2", _("2 ★")
    ONE = "1", _("1 ★")
    UNHAPPY = "unhappy", _("1 to 3 ★")
    NONE = "none", _("Asked, no rating")


@dataclass(frozen=True)
class RatingLookup:
    annotate: Callable[[PatientQuerySet], PatientQuerySet]  # adds `rating`, or None
    narrow: Callable[[PatientQuerySet, RatingFilter], PatientQuerySet]


lookups: list[RatingLookup] = []


def annotate_ratings(patients: PatientQuerySet) -> PatientQuerySet:
    """Add the rating to each patient, with the query of the list itself."""
    for lookup in lookups:
        patients = lookup.annotate(patients)
    return patients


def narrow_to_rating(patients: PatientQuerySet, chosen: RatingFilter) -> PatientQuerySet:
    for lookup in lookups:
        patients = lookup.narrow(patients, chosen)
    return patients


def rating_of(patient: Patient) -> int | None:
    """Return the rating of a patient from `annotate_ratings`."""
    rating: int | None = getattr(patient, "rating", None)
    return rating
