"""What pages inside the clinic show of the guesses. Exports and the API show none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from patients.models import Patient
from reviews.attribution.explanations import explain
from reviews.models import Attribution, AttributionGrade, Review
from workspaces.models import User


@dataclass(frozen=True)
class ShownGuess:
    patient: Patient
    is_likely: bool
    grade: str
    evidence: str


def find_guesses(reviews: Sequence[Review], *, user: User) -> Mapping[UUID, ShownGuess]:
    """Return the guesses about patients whom the user may see, by the key of the review."""
    if not reviews:
        return {}
    guesses = (
        Attribution.objects.within(reviews[0].workspace_id)
        .visible_to(user)
        .filter(review__in=[review.pk for review in reviews])
        .select_related("patient")
    )
    return {
        guess.review_id: ShownGuess(
            patient=guess.patient,
            is_likely=guess.grade == AttributionGrade.LIKELY,
            grade=guess.get_grade_display(),
            evidence=explain(guess),
        )
        for guess in guesses
    }
