"""Find reviews by words of the comment or of the reviewer's name."""

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat

from core.word_search import MAX_LENGTH, contains_words
from reviews.models import Review

__all__ = ["MAX_LENGTH", "with_words"]


def with_words(reviews: QuerySet[Review], typed: str) -> QuerySet[Review]:
    """Return the reviews that contain each of the typed words, or all if there are none."""
    space = Value(" ")
    text = Concat("reviewer_name", space, "comment", space, "translation", output_field=TextField())
    return contains_words(reviews, text, typed)
