"""The visits behind the figures: those with a rating or a text, narrowed like the figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Q

from insights.filters import Filters
from insights.periods import Period
from insights.topics.counting import labelled_since
from messaging import message_days
from messaging.models import Intent, Message, TextLabels, TextSource, Topic, Urgency
from messaging.models.visibility import VisibleWithPatient
from messaging.text_labels.visit_words import is_about_visit, is_read
from patients.doctors.spellings import shown_name_of
from templates_app.models import MessageType
from workspaces.models import Practice, User, Workspace

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


def find_comments(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User
) -> VisibleWithPatient[Message]:
    """Return the asks whose patients wrote something, on the days that `count_topics` counts."""
    asks = find_asks(workspace, period, filters, visible_to=visible_to)
    return asks.filter(pk__in=find_labels(workspace, period).values("message"))


def find_labels(
    workspace: Workspace,
    period: Period,
    *,
    topic: Topic | None = None,
    urgency: Urgency | None = None,
) -> VisibleWithPatient[TextLabels]:
    """Return the labels of texts about visits of the period, and some of later visits."""
    labels = TextLabels.objects.within(workspace).filter(
        is_about_visit(), created_at__gte=labelled_since(period)
    )
    if topic:
        labels = labels.filter(is_read(), topics__contains=[topic])
    return labels.filter(urgency=urgency) if urgency else labels


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


def narrow_to_days(
    asks: VisibleWithPatient[Message], workspace: Workspace, period: Period, filters: Filters
) -> VisibleWithPatient[Message]:
    """Narrow to what the figures count. With the moments of the days, an index finds the rows."""
    zones = set(Practice.objects.within(workspace).values_list("timezone", flat=True))
    begins, ends = (datetime.combine(day, time(), UTC) for day in (period.first, period.last))
    asks = asks.filter(_is_counted(workspace, filters)).alias(at=message_days.anchor())
    asks = asks.filter(message_days.in_days(period.first, period.last, zones=zones))
    # The same for all time zones, for the index: their own ranges are alternatives.
    return asks.filter(at__gte=begins - A_DAY, at__lt=ends + 2 * A_DAY) if len(zones) > 1 else asks


def _of_days(asks: VisibleWithPatient[Message], period: Period) -> VisibleWithPatient[Message]:
    return asks.alias(day=message_days.day()).filter(day__range=(period.first, period.last))
