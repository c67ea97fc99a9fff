"""Find reviews by words of the comment or of the reviewer's name. Accents and case do not count."""

from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower

from core.accents import without_accents
from reviews.models import Review

ACCENTED = "áàâãäéèêëíìîïóòôõöúùûüñç"
PLAIN = "aaaaaeeeeiiiiooooouuuunc"
MAX_WORDS = 6
MAX_LENGTH = 100


def with_words(reviews: QuerySet[Review], typed: str) -> QuerySet[Review]:
    """Return the reviews that contain each of the typed words, or all if there are none."""
    words = without_accents(typed.replace("\0", "")[:MAX_LENGTH]).casefold().split()[:MAX_WORDS]
    if not words:
        return reviews
    space = Value(" ")
    text = Concat("reviewer_name", space, "comment", space, "translation", output_field=TextField())
    plain = Func(
        Lower(text),
        Value(ACCENTED),
        Value(PLAIN),
        function="translate",
        output_field=TextField(),
    )
    contains_all = Q()
    for word in words:
        contains_all &= Q(searched__contains=word)
    return reviews.alias(searched=plain).filter(contains_all)
