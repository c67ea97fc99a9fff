"""What says that a number is a rating: "le DOY un 5", "5 ESTRELLAS", "5 ES MI NOTA"."""

from messaging.replies import words
from messaging.replies.numerals import is_number
from messaging.replies.surroundings import Surroundings
from messaging.replies.text import TokenKind

# "5 de calificación", "5 es mi nota": the word that grades is at most the third.
LONGEST_GRADE = 3


def cue_distance(around: Surroundings) -> int | None:
    """How many words before the number its cue stands."""
    for distance, key in enumerate(around.keys_before):
        if key in words.CUES:
            return distance
        if key not in words.CUE_FILLERS:
            break
    return 0 if around.nearest_before in words.NUMBER_ARTICLES else None


def last_of_grade(around: Surroundings) -> int:
    """The last token of what makes it a grade, or of the number itself."""
    last = around.numeral.last
    if around.next and around.next.kind is TokenKind.STARS:
        return last + 1
    for size in range(1, min(LONGEST_GRADE, len(around.after)) + 1):
        if _grades(around, around.keys_after[:size]):
            return around.tokens.index(around.after[size - 1], last)
    return last


def _grades(around: Surroundings, keys: list[str]) -> bool:
    *between, last = keys
    if last in words.STARS:
        return not set(between) & words.NOT_BEFORE_STARS
    if last in words.POINTS:
        return not between and not counts_stitches(around)
    if last in words.GRADES:
        return set(between) <= words.COPULAS | words.CUE_SUBJECTS
    return False


def counts_stitches(around: Surroundings) -> bool:
    """ "Me pusieron 5 puntos", "3 puntos de sutura" """
    return around.nearest_before in words.STITCHED or bool(
        set(around.keys_after[1:3]) & words.ALWAYS_UNITS
    )


def has_scale(around: Surroundings) -> bool:
    """That it is out of five is said or drawn."""
    grade = around.tokens[last_of_grade(around)]
    return (
        around.numeral.of_five
        or around.numeral.stars
        or grade.kind is TokenKind.STARS
        or grade.key in words.STARS
        or follows_star(around)
    )


def follows_star(around: Surroundings) -> bool:
    """ "⭐ 5", "⭐x5" """
    first = around.numeral.first
    before = around.tokens[max(first - 2, 0) : first]
    if before and before[-1].key == "x":
        before = before[:-1]
    return bool(before) and before[-1].kind is TokenKind.STARS


def is_cued(around: Surroundings) -> bool:
    return (
        cue_distance(around) is not None
        or last_of_grade(around) > around.numeral.last
        or has_scale(around)
    )


def is_alone(around: Surroundings) -> bool:
    """Nothing in its clause but politeness."""
    said = {token.key for token in (*around.before, *around.after) if not is_number(token)}
    return said <= words.COURTESY


def starts_clause(around: Surroundings) -> bool:
    return not around.before or around.nearest_before in words.CONJUNCTIONS


def fits_in(around: Surroundings) -> bool:
    """In the middle of a sentence only beside what people say around a rating."""
    nearest = (*around.before[:1], *around.after[:1])
    return not around.after or any(
        token.key in words.AROUND_A_RATING or is_number(token) for token in nearest
    )


def is_plainly_one(around: Surroundings) -> bool:
    """ "Pésimo, uno", "atención uno", "a one": beside these even "uno" is a number."""
    nearest = {around.nearest_before, around.nearest_after}
    graded = bool(nearest & (words.EVALUATES_BADLY | words.GRADED_THINGS))
    return graded or around.nearest_before == "a"
