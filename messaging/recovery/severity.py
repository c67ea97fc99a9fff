"""How severe the case of an unhappy patient is: first what their texts say, then the stars.

The board sorts by it and a card shows it, so the rule is here once in SQL and once in Python.
"""

from datetime import datetime, time, tzinfo

from django.db.models import Case, OuterRef, Subquery, TextChoices, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.models import Feedback, TextLabels, Urgency
from messaging.models.text_labels import URGENCY_ORDER
from messaging.models.visibility import VisibleWithPatient

WORST_RATING = 1


class Severity(TextChoices):
    """The most severe first."""

    URGENT = "urgent", _("Urgent")
    SERIOUS = "serious", _("Serious")
    ORDINARY = "ordinary", _("Ordinary")


def severity_of(case: Feedback) -> Severity:
    """Return the severity that the order of `by_severity` goes by."""
    if case.labels.is_urgent:
        return Severity.URGENT
    return Severity.SERIOUS if case.rating <= WORST_RATING else Severity.ORDINARY


def by_severity(cases: VisibleWithPatient[Feedback]) -> VisibleWithPatient[Feedback]:
    """Order by the most urgent text of each visit, then by stars, then by age."""
    texts = TextLabels.objects.filter(message=OuterRef("message"))
    rank = texts.annotate(rank=URGENCY_ORDER).order_by("rank").values("rank")[:1]
    not_urgent = Value(Urgency.values.index(Urgency.NONE))
    ranked = cases.alias(urgency_rank=Coalesce(Subquery(rank), not_urgent))
    return ranked.order_by("urgency_rank", "rating", "pk")


def todays_first(cases: VisibleWithPatient[Feedback], zone: tzinfo) -> VisibleWithPatient[Feedback]:
    """Put the cases of the clinic's day before all others, each part by severity."""
    today = datetime.combine(timezone.now().astimezone(zone).date(), time(), zone)
    is_today = Case(When(created_at__gte=today, then=Value(True)), default=Value(False))
    ranked = by_severity(cases.annotate(is_today=is_today))
    return ranked.order_by("-is_today", *ranked.query.order_by)
