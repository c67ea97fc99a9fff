"""Find the visits of a search, and load what their rows show."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, Func, IntegerField, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat

from core.word_search import contains_words
from insights.counting import FAILED_Q, HAS_LEFT_Q
from insights.outcomes import ANSWERED_Q, DELIVERED_Q, OPTED_OUT_Q
from insights.ratings.search import RatingSearch, Shown
from insights.topics.comments import VisitText, find_labels, narrow_to_days, with_words, words_of
from messaging import message_days
from messaging.models import Feedback, InboundMessage, Intent, Message
from messaging.models.text_labels import VisitLabels, summarize_labels
from messaging.models.visibility import VisibleWithPatient
from patients.visibility import patients_visible_to
from reviews.models import Attribution, AttributionGrade
from workspaces.models import User, Workspace

CONDITIONS = {
    Shown.RATINGS: Q(rating__isnull=False),
    Shown.WORDS: Q(),
    Shown.ASKED: HAS_LEFT_Q,
    Shown.DELIVERED: HAS_LEFT_Q & DELIVERED_Q,
    Shown.ANSWERED: HAS_LEFT_Q & ANSWERED_Q,
    Shown.FAILED: FAILED_Q,
    Shown.CLICKED: HAS_LEFT_Q & Q(patient__review_clicks__gt=0),
    Shown.OPTED_OUT: HAS_LEFT_Q & DELIVERED_Q & OPTED_OUT_Q,
    Shown.LIKELY: HAS_LEFT_Q
    & Q(
        patient__attribution__grade=AttributionGrade.LIKELY,
        patient__attribution__review__vanished_at=None,
    ),
}


@dataclass(frozen=True)
class ListedVisit:
    """A row of the list."""

    ask: Message
    texts: list[VisitText]
    is_likely_review: bool

    @property
    def case(self) -> Feedback | None:
        return getattr(self.ask, "feedback", None)

    @property
    def has_clicked(self) -> bool:
        return self.ask.patient.review_clicks > 0


def find_visits(
    workspace: Workspace, search: RatingSearch, *, visible_to: User
) -> VisibleWithPatient[Message]:
    """Return the asks of these visits, without those of erased patients."""
    asks = Message.objects.within(workspace).visible_to(visible_to)
    asks = _narrow(asks, workspace, search)
    if search.is_about_words:
        asks = _narrow_to_words(asks, workspace, search)
    return asks


def count_erased(workspace: Workspace, search: RatingSearch, *, visible_to: User) -> int:
    """Count the visits of erased patients. The figures keep them, and no list shows them."""
    asks = Message.objects.within(workspace).filter(
        patients_visible_to(visible_to, patient="patient"),
        patient__data_deleted_at__isnull=False,
    )
    return _narrow(asks, workspace, search).count()


def with_rows(asks: VisibleWithPatient[Message]) -> VisibleWithPatient[Message]:
    """Load what the rows of pages, files and the API read, with a fixed number of queries."""
    return with_words(asks).annotate(asked_at=message_days.anchor())


def list_visits(asks: Iterable[Message], *, visible_to: User) -> list[ListedVisit]:
    asks = list(asks)
    likely = _find_likely_reviewers(asks, visible_to)
    return [ListedVisit(ask, words_of(ask), ask.patient_id in likely) for ask in asks]


def labels_of(ask: Message) -> VisitLabels:
    return summarize_labels(ask.text_labels.all())


def _narrow(
    asks: VisibleWithPatient[Message], workspace: Workspace, search: RatingSearch
) -> VisibleWithPatient[Message]:
    asks = narrow_to_days(asks, workspace, search.period, search.filters)
    asks = asks.filter(CONDITIONS[search.shown])
    if search.stars:
        asks = asks.filter(rating__in=search.stars)
    return _narrow_to_hours(asks, search)


def _narrow_to_words(
    asks: VisibleWithPatient[Message], workspace: Workspace, search: RatingSearch
) -> VisibleWithPatient[Message]:
    """Narrow to visits with words. The words of erased patients are gone."""
    labels = find_labels(workspace, search.period, topic=search.topic, urgency=search.urgency)
    asks = asks.filter(pk__in=labels.values("message"))
    return contains_words(asks, _all_words(), search.words) if search.words else asks


def _narrow_to_hours(
    asks: VisibleWithPatient[Message], search: RatingSearch
) -> VisibleWithPatient[Message]:
    """Narrow to answers of a weekday or an hour, as `counting.COUNT_HOURS` counts them."""
    for part, value in (("isodow", search.weekday), ("hour", search.hour)):
        if value is not None:
            asks = asks.alias(**{part: _part_of_answer(part)}).filter(**{part: value})
    return asks


def _part_of_answer(part: str) -> Func:
    return Func(
        F("campaign__practice__timezone"),
        F("replied_at"),
        template=f"extract({part} FROM timezone(%(expressions)s))::int",
        output_field=IntegerField(),
    )


def _all_words() -> Concat:
    """Return all texts of a visit in one, as `topics.comments.words_of` has them."""
    bodies = (
        InboundMessage.objects.filter(message=OuterRef("pk"), intent=Intent.OTHER)
        .order_by()
        .values("message")
        .values(bodies=StringAgg("body", " ", output_field=TextField()))
    )
    form, messages = (
        Coalesce(text, Value(""), output_field=TextField())
        for text in (F("feedback__comment"), Subquery(bodies))
    )
    space = Value(" ")
    return Concat("comment", space, form, space, messages, output_field=TextField())


def _find_likely_reviewers(asks: list[Message], user: User) -> set[UUID]:
    """Return the patients who probably wrote a review that is still at Google."""
    if not asks:
        return set()
    guesses = Attribution.objects.within(asks[0].workspace_id).visible_to(user)
    likely = guesses.filter(grade=AttributionGrade.LIKELY, review__vanished_at=None)
    return set(
        likely.filter(patient__in=[ask.patient_id for ask in asks]).values_list(
            "patient_id", flat=True
        )
    )
