"""The rule that attributes reviews to asks: weigh the evidence of each pair, then pair one to one.

Evidence is weighed as odds: how much more often it is seen where a review came from this ask than
where it did not. The odds of a pair are compared with those of every other ask that fits the same
review, and with the chance that none of them did, so a common name or a busy hour makes a guess
less certain by itself. The figures are judged, not measured: Google never tells who wrote a review.
`tests/reviews/attribution/test_simulation.py` states how often the rule is right in made-up worlds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reviews.attribution.names import NameMatch, compare_names
from reviews.models import AttributionGrade

# An ask that is older when the review is posted is not considered.
CONSIDERED_FOR = timedelta(days=30)

# Of an asked patient who is not known to have clicked. All other odds multiply it.
PRIOR_ODDS = 0.03
# Odds by the time from the last click before the review was posted.
CLICK_ODDS = (
    (timedelta(minutes=15), 900.0),
    (timedelta(hours=1), 180.0),
    (timedelta(hours=6), 12.0),
    (timedelta(days=1), 3.0),
    (timedelta(days=7), 0.4),
    (CONSIDERED_FOR, 0.05),
)
CLICKED_AGAIN_LATER = 3.0  # a click before is possible, and its time is not known any more
NEVER_CLICKED = 0.2
NAME_ODDS = {
    NameMatch.FULL: 450.0,
    NameMatch.ONE: 12.0,
    NameMatch.SHORT: 5.0,
    NameMatch.SHARED: 1.0,
    NameMatch.OTHER: 0.2,
    NameMatch.NONE: 1.0,
}
# Odds by how far the stars are from the rating. Five stars are given so often that two fives say
# little, while two ones say much.
SAME_STARS = {1: 8.0, 2: 8.0, 3: 5.0, 4: 2.0, 5: 1.2}
STARS_APART = {1: 0.7, 2: 0.2, 3: 0.1, 4: 0.05}

GRADES = ((0.9, AttributionGrade.LIKELY), (0.5, AttributionGrade.POSSIBLE))


@dataclass(frozen=True)
class ReviewFacts:
    key: UUID
    posted_at: datetime
    name: str  # empty for an anonymous reviewer
    stars: int | None


@dataclass(frozen=True)
class AskFacts:
    key: UUID  # of the patient
    asked_at: datetime
    name: str
    rating: int | None
    clicked_at: datetime | None  # the last click
    clicks: int


@dataclass(frozen=True)
class Evidence:
    """How well an ask fits a review, and the codes of what speaks for it or against it."""

    odds: float
    reasons: tuple[str, ...]
    minutes_after_click: int | None


@dataclass(frozen=True)
class Match:
    review: UUID
    patient: UUID
    grade: AttributionGrade
    probability: float
    evidence: Evidence


def attribute(reviews: Sequence[ReviewFacts], asks: Sequence[AskFacts]) -> list[Match]:
    """Return at most one ask for a review and one review for an ask, of one practice.

    The surest pair is taken first. What is left is compared anew, because an ask that is taken no
    longer competes for other reviews.
    """
    waiting = [_Rivals(review, asks) for review in reviews]
    matches = []
    while best := max(waiting, key=_Rivals.probability, default=None):
        if (grade := _grade(best.probability())) is None:
            break
        patient, evidence = best.first()
        matches.append(Match(best.review, patient, grade, best.probability(), evidence))
        waiting.remove(best)
        for rivals in waiting:
            rivals.remove(patient)
    return matches


class _Rivals:
    """The asks that a review may have come from."""

    def __init__(self, review: ReviewFacts, asks: Sequence[AskFacts]) -> None:
        self.review = review.key
        weighed = {ask.key: weigh(review, ask) for ask in asks if is_considered(review, ask)}
        self._best_last = sorted(weighed.items(), key=lambda pair: pair[1].odds)
        self._odds = {patient: evidence.odds for patient, evidence in weighed.items()}

    def first(self) -> tuple[UUID, Evidence]:
        return self._best_last[-1]

    def probability(self) -> float:
        """Return how probable the first is, against all others and none of them."""
        if not self._best_last:
            return 0
        return self.first()[1].odds / (1 + math.fsum(self._odds.values()))

    def remove(self, patient: UUID) -> None:
        self._odds.pop(patient, None)
        while self._best_last and self.first()[0] not in self._odds:
            self._best_last.pop()


def _grade(probability: float) -> AttributionGrade | None:
    return next((grade for least, grade in GRADES if probability >= least), None)


def is_considered(review: ReviewFacts, ask: AskFacts) -> bool:
    return timedelta() <= review.posted_at - ask.asked_at <= CONSIDERED_FOR


def weigh(review: ReviewFacts, ask: AskFacts) -> Evidence:
    click_odds, click_reason, minutes = _weigh_click(review, ask)
    name = compare_names(review.name, ask.name)
    stars_odds, stars_reason = _weigh_stars(review.stars, ask.rating)
    return Evidence(
        odds=PRIOR_ODDS * click_odds * NAME_ODDS[name] * stars_odds,
        reasons=tuple(filter(None, (click_reason, name.value, stars_reason))),
        minutes_after_click=minutes,
    )


def _weigh_click(review: ReviewFacts, ask: AskFacts) -> tuple[float, str, int | None]:
    if ask.clicked_at is None:
        return NEVER_CLICKED, "no_click", None
    after = review.posted_at - ask.clicked_at
    if after >= timedelta():
        odds = next((odds for until, odds in CLICK_ODDS if after <= until), NEVER_CLICKED)
        return odds, "click_before", int(after.total_seconds() // 60)
    if ask.clicks > 1:
        return CLICKED_AGAIN_LATER, "clicked_again_later", None
    return NEVER_CLICKED, "click_after", None


def _weigh_stars(stars: int | None, rating: int | None) -> tuple[float, str]:
    if stars is None or rating is None:
        return 1.0, ""
    apart = abs(stars - rating)
    if apart == 0:
        return SAME_STARS[stars], "same_stars"
    return STARS_APART[apart], "near_stars" if apart == 1 else "other_stars"
