"""Compose the month in sentences from its figures, by rules.

What a language model writes stands beside it: see `insights.month.assistant`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from insights.certainty import means_differ, ratings_of
from insights.figures import FEW_ANSWERS
from insights.month.advice import Advice, advise
from insights.month.changes import describe_changes
from insights.month.facts import MonthFacts, PracticeFacts
from insights.month.quotes import BLAME, PRAISE, PatientQuote, choose_quotes
from insights.month.ranking import NamedTopic, most_named
from messaging.models import Topic

TOPICS_SHOWN, QUOTES_SHOWN = 3, 3


@dataclass(frozen=True)
class PracticeLine:
    practice: PracticeFacts
    rating_change: float | None
    most_blamed: Topic | None


@dataclass(frozen=True)
class MonthSummary:
    changes: Sequence[str]
    practices: Sequence[PracticeLine]
    praised: Sequence[NamedTopic]
    blamed: Sequence[NamedTopic]
    praise_quotes: Sequence[PatientQuote]
    blame_quotes: Sequence[PatientQuote]
    advice: Sequence[Advice]


def summarize(facts: MonthFacts) -> MonthSummary:
    praised, blamed = (most_named(facts.topics, tone) for tone in (PRAISE, BLAME))
    return MonthSummary(
        changes=describe_changes(facts),
        practices=[_practice_line(practice) for practice in facts.practices],
        praised=praised[:TOPICS_SHOWN] if facts.has_enough_comments else [],
        blamed=blamed[:TOPICS_SHOWN] if facts.has_enough_comments else [],
        praise_quotes=_quotes(facts, praised, PRAISE),
        blame_quotes=_quotes(facts, blamed, BLAME),
        advice=advise(facts),
    )


def _quotes(facts: MonthFacts, named: Sequence[NamedTopic], tone: str) -> list[PatientQuote]:
    """Quote the leading topics first, and any other only where those have too few quotes."""
    leading = [line.topic.value for line in named[:TOPICS_SHOWN]]
    chosen = choose_quotes(facts.quotes, leading, tone=tone, many=QUOTES_SHOWN)
    if len(chosen) < QUOTES_SHOWN:
        others = [quote.topic for quote in facts.quotes]
        topics = list(dict.fromkeys([*leading, *others]))
        return choose_quotes(facts.quotes, topics, tone=tone, many=QUOTES_SHOWN)
    return chosen


def _practice_line(practice: PracticeFacts) -> PracticeLine:
    now, before = ratings_of(practice.now), ratings_of(practice.before)
    change = None
    if means_differ(now, before) and now.mean is not None and before.mean is not None:
        change = now.mean - before.mean
    enough = practice.topics.read.visits >= FEW_ANSWERS
    blamed = most_named(practice.topics, BLAME) if enough else []
    return PracticeLine(practice, change, blamed[0].topic if blamed else None)
