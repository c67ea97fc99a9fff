"""Choose which of the numbers in a text is the rating, if any."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.replies import rating_words as words
from messaging.replies.non_ratings import is_measurement, is_not_a_rating
from messaging.replies.numeral_context import NumeralContext
from messaging.replies.numerals import HIGHEST, Numeral, find_numerals, is_number
from messaging.replies.rating_cues import (
    cue_distance,
    end_of_rating_phrase,
    follows_star,
    has_cue,
    has_scale,
    is_beside_rating_words,
    is_clearly_one,
    stands_alone,
    starts_clause,
)
from messaging.replies.tokenizer import Token, TokenKind

# A text with more numbers is a list or a joke, not an answer.
MAX_NUMERALS = 30
# Up to so many stars beside praise may be decoration.
MAX_DECORATION = 3
SCALE = "1-5"
# Grades on another scale: up to ten, or the full mark of twenty or of a hundred.
OFF_SCALE = {0, *range(HIGHEST + 1, 11), 20, 100}


@dataclass(frozen=True)
class RatingMatch:
    rating: int
    spans: list[tuple[int, int]]


@dataclass(frozen=True)
class Candidate:
    """A number that may be the rating, with the words around it that belong to it."""

    numeral: Numeral
    # A clear one wins over one that is only beside praise or a complaint.
    clear: bool
    has_scale: bool
    first: int
    last: int


def find_rating(tokens: Sequence[Token]) -> RatingMatch | None:
    """Return the rating and where it is written. None without one, or when two contradict."""
    scales = [numeral for numeral in find_numerals(tokens) if numeral.scale]
    if any(_is_other_scale(NumeralContext(tokens, scale)) for scale in scales):
        return None
    tokens = _replace_scales(tokens, scales)
    candidates = _find_candidates(tokens, find_numerals(tokens) or _find_asterisks(tokens))
    kept, corrected = _split_corrected(tokens, candidates)
    chosen = _choose_agreeing(kept)
    if not chosen or (rating := chosen[0].numeral.rating) is None:
        return None
    ranges = [(candidate.first, candidate.last) for candidate in chosen]
    if corrected:
        ranges = [(corrected[0].first, chosen[-1].last)]
    ranges += [(index, index) for index, token in enumerate(tokens) if token.text == SCALE]
    return RatingMatch(
        rating, [(tokens[first].start, tokens[last].end) for first, last in sorted(ranges)]
    )


def is_off_scale(tokens: Sequence[Token]) -> bool:
    """Return whether the text is clearly a grade on another scale: "10", "le doy un 8", "9/10"."""
    scales = [numeral for numeral in find_numerals(tokens) if numeral.scale]
    tokens = _replace_scales(tokens, scales)
    clear = [each for each in _find_candidates(tokens, find_numerals(tokens)) if each.clear]
    return bool(clear) and all(OFF_SCALE.issuperset(each.numeral.values) for each in clear)


def _find_candidates(tokens: Sequence[Token], numerals: list[Numeral]) -> list[Candidate]:
    if len(numerals) > MAX_NUMERALS or _is_enumeration(tokens, numerals):
        return []
    return [
        candidate
        for numeral in numerals
        if (candidate := _candidate_of(NumeralContext(tokens, numeral)))
    ]


def _is_other_scale(context: NumeralContext) -> bool:
    return context.numeral.values != (HIGHEST,) and not is_measurement(context)


def _replace_scales(tokens: Sequence[Token], scales: list[Numeral]) -> Sequence[Token]:
    """Replace "del 1 al 5", which repeats our question, by one mark."""
    for scale in reversed(scales):
        first, last = tokens[scale.first], tokens[scale.last]
        mark = Token(TokenKind.MARK, SCALE, first.start, last.end, "", first.spaced)
        tokens = [*tokens[: scale.first], mark, *tokens[scale.last + 1 :]]
    return tokens


def _is_enumeration(tokens: Sequence[Token], numerals: list[Numeral]) -> bool:
    """ "1) sí 2) no" """
    marked = [
        numeral.values[0]
        for numeral in numerals
        if numeral.values
        and numeral.last + 1 < len(tokens)
        and tokens[numeral.last + 1].is_mark(").-")
    ]
    return len(marked) > 1 and marked == list(range(1, len(marked) + 1))


def _find_asterisks(tokens: Sequence[Token]) -> list[Numeral]:
    """ "*****" and "*** regular", but not "*en negrita*"."""
    stars = [index for index, token in enumerate(tokens) if token.is_mark("*")]
    if len(stars) > 1 and stars == list(range(len(stars))):
        return [Numeral(0, len(stars) - 1, (len(stars),), stars=True)]
    return []


def _candidate_of(context: NumeralContext) -> Candidate | None:
    numeral = context.numeral
    if not numeral.values or is_not_a_rating(context):
        return None
    if numeral.stars and not _stars_are_rating(context):
        return None
    alone, cued = stands_alone(context), has_cue(context)
    if numeral.ambiguous and not (cued or alone or is_clearly_one(context)):
        return None
    clear = cued or alone or starts_clause(context)
    if not clear and not is_beside_rating_words(context):
        return None
    return Candidate(
        numeral,
        clear,
        has_scale(context),
        _start_of_rating_phrase(context),
        end_of_rating_phrase(context),
    )


def _stars_are_rating(context: NumeralContext) -> bool:
    """Return whether stars are the rating.

    One star beside a number is its unit ("5 ⭐"); a few beside praise are decoration.
    """
    count = context.numeral.values[0]
    if count == 1 and any(
        neighbour and is_number(neighbour) for neighbour in (context.previous, context.next)
    ):
        return False
    keys = {token.key for token in context.tokens if token.kind is TokenKind.WORD}
    if not keys or count > MAX_DECORATION or keys & words.EVALUATES_BADLY:
        return True
    return count > 1 and not keys & (words.EVALUATES_WELL - words.THANKS)


def _start_of_rating_phrase(context: NumeralContext) -> int:
    """Return the index of the first token of "le doy un 5", "mi nota es 5"."""
    keys = context.keys_before
    cue = cue_distance(context)
    distance = 0 if cue is None else cue + 1
    # Without a cue the phrase begins with its article at most: "fue un 5".
    leads = words.NUMBER_ARTICLES | words.COPULAS
    if distance:
        leads |= words.CUE_SUBJECTS
    while distance < len(keys) and keys[distance] in leads:
        distance += 1
    if distance:
        return context.tokens.index(context.before[distance - 1])
    return context.numeral.first - follows_star(context)


def _split_corrected(
    tokens: Sequence[Token], candidates: list[Candidate]
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the candidates that count, and those that were corrected: "5, perdón, 4" is a 4."""
    kept: list[Candidate] = []
    corrected: list[Candidate] = []
    for candidate in candidates:
        if kept and _is_correction(tokens[kept[-1].last + 1 : candidate.first]):
            corrected += kept
            kept = []
        kept.append(candidate)
    return kept, corrected


def _is_correction(between: Sequence[Token]) -> bool:
    marked = False
    for index, token in enumerate(between):
        if token.kind in (TokenKind.MARK, TokenKind.LINE):
            continue
        if token.key in words.NEGATIONS:
            # "5 no, 4"; without the comma it could be either.
            after = between[index + 1 : index + 2]
            marked = marked or bool(after and after[0].kind is TokenKind.MARK)
        elif token.key in words.CORRECTIONS:
            marked = True
        elif token.key not in words.CORRECTION_FILLERS:
            return False
    return marked


def _choose_agreeing(candidates: list[Candidate]) -> list[Candidate]:
    """Return the strongest candidates when they agree on one rating, otherwise none."""
    if any(candidate.has_scale and candidate.numeral.rating for candidate in candidates):
        # "¡10 puntos! 5 estrellas": one names its scale, so the other number is only praise.
        candidates = [candidate for candidate in candidates if candidate.numeral.rating]
    not_emphatic = [candidate for candidate in candidates if not candidate.numeral.emphatic]
    not_emphatic = not_emphatic or candidates
    strongest = [candidate for candidate in not_emphatic if candidate.clear] or not_emphatic
    ratings = {candidate.numeral.rating for candidate in strongest}
    return strongest if len(ratings) == 1 else []
