"""Which topics patients praise, and which they blame.

A text has a tone as a whole, so a happy patient who adds "a little expensive" seems to praise the
price. A topic is therefore praised only if happy patients name it more often than unhappy ones do.
"""

from dataclasses import dataclass

from insights.month.quotes import BLAME, PRAISE
from insights.topics.counting import TopicCounts, TopicReport
from messaging.models import Topic


@dataclass(frozen=True)
class NamedTopic:
    """How many of the happy, or of the unhappy, visits with words name a topic."""

    topic: Topic
    visits: int
    of: int

    @property
    def share(self) -> float:
        return self.visits / self.of if self.of else 0.0


def most_named(report: TopicReport, tone: str) -> list[NamedTopic]:
    """Return the topics that are typical of a tone, those that most visits name first.

    "Something else" says nothing, so it is left out.
    """
    other_tone = BLAME if tone == PRAISE else PRAISE
    pairs = [
        (
            _of_tone(figures.topic, figures.now, report, tone),
            _of_tone(figures.topic, figures.now, report, other_tone),
        )
        for figures in report.topics
        if figures.topic != Topic.OTHER
    ]
    typical = [line for line, other in pairs if line.visits and line.share >= other.share]
    return sorted(typical, key=lambda line: -line.visits)


def _of_tone(topic: Topic, counts: TopicCounts, report: TopicReport, tone: str) -> NamedTopic:
    if tone == PRAISE:
        return NamedTopic(topic, counts.praised, report.read.praised)
    return NamedTopic(topic, counts.blamed, report.read.blamed)
