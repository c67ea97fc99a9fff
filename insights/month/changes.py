"""What changed since the month before, in sentences.

A figure is said to rise or fall only where chance is a poor explanation. Else the sentence has both
numbers and says that the difference may be chance.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.certainty import means_differ, ratings_of, shares_differ
from insights.figures import FEW_ANSWERS
from insights.month.facts import MonthFacts
from insights.templatetags.figures import dash, percent
from insights.topics.counting import TopicFigures


def describe_changes(facts: MonthFacts) -> list[str]:
    return [
        sentence
        for sentences in (_asked(facts), _answered(facts), _rated(facts), _topics(facts))
        for sentence in sentences
    ]


def _asked(facts: MonthFacts) -> Iterator[str]:
    now, before = facts.now.asked, facts.before.asked
    values = {"now": dash(now), "before": dash(before), "month": _month_before(facts)}
    if not facts.is_over:
        text = ngettext(
            "%(now)s patient was asked so far; %(before)s in all of %(month)s.",
            "%(now)s patients were asked so far; %(before)s in all of %(month)s.",
            now,
        )
    else:
        text = ngettext(
            "%(now)s patient was asked; %(before)s in %(month)s.",
            "%(now)s patients were asked; %(before)s in %(month)s.",
            now,
        )
    yield text % values


def _answered(facts: MonthFacts) -> Iterator[str]:
    now, before = facts.now, facts.before
    if now.answer_rate is None:
        return
    values = {
        "now": percent(now.answer_rate),
        "before": percent(before.answer_rate),
        "month": _month_before(facts),
    }
    if before.answer_rate is None:
        yield _("%(now)s of the delivered questions were answered.") % values
    elif not shares_differ(now.answered, now.delivered, before.answered, before.delivered):
        text = _(
            "%(now)s of the delivered questions were answered (%(before)s in %(month)s). "
            "The difference may be chance."
        )
        yield text % values
    elif now.answer_rate > before.answer_rate:
        yield _("More patients answer: %(now)s, after %(before)s in %(month)s.") % values
    else:
        yield _("Fewer patients answer: %(now)s, after %(before)s in %(month)s.") % values


def _rated(facts: MonthFacts) -> Iterator[str]:
    now, before = facts.now, facts.before
    if now.average is None:
        return
    values = {
        "now": dash(now.average, 1),
        "before": dash(before.average, 1),
        "month": _month_before(facts),
        "rated": dash(now.rated),
    }
    if now.rated < FEW_ANSWERS:
        text = ngettext(
            "There is only %(rated)s rating, so the average of %(now)s says little.",
            "There are only %(rated)s ratings, so the average of %(now)s says little.",
            now.rated,
        )
        yield text % values
    elif before.average is None:
        yield _("The average rating is %(now)s.") % values
    elif not means_differ(ratings_of(now), ratings_of(before)):
        text = _(
            "The average rating is %(now)s (%(before)s in %(month)s). The difference may be chance."
        )
        yield text % values
    elif now.average > before.average:
        yield _("The average rating rose to %(now)s, from %(before)s in %(month)s.") % values
    else:
        yield _("The average rating fell to %(now)s, from %(before)s in %(month)s.") % values


def _topics(facts: MonthFacts) -> Iterator[str]:
    for figures in facts.topics.topics:
        yield from _named(figures)
        yield from _rated_with(figures)


def _named(figures: TopicFigures) -> Iterator[str]:
    if figures.share_change is None:
        return
    values = {
        "topic": figures.topic.label,
        "now": percent(figures.share),
        "before": percent(figures.share_before),
    }
    if figures.share_change > 0:
        text = _("“%(topic)s” is named more often: by %(now)s of the writers, after %(before)s.")
    else:
        text = _("“%(topic)s” is named less often: by %(now)s of the writers, after %(before)s.")
    yield text % values


def _rated_with(figures: TopicFigures) -> Iterator[str]:
    if figures.rating_change is None:
        return
    values = {
        "topic": figures.topic.label,
        "now": dash(figures.now.average, 1),
        "before": dash(figures.before.average, 1),
    }
    if figures.rating_change > 0:
        yield _("Those who name “%(topic)s” rate better: %(now)s, after %(before)s.") % values
    else:
        yield _("Those who name “%(topic)s” rate worse: %(now)s, after %(before)s.") % values


def _month_before(facts: MonthFacts) -> str:
    return facts.month.previous.name_beside(facts.month)
