"""What to do first, by rules from the figures. The order of the rules is the order of the page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.month.facts import MonthFacts, PracticeFacts
from insights.month.quotes import BLAME
from insights.month.ranking import NamedTopic, most_named
from insights.ratings.search import UNHAPPY_STARS
from insights.templatetags.figures import dash, percent

MAX_ADVICE = 3
# Below these a share is about a handful of people.
MIN_DELIVERED, MIN_FAILED, MIN_BLAMED = 50, 10, 5
LOW_ANSWER_RATE, HIGH_FAILED_SHARE = 0.15, 0.1
# A practice stands out when it has most of the unhappy visits that name a topic.
STANDS_OUT = 0.6


@dataclass(frozen=True)
class Advice:
    why: str
    what: str
    where: str


def advise(facts: MonthFacts) -> list[Advice]:
    """Return the first few things to do, the most pressing first."""
    return [advice for rule in RULES for advice in rule(facts)][:MAX_ADVICE]


def _read_urgent_texts(facts: MonthFacts) -> Iterator[Advice]:
    if many := facts.cases.urgent:
        why = ngettext(
            "%(many)s patient wrote something urgent and is still waiting.",
            "%(many)s patients wrote something urgent and are still waiting.",
            many,
        )
        yield Advice(why % {"many": dash(many)}, _("Call them"), reverse("recovery"))


def _call_unhappy_patients(facts: MonthFacts) -> Iterator[Advice]:
    many, wait = facts.cases.unhappy, facts.cases.longest_wait
    if not many or wait is None:
        return
    why = ngettext(
        "The case of %(many)s unhappy patient is not resolved.",
        "The cases of %(many)s unhappy patients are not resolved.",
        many,
    ) % {"many": dash(many)}
    if wait.days:
        since = ngettext(
            "The oldest waits for %(days)s day.", "The oldest waits for %(days)s days.", wait.days
        )
        why = f"{why} {since % {'days': dash(wait.days)}}"
    yield Advice(why, _("See the cases"), reverse("recovery"))


def _reach_more_patients(facts: MonthFacts) -> Iterator[Advice]:
    now = facts.now
    if now.failed >= MIN_FAILED and now.failed > HIGH_FAILED_SHARE * (now.delivered + now.failed):
        yield Advice(
            _("%(failed)s messages could not be delivered, more than one in ten.")
            % {"failed": dash(now.failed)},
            _("Check the lists of patients"),
            reverse("imports"),
        )


def _get_more_answers(facts: MonthFacts) -> Iterator[Advice]:
    now = facts.now
    if now.delivered < MIN_DELIVERED or now.answer_rate is None:
        return
    if now.answer_rate < LOW_ANSWER_RATE:
        yield Advice(
            _("Only %(rate)s of the delivered questions were answered.")
            % {"rate": percent(now.answer_rate)},
            _("Look at the texts"),
            reverse("templates"),
        )


def _work_on_a_topic(facts: MonthFacts) -> Iterator[Advice]:
    if not facts.has_enough_comments:
        return
    worst = next(iter(most_named(facts.topics, BLAME)), None)
    if worst is None or worst.visits < MIN_BLAMED:
        return
    why = _("“%(topic)s” is what unhappy patients name most: %(many)s of %(of)s who write.") % {
        "topic": worst.topic.label,
        "many": dash(worst.visits),
        "of": dash(worst.of),
    }
    if practice := _practice_that_stands_out(facts, worst):
        place = _("Most of them were at “%(practice)s”.") % {"practice": practice.name}
        why = f"{why} {place}"
    yield Advice(why, _("Read what they say"), facts.scope.topic_url(worst.topic, UNHAPPY_STARS))


def _practice_that_stands_out(facts: MonthFacts, worst: NamedTopic) -> PracticeFacts | None:
    if len(facts.practices) < 2:  # noqa: PLR2004 - a single practice has all of them
        return None
    for practice in facts.practices:
        for figures in practice.topics.topics:
            is_same = figures.topic == worst.topic
            if is_same and figures.now.blamed > STANDS_OUT * worst.visits:
                return practice
    return None


Rule = Callable[[MonthFacts], Iterator[Advice]]
RULES: tuple[Rule, ...] = (
    _read_urgent_texts,
    _call_unhappy_patients,
    _reach_more_patients,
    _get_more_answers,
    _work_on_a_topic,
)
