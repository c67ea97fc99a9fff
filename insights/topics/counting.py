"""Count topics from the labels of texts. A visit counts once, however many texts it has.

The day of a visit is the day of its ask, as in every other figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

from core import sql
from insights import filters as filtering
from insights.certainty import (
    Sample,
    mean_interval,
    mean_shift,
    means_differ,
    share_shift,
    shares_differ,
)
from insights.filters import Filters
from insights.periods import Period
from messaging.message_days import COUNTS, DAY
from messaging.models import Topic
from messaging.ratings import HAPPY_FROM
from messaging.text_labels.visit_words import IS_ABOUT_VISIT, IS_READ
from workspaces.models import User, Workspace

# One row for each text of a visit, in both periods.
#
# It starts from the labels, which are fewer than the messages. A text is labelled after its ask was
# sent, so older labels need not be joined at all: without that condition a month costs as much as a
# year. `starts` is a day before the periods, in every time zone.
TEXTS = f"""
    SELECT m.id AS visit, m.rating, c.practice_id, {DAY} < %(first)s AS is_before,
           l.topics, l.sentiment, {IS_READ} AS is_read, l.source, l.source_id, pt.name AS patient
    FROM messaging_textlabels l
    JOIN messaging_message m ON m.id = l.message_id
    JOIN campaigns_campaign c ON c.id = m.campaign_id
    JOIN workspaces_practice p ON p.id = c.practice_id
    JOIN patients_patient pt ON pt.id = m.patient_id
    WHERE l.workspace_id = %(workspace)s AND l.created_at >= %(starts)s
      AND {filtering.IS_SEEN}
      AND (%(channel)s::text IS NULL OR m.channel = %(channel)s)
      AND (%(doctors)s::text[] IS NULL OR pt.doctor_name = ANY(%(doctors)s::text[]))
      AND (%(appointment_type)s::text IS NULL OR pt.appointment_type = %(appointment_type)s)
      AND pt.data_deleted_at IS NULL AND {IS_ABOUT_VISIT}
      AND m.type = 'INITIAL' AND {COUNTS}
      AND {DAY} BETWEEN %(before_first)s AND %(last)s"""

# What a visit says on the whole. The rating is a better sign than the words; without a rating,
# one negative text makes the visit negative.
TONE = f"""CASE WHEN rating >= {HAPPY_FROM} THEN 'praise' WHEN rating IS NOT NULL THEN 'blame'
                WHEN bool_or(sentiment = 'negative') THEN 'blame'
                WHEN bool_or(sentiment = 'positive') THEN 'praise' ELSE '' END"""

# One row for each topic in each period, for each practice and (with practice_id NULL) for all.
# Three more names count visits and not a topic: 'all' were read, 'unnamed' were read and have no
# topic, 'unread' were not read.
COUNT_TOPICS = f"""
WITH texts AS MATERIALIZED ({TEXTS}
), visits AS MATERIALIZED (
    SELECT visit, rating, practice_id, is_before, bool_or(is_read) AS is_read,
           bool_or(is_read AND topics <> '{{}}') AS is_named, {TONE} AS tone
    FROM texts
    GROUP BY visit, rating, practice_id, is_before
), named AS (
    SELECT visits.*, topic
    FROM (SELECT DISTINCT visit, unnest(topics) AS topic FROM texts WHERE is_read) topics
    JOIN visits USING (visit)
    UNION ALL
    SELECT visits.*, CASE WHEN is_read THEN 'all' ELSE 'unread' END
    FROM visits
    UNION ALL
    SELECT visits.*, 'unnamed'
    FROM visits
    WHERE is_read AND NOT is_named
)
SELECT topic, is_before, practice_id::text, count(*) AS visits,
       count(rating) AS rated, coalesce(sum(rating), 0)::bigint AS stars,
       coalesce(sum(rating * rating), 0)::bigint AS stars_squared,
       count(*) FILTER (WHERE tone = 'praise') AS praised,
       count(*) FILTER (WHERE tone = 'blame') AS blamed
FROM named
GROUP BY GROUPING SETS ((topic, is_before), (topic, is_before, practice_id))
"""


@dataclass(frozen=True)
class TopicCounts:
    """Visits whose texts name a topic. `praised` and `blamed` are what the visits say overall."""

    visits: int = 0
    rated: int = 0
    stars: int = 0
    stars_squared: int = 0
    praised: int = 0
    blamed: int = 0

    @property
    def ratings(self) -> Sample:
        return Sample(self.rated, self.stars, self.stars_squared)

    @property
    def average(self) -> float | None:
        return self.ratings.mean

    @property
    def interval(self) -> tuple[float, float] | None:
        return mean_interval(self.ratings)


NONE = TopicCounts()


@dataclass(frozen=True)
class TopicFigures:
    """One topic in a period and in the period before, of all visits with words that were read."""

    topic: Topic
    now: TopicCounts
    before: TopicCounts
    of_now: int
    of_before: int

    @property
    def share(self) -> float:
        return self.now.visits / self.of_now if self.of_now else 0.0

    @property
    def share_before(self) -> float:
        return self.before.visits / self.of_before if self.of_before else 0.0

    @property
    def share_shift(self) -> float | None:
        return share_shift(self.now.visits, self.of_now, self.before.visits, self.of_before)

    @property
    def rating_shift(self) -> float | None:
        return mean_shift(self.now.ratings, self.before.ratings)

    @property
    def share_change(self) -> float | None:
        """How many points of a hundred more or fewer visits name it; None if that may be chance."""
        if not shares_differ(self.now.visits, self.of_now, self.before.visits, self.of_before):
            return None
        return (self.share - self.share_before) * 100

    @property
    def rating_change(self) -> float | None:
        """How many stars better or worse its visits are rated; None if that may be chance."""
        if not means_differ(self.now.ratings, self.before.ratings):
            return None
        assert self.now.average is not None
        assert self.before.average is not None
        return self.now.average - self.before.average


@dataclass(frozen=True)
class TopicReport:
    """All topics of a period, those that most visits name first."""

    topics: list[TopicFigures] = field(default_factory=list)
    read: TopicCounts = NONE
    read_before: TopicCounts = NONE
    unnamed: int = 0
    unread: int = 0

    @classmethod
    def of(cls, rows: Iterable[dict[str, Any]]) -> Self:
        counts = {(row.pop("topic"), row.pop("is_before")): TopicCounts(**row) for row in rows}
        read, read_before = counts.get(("all", False), NONE), counts.get(("all", True), NONE)
        topics = [
            TopicFigures(
                topic,
                now=counts.get((topic.value, False), NONE),
                before=counts.get((topic.value, True), NONE),
                of_now=read.visits,
                of_before=read_before.visits,
            )
            for topic in Topic
        ]
        return cls(
            topics=sorted(
                (figures for figures in topics if figures.now.visits or figures.before.visits),
                key=lambda figures: -figures.now.visits,
            ),
            read=read,
            read_before=read_before,
            unnamed=counts.get(("unnamed", False), NONE).visits,
            unread=counts.get(("unread", False), NONE).visits,
        )


@dataclass(frozen=True)
class TopicBreakdown:
    whole: TopicReport
    by_practice: dict[UUID, TopicReport] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Self:
        """Sort the rows of `fetch_topic_rows` by practice."""
        rows_by_practice: dict[str | None, list[dict[str, Any]]] = {}
        for row in map(dict, rows):
            rows_by_practice.setdefault(row.pop("practice_id"), []).append(row)
        whole = TopicReport.of(rows_by_practice.pop(None, []))
        practices = {UUID(key): TopicReport.of(of) for key, of in rows_by_practice.items() if key}
        return cls(whole, practices)


def count_topics(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User | None,
    before: Period | None = None,
) -> TopicBreakdown:
    """Count the topics of a period and of the one before it, with one statement.

    `before` is as many days as the period has, unless it is given. It ends where the period begins.
    """
    return TopicBreakdown.of(
        fetch_topic_rows(workspace, period, filters, visible_to=visible_to, before=before)
    )


def fetch_topic_rows(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User | None,
    before: Period | None = None,
) -> list[dict[str, Any]]:
    """Return the rows that a `TopicBreakdown` is made of, as plain data that a cache can store."""
    values = text_values(workspace, before or period.before, period, filters, visible_to=visible_to)
    return sql.fetch(COUNT_TOPICS, **values)


def text_values(
    workspace: Workspace,
    before: Period,
    period: Period,
    filters: Filters,
    *,
    visible_to: User | None,
) -> dict[str, Any]:
    """Return the values of `TEXTS`."""
    return {
        "workspace": workspace.pk,
        **filtering.seen_values(workspace, filters, visible_to=visible_to),
        "before_first": before.first,
        "first": period.first,
        "last": period.last,
        "starts": labelled_since(before),
    }


def labelled_since(period: Period) -> datetime:
    """Return a moment before the texts of the period's asks were labelled, in every time zone."""
    return datetime.combine(period.first, time(), UTC) - timedelta(days=1)
