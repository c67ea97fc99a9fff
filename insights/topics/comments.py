"""The visits behind the figures: those with a rating or a text, narrowed like the figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from django.db.models import Q

from insights.filters import Filters
from insights.periods import Period
from insights.topics.counting import labelled_since
from messaging import message_days
from messaging.models import Intent, Message, TextLabels, TextSource, Topic
from messaging.models.visibility import VisibleWithPatient
from messaging.ratings import HAPPY_FROM
from messaging.text_labels.visit_words import is_about_visit, is_read
from patients.doctors.spellings import shown_name_of
from patients.visibility import patients_visible_to
from templates_app.models import MessageType
from workspaces.models import User, Workspace


class RatingRange(StrEnum):
    HAPPY = "happy"
    UNHAPPY = "unhappy"
    FIVE = "5"
    FOUR = "4"
    THREE = "3"
    TWO = "2"
    ONE = "1"

    @property
    def condition(self) -> Q:
        match self:
            case RatingRange.HAPPY:
                return Q(rating__gte=HAPPY_FROM)
            case RatingRange.UNHAPPY:
                return Q(rating__lt=HAPPY_FROM)
        return Q(rating=int(self))


RATED = Q(rating__isnull=False)
# No practice is further from UTC than this.
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class VisitText:
    """One text of a visit, with its labels if it has any."""

    text: str
    labels: TextLabels | None


def find_asks(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User
) -> VisibleWithPatient[Message]:
    """Return the asks of the days and groups that the figures count.

    No index has the day, so the caller narrows them to those with a text or a case.
    """
    asks = Message.objects.within(workspace).visible_to(visible_to)
    return _of_days(asks.filter(_is_counted(workspace, filters)), period)


def find_ratings(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User,
    rating: RatingRange | None = None,
) -> VisibleWithPatient[Message]:
    """Return the asks that `Figures.ratings` counts, without those of erased patients."""
    asks = Message.objects.within(workspace).visible_to(visible_to)
    return _rated(asks.filter(_is_counted(workspace, filters)), period, rating)


def count_erased_ratings(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User,
    rating: RatingRange | None = None,
) -> int:
    """Count the ratings of erased patients. The figures keep them, and no list shows them."""
    asks = Message.objects.within(workspace).filter(
        patients_visible_to(visible_to, patient="patient"),
        patient__data_deleted_at__isnull=False,
    )
    return _rated(asks.filter(_is_counted(workspace, filters)), period, rating).count()


def find_comments(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User,
    topic: Topic | None = None,
    rating: RatingRange | None = None,
) -> VisibleWithPatient[Message]:
    """Return the asks whose patients wrote something, on the days that `count_topics` counts."""
    asks = find_asks(workspace, period, filters, visible_to=visible_to)
    labels = TextLabels.objects.within(workspace).filter(
        is_about_visit(), created_at__gte=labelled_since(period)
    )
    if topic:
        labels = labels.filter(is_read(), topics__contains=[topic])
    asks = asks.filter(pk__in=labels.values("message"))
    return asks.filter(rating.condition) if rating else asks


def with_words(asks: VisibleWithPatient[Message]) -> VisibleWithPatient[Message]:
    """Load what `words_of` and the pages read, with a fixed number of queries."""
    asks = asks.annotate(shown_doctor=shown_name_of("patient"))
    return asks.select_related("patient", "campaign__practice", "feedback").prefetch_related(
        "text_labels", "answers"
    )


def words_of(ask: Message) -> list[VisitText]:
    return list(_texts(ask))


def _texts(ask: Message) -> Iterator[VisitText]:
    by_text = {(labels.source, labels.source_id): labels for labels in ask.text_labels.all()}
    if ask.comment:
        yield VisitText(ask.comment, by_text.get((TextSource.COMMENT, ask.pk)))
    feedback = getattr(ask, "feedback", None)
    if feedback and feedback.comment:
        yield VisitText(feedback.comment, by_text.get((TextSource.FEEDBACK, feedback.pk)))
    for inbound in ask.answers.all():
        # What came soon after the rating was added to the comment, and is shown with it.
        if inbound.intent == Intent.OTHER and inbound.body not in ask.comment:
            yield VisitText(inbound.body, by_text.get((TextSource.INBOUND, inbound.pk)))


def _is_counted(workspace: Workspace, filters: Filters) -> Q:
    values = {
        "campaign__practice": filters.practice,
        "campaign": filters.campaign,
        "patient__doctor_name__in": filters.spellings(workspace),
        "patient__appointment_type": filters.appointment_type,
        "channel": filters.channel,
    }
    narrowed = {name: value for name, value in values.items() if value is not None}
    return Q(message_days.counts(), type=MessageType.INITIAL, **narrowed)


def _of_days(asks: VisibleWithPatient[Message], period: Period) -> VisibleWithPatient[Message]:
    return asks.alias(day=message_days.day()).filter(day__range=(period.first, period.last))


def _rated(
    asks: VisibleWithPatient[Message],
    period: Period,
    rating: RatingRange | None,
) -> VisibleWithPatient[Message]:
    """Narrow to ratings of the period. The index `message_day` has moments instead of days."""
    begins, ends = (datetime.combine(day, time(), UTC) for day in (period.first, period.last))
    asks = asks.filter(rating.condition if rating else RATED)
    asks = asks.alias(at=message_days.anchor()).filter(
        at__gte=begins - A_DAY, at__lt=ends + 2 * A_DAY
    )
    return _of_days(asks, period)
