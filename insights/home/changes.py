"""What changed most clearly against the 30 days before, in one sentence for the home page.

Ratings, answers and topics are compared for the whole clinic and for each practice. What counts as
clear is in `insights.certainty`: so many comparisons need a larger shift than a single one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights.certainty import clear_shift_among, mean_shift, ratings_of, share_shift
from insights.figures import Figures
from insights.filters import Filters
from insights.home.forms import build_query
from insights.periods import Period
from insights.scope import Scope
from insights.templatetags.figures import dash, percent
from insights.topics.counting import TopicFigures, TopicReport
from messaging.models import Topic


class ChangeKind(StrEnum):
    RATING = "rating"
    ANSWERS = "answers"
    TOPIC_RATING = "topic_rating"
    TOPIC_SHARE = "topic_share"


# By kind, whether it rose, and whether it is about one practice.
SENTENCES: dict[tuple[ChangeKind, bool, bool], str | Promise] = {
    (ChangeKind.RATING, True, False): gettext_lazy(
        "Ratings got better: %(now)s on average, after %(before)s."
    ),
    (ChangeKind.RATING, False, False): gettext_lazy(
        "Ratings got worse: %(now)s on average, after %(before)s."
    ),
    (ChangeKind.RATING, True, True): gettext_lazy(
        "Ratings got better at %(practice)s: %(now)s on average, after %(before)s."
    ),
    (ChangeKind.RATING, False, True): gettext_lazy(
        "Ratings got worse at %(practice)s: %(now)s on average, after %(before)s."
    ),
    (ChangeKind.ANSWERS, True, False): gettext_lazy(
        "More patients answer: %(now)s, after %(before)s."
    ),
    (ChangeKind.ANSWERS, False, False): gettext_lazy(
        "Fewer patients answer: %(now)s, after %(before)s."
    ),
    (ChangeKind.ANSWERS, True, True): gettext_lazy(
        "More patients answer at %(practice)s: %(now)s, after %(before)s."
    ),
    (ChangeKind.ANSWERS, False, True): gettext_lazy(
        "Fewer patients answer at %(practice)s: %(now)s, after %(before)s."
    ),
    (ChangeKind.TOPIC_RATING, True, False): gettext_lazy(
        "“%(topic)s” got better: those who name it rate %(now)s, after %(before)s."
    ),
    (ChangeKind.TOPIC_RATING, False, False): gettext_lazy(
        "“%(topic)s” got worse: those who name it rate %(now)s, after %(before)s."
    ),
    (ChangeKind.TOPIC_RATING, True, True): gettext_lazy(
        "“%(topic)s” got better at %(practice)s: those who name it rate %(now)s, after %(before)s."
    ),
    (ChangeKind.TOPIC_RATING, False, True): gettext_lazy(
        "“%(topic)s” got worse at %(practice)s: those who name it rate %(now)s, after %(before)s."
    ),
    (ChangeKind.TOPIC_SHARE, True, False): gettext_lazy(
        "“%(topic)s” is named more often: by %(now)s of the writers, after %(before)s."
    ),
    (ChangeKind.TOPIC_SHARE, False, False): gettext_lazy(
        "“%(topic)s” is named less often: by %(now)s of the writers, after %(before)s."
    ),
    (ChangeKind.TOPIC_SHARE, True, True): gettext_lazy(
        "“%(topic)s” is named more often at %(practice)s: by %(now)s of the writers, "
        "after %(before)s."
    ),
    (ChangeKind.TOPIC_SHARE, False, True): gettext_lazy(
        "“%(topic)s” is named less often at %(practice)s: by %(now)s of the writers, "
        "after %(before)s."
    ),
}


@dataclass(frozen=True)
class Compared:
    """What is compared of the whole clinic, or of one practice if it has a key."""

    now: Figures
    before: Figures
    topics: TopicReport
    practice: str = ""
    key: UUID | None = None


@dataclass(frozen=True)
class Change:
    """A figure in both periods. `shift` is the difference in standard errors."""

    kind: ChangeKind
    shift: float
    now: float | None
    before: float | None
    of: Compared
    topic: Topic | None = None

    @property
    def sentence(self) -> str:
        is_share = self.kind in {ChangeKind.ANSWERS, ChangeKind.TOPIC_SHARE}
        return str(SENTENCES[self.kind, self.shift > 0, bool(self.of.key)]) % {
            "practice": self.of.practice,
            "topic": self.topic.label if self.topic else "",
            "now": percent(self.now) if is_share else dash(self.now, 1),
            "before": percent(self.before) if is_share else dash(self.before, 1),
        }

    def link(self, period: Period) -> str:
        """Return the address of the words or figures behind it."""
        filters = Filters(practice=self.of.key)
        if self.topic:
            return Scope(period, filters).topic_url(self.topic)
        query = build_query(period, filters)
        return f"{reverse('results')}?{query}"


@dataclass(frozen=True)
class WhatChanged:
    """The clearest change of so many comparisons, or None if chance explains all of them."""

    clearest: Change | None = None
    comparisons: int = 0

    @property
    def sentence(self) -> str:
        if self.clearest:
            return self.clearest.sentence
        if self.comparisons:
            return _("No clear change against the 30 days before.")
        return _("There are too few answers yet to say what changed.")


def find_change(whole: Compared, practices: Sequence[Compared]) -> WhatChanged:
    """Find the clearest change. A single practice is the whole clinic and is not compared twice."""
    # Practices first: of two equally clear changes `max` returns the first, which says where.
    places = [*practices, whole] if len(practices) > 1 else [whole]
    changes = [change for place in places for change in _compare(place)]
    if not changes:
        return WhatChanged()
    clearest = max(changes, key=lambda change: abs(change.shift))
    is_clear = abs(clearest.shift) > clear_shift_among(len(changes))
    return WhatChanged(clearest if is_clear else None, len(changes))


def _compare(place: Compared) -> Iterator[Change]:
    now, before = place.now, place.before
    shift = mean_shift(ratings_of(now), ratings_of(before))
    if shift is not None:
        yield Change(ChangeKind.RATING, shift, now.average, before.average, place)
    shift = share_shift(now.answered, now.delivered, before.answered, before.delivered)
    if shift is not None:
        yield Change(ChangeKind.ANSWERS, shift, now.answer_rate, before.answer_rate, place)
    for figures in place.topics.topics:
        # "Something else" says nothing.
        if figures.topic != Topic.OTHER:
            yield from _compare_topic(place, figures)


def _compare_topic(place: Compared, of: TopicFigures) -> Iterator[Change]:
    kind, topic = ChangeKind.TOPIC_RATING, of.topic
    if of.rating_shift is not None:
        now, before = of.now.average, of.before.average
        yield Change(kind, of.rating_shift, now, before, place, topic)
    if of.share_shift is not None:
        kind = ChangeKind.TOPIC_SHARE
        yield Change(kind, of.share_shift, of.share, of.share_before, place, topic)
