"""Which visits the list shows, as its address says it."""

from dataclasses import dataclass
from enum import StrEnum

from django.http import QueryDict
from django.utils.http import urlencode

from core.word_search import MAX_LENGTH
from insights import filters as filtering
from insights import periods
from insights.filters import Filters
from insights.home.forms import build_query
from insights.periods import Period
from messaging.models import Topic, Urgency
from messaging.ratings import HAPPY_FROM
from workspaces.models import User, Workspace

ALL_STARS = (5, 4, 3, 2, 1)
HAPPY_STARS = tuple(stars for stars in ALL_STARS if stars >= HAPPY_FROM)
UNHAPPY_STARS = tuple(stars for stars in ALL_STARS if stars < HAPPY_FROM)
# Older links have these words.
STARS_OF_WORDS = {"happy": HAPPY_STARS, "unhappy": UNHAPPY_STARS}
HOURS_OF_A_DAY = 24


class Shown(StrEnum):
    """Which visits are listed. The names are those of `Figures`, where it has them."""

    RATINGS = "ratings"
    WORDS = "words"
    ASKED = "asked"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    FAILED = "failed"
    CLICKED = "clicked"
    OPTED_OUT = "opted_out"
    LIKELY = "likely"


@dataclass(frozen=True)
class RatingSearch:
    """What an address asks for. Without stars it is of all ratings.

    `weekday` is 1 to 7 from Monday on. It and `hour` are of the answer, at the practice.
    """

    period: Period
    filters: Filters
    shown: Shown = Shown.RATINGS
    stars: tuple[int, ...] = ()
    topic: Topic | None = None
    urgency: Urgency | None = None
    words: str = ""
    weekday: int | None = None
    hour: int | None = None

    @property
    def query(self) -> str:
        """The query string that asks for the same, without empty values."""
        chosen = [
            ("shown", None if self.shown is Shown.RATINGS else self.shown.value),
            *(("rating", stars) for stars in self.stars),
            ("topic", self.topic and self.topic.value),
            ("urgency", self.urgency and self.urgency.value),
            ("q", self.words or None),
            ("weekday", self.weekday),
            ("hour", self.hour),
        ]
        added = urlencode([(name, value) for name, value in chosen if value is not None])
        return "&".join(filter(None, [build_query(self.period, self.filters), added]))

    @property
    def is_about_words(self) -> bool:
        """Whether only visits with words are listed."""
        return bool(self.shown is Shown.WORDS or self.topic or self.urgency or self.words)

    @property
    def is_in_tallies(self) -> bool:
        """Whether the tallies of the figures count these visits, so that no row need be counted."""
        if self.is_about_words or self.shown is Shown.LIKELY:
            return False
        if self.weekday is not None or self.hour is not None:
            return False
        return self.shown is Shown.RATINGS or not self.stars


def parse_search(query: QueryDict, *, workspace: Workspace, visible_to: User) -> RatingSearch:
    """Parse an address. What makes no sense in it is left out."""
    today = periods.latest_local_date(workspace)
    shown, topic, urgency = (query.get(name, "") for name in ("shown", "topic", "urgency"))
    return RatingSearch(
        period=periods.parse_period(query, today=today),
        filters=filtering.parse_filters(query, workspace=workspace, visible_to=visible_to),
        shown=Shown(shown) if shown in set(Shown) else Shown.RATINGS,
        stars=_parse_stars([*query.getlist("rating"), query.get("tone", "")]),
        topic=Topic(topic) if topic in Topic.values else None,
        urgency=Urgency(urgency) if urgency in Urgency.values else None,
        words=" ".join(query.get("q", "").replace("\0", "").split())[:MAX_LENGTH],
        weekday=_parse_number(query.get("weekday", ""), range(1, 8)),
        hour=_parse_number(query.get("hour", ""), range(HOURS_OF_A_DAY)),
    )


def _parse_stars(values: list[str]) -> tuple[int, ...]:
    """Return the chosen stars. All five are the same as none."""
    chosen = {stars for value in values for stars in STARS_OF_WORDS.get(value, ())}
    chosen |= {stars for stars in ALL_STARS if str(stars) in values}
    return () if len(chosen) == len(ALL_STARS) else tuple(sorted(chosen, reverse=True))


def _parse_number(text: str, allowed: range) -> int | None:
    return int(text) if text in map(str, allowed) else None
