from collections.abc import Mapping
from uuid import UUID

from django import template

from reviews.attribution.shown import ShownGuess
from reviews.models import Review

register = template.Library()


@register.filter
def about(guesses: Mapping[UUID, ShownGuess], review: Review) -> ShownGuess | None:
    """Return the guess about a review: `{% with guess=guesses|about:review %}`."""
    return guesses.get(review.pk)
