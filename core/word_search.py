"""Narrow rows to those whose text contains all typed words. Accents and case do not count."""

from typing import Any, TypeVar

from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower

from core.accents import without_accents

Rows = TypeVar("Rows", bound="QuerySet[Any]")
# PostgreSQL knows no accents without an extension, which the embedded server does not have.
ACCENTED = "áàâãäéèêëíìîïóòôõöúùûüñç"
PLAIN = "aaaaaeeeeiiiiooooouuuunc"
MAX_WORDS = 6
MAX_LENGTH = 100


def contains_words(rows: Rows, text: Concat, typed: str) -> Rows:
    """Return the rows whose text contains each of the words, or all rows if there are none."""
    words = without_accents(typed.replace("\0", "")[:MAX_LENGTH]).casefold().split()[:MAX_WORDS]
    if not words:
        return rows
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
    return rows.alias(searched=plain).filter(contains_all)
