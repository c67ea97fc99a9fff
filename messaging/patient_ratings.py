"""The ratings that patients gave, for the lists of patients of the app below."""

from django.db.models import Exists, OuterRef, Subquery

from messaging.models import Message
from messaging.ratings import HAPPY_FROM
from patients.listed_ratings import RatingFilter
from patients.models import PatientQuerySet
from templates_app.models import MessageType


def annotate_ratings(patients: PatientQuerySet) -> PatientQuerySet:
    """Add `rating`: by the unique index of a patient's asks, once for each row that is shown."""
    asks = Message.objects.filter(patient=OuterRef("pk"), type=MessageType.INITIAL)
    return patients.annotate(rating=Subquery(asks.values("rating")[:1]))


def narrow_to_rating(patients: PatientQuerySet, chosen: RatingFilter) -> PatientQuerySet:
    asks = Message.objects.filter(patient=OuterRef("pk"), type=MessageType.INITIAL)
    if chosen == RatingFilter.NONE:
        return patients.filter(Exists(asks.filter(rating=None)))
    if chosen == RatingFilter.UNHAPPY:
        return patients.filter(Exists(asks.filter(rating__lt=HAPPY_FROM)))
    return patients.filter(Exists(asks.filter(rating=int(chosen))))
