"""Find the words that show that a number is a rating: "le DOY un 5", "5 ES MI NOTA"."""

from messaging.replies import rating_words as words
from messaging.replies.numeral_context import NumeralContext
from messaging.replies.numerals import is_number
from messaging.replies.tokenizer import TokenKind

# In "5 de calificación", "5 es mi nota" the noun is at most the third word after the number.
MAX_GRADE_WORDS = 3


def cue_distance(context: NumeralContext) -> int | None:
    """Return how many words are between the cue and the number, or None without a cue."""
    for distance, key in enumerate(context.keys_before):
        if key in words.CUES:
            return distance
        if key not in words.CUE_FILLERS:
            break
    return 0 if context.nearest_before in words.NUMBER_ARTICLES else None


def end_of_rating_phrase(context: NumeralContext) -> int:
    """Return the index where "5 estrellas", "5 es mi nota" ends; without such words, the number."""
    last = context.numeral.last
    if context.next and context.next.kind is TokenKind.STARS:
        return last + 1
    for size in range(1, min(MAX_GRADE_WORDS, len(context.after)) + 1):
        if _is_grade(context, context.keys_after[:size]):
            return context.tokens.index(context.after[size - 1], last)
    return last


def _is_grade(context: NumeralContext, keys: list[str]) -> bool:
    *between, last = keys
    if last in words.STARS:
        return not set(between) & words.NOT_BEFORE_STARS
    if last in words.POINTS:
        return not between and not counts_stitches(context)
    if last in words.GRADES:
        return set(between) <= words.COPULAS | words.CUE_SUBJECTS
    return False


def counts_stitches(context: NumeralContext) -> bool:
    """ "Me pusieron 5 puntos", "3 puntos de sutura" """
    return context.nearest_before in words.STITCHED or bool(
        set(context.keys_after[1:3]) & words.ALWAYS_UNITS
    )


def has_scale(context: NumeralContext) -> bool:
    """Return whether the text says or draws that the number is out of five."""
    grade = context.tokens[end_of_rating_phrase(context)]
    return (
        context.numeral.of_five
        or context.numeral.stars
        or grade.kind is TokenKind.STARS
        or grade.key in words.STARS
        or follows_star(context)
    )


def follows_star(context: NumeralContext) -> bool:
    """ "⭐ 5", "⭐x5" """
    first = context.numeral.first
    before = context.tokens[max(first - 2, 0) : first]
    if before and before[-1].key == "x":
        before = before[:-1]
    return bool(before) and before[-1].kind is TokenKind.STARS


def has_cue(context: NumeralContext) -> bool:
    return (
        cue_distance(context) is not None
        or end_of_rating_phrase(context) > context.numeral.last
        or has_scale(context)
    )


def stands_alone(context: NumeralContext) -> bool:
    """Nothing in its clause but politeness."""
    keys = {token.key for token in (*context.before, *context.after) if not is_number(token)}
    return keys <= words.COURTESY


def starts_clause(context: NumeralContext) -> bool:
    return not context.before or context.nearest_before in words.CONJUNCTIONS


def is_beside_rating_words(context: NumeralContext) -> bool:
    """Return whether a number inside a sentence is beside words that people use with a rating."""
    nearest = (*context.before[:1], *context.after[:1])
    return not context.after or any(
        token.key in words.AROUND_A_RATING or is_number(token) for token in nearest
    )


def is_clearly_one(context: NumeralContext) -> bool:
    """ "Pésimo, uno", "atención uno", "a one": beside these words even "uno" is a number."""
    nearest = {context.nearest_before, context.nearest_after}
    graded = bool(nearest & (words.EVALUATES_BADLY | words.GRADED_THINGS))
    return graded or context.nearest_before == "a"
