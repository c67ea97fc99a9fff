"""Which of the numbers in a text is the rating, if one is."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.replies import words
from messaging.replies.counting import belongs_elsewhere, measures
from messaging.replies.cues import (
    cue_distance,
    fits_in,
    follows_star,
    has_scale,
    is_alone,
    is_cued,
    is_plainly_one,
    last_of_grade,
    starts_clause,
)
from messaging.replies.numerals import HIGHEST, Numeral, is_number, numerals
from messaging.replies.surroundings import Surroundings
from messaging.replies.text import Token, TokenKind

# More numbers than this are a list or a joke, not an answer.
MOST_NUMERALS = 30
# Up to here a row of stars beside praise is decoration.
MODEST = 3
SCALE = "1-5"
# What people give who have another scale in mind: up to ten, or all of twenty or of a hundred.
OFF_SCALE = {0, *range(HIGHEST + 1, 11), 20, 100}


@dataclass(frozen=True)
class Rated:
    rating: int
    spans: list[tuple[int, int]]


@dataclass(frozen=True)
class Candidate:
    numeral: Numeral
    clear: bool
    has_scale: bool
    first: int
    last: int


def rate(tokens: Sequence[Token]) -> Rated | None:
    scales = [numeral for numeral in numerals(tokens) if numeral.scale]
    if any(_other_scale(Surroundings(tokens, scale)) for scale in scales):
        return None
    tokens = _without(tokens, scales)
    candidates = _candidates(tokens, numerals(tokens) or _asterisks(tokens))
    standing, corrected = _without_corrected(tokens, candidates)
    chosen = _agreed(standing)
    if not chosen or (rating := chosen[0].numeral.rating) is None:
        return None
    said = [(candidate.first, candidate.last) for candidate in chosen]
    if corrected:
        said = [(corrected[0].first, chosen[-1].last)]
    said += [(index, index) for index, token in enumerate(tokens) if token.text == SCALE]
    return Rated(rating, [(tokens[first].start, tokens[last].end) for first, last in sorted(said)])


def is_off_scale(tokens: Sequence[Token]) -> bool:
    """Plainly a grade, and none from 1 to 5: "10", "le doy un 8", "9/10"."""
    found = numerals(tokens)
    tokens = _without(tokens, [numeral for numeral in found if numeral.scale])
    clear = [each for each in _candidates(tokens, numerals(tokens)) if each.clear]
    return bool(clear) and all(OFF_SCALE.issuperset(each.numeral.values) for each in clear)


def _candidates(tokens: Sequence[Token], found: list[Numeral]) -> list[Candidate]:
    if len(found) > MOST_NUMERALS or _enumerates(tokens, found):
        return []
    return [
        candidate for numeral in found if (candidate := _candidate(Surroundings(tokens, numeral)))
    ]


def _other_scale(around: Surroundings) -> bool:
    return around.numeral.values != (HIGHEST,) and not measures(around)


def _without(tokens: Sequence[Token], scales: list[Numeral]) -> Sequence[Token]:
    """ "Del 1 al 5" is the question; it stays only as a mark between what stands around it."""
    for scale in reversed(scales):
        first, last = tokens[scale.first], tokens[scale.last]
        mark = Token(TokenKind.MARK, SCALE, first.start, last.end, "", first.spaced)
        tokens = [*tokens[: scale.first], mark, *tokens[scale.last + 1 :]]
    return tokens


def _enumerates(tokens: Sequence[Token], found: list[Numeral]) -> bool:
    """ "1) sí 2) no" """
    marked = [
        numeral.values[0]
        for numeral in found
        if numeral.values
        and numeral.last + 1 < len(tokens)
        and tokens[numeral.last + 1].is_mark(").-")
    ]
    return len(marked) > 1 and marked == list(range(1, len(marked) + 1))


def _asterisks(tokens: Sequence[Token]) -> list[Numeral]:
    """ "*****" and "*** regular", but not "*en negrita*"."""
    stars = [index for index, token in enumerate(tokens) if token.is_mark("*")]
    if len(stars) > 1 and stars == list(range(len(stars))):
        return [Numeral(0, len(stars) - 1, (len(stars),), stars=True)]
    return []


def _candidate(around: Surroundings) -> Candidate | None:
    numeral = around.numeral
    if not numeral.values or belongs_elsewhere(around):
        return None
    if numeral.stars and not _stars_rate(around):
        return None
    alone, cued = is_alone(around), is_cued(around)
    if numeral.shy and not (cued or alone or is_plainly_one(around)):
        return None
    clear = cued or alone or starts_clause(around)
    if not clear and not fits_in(around):
        return None
    return Candidate(
        numeral, clear, has_scale(around), _start_of_phrase(around), last_of_grade(around)
    )


def _stars_rate(around: Surroundings) -> bool:
    """One star beside a number is its unit; a few beside praise are decoration."""
    count = around.numeral.values[0]
    if count == 1 and any(
        neighbour and is_number(neighbour) for neighbour in (around.previous, around.next)
    ):
        return False
    said = {token.key for token in around.tokens if token.kind is TokenKind.WORD}
    if not said or count > MODEST or said & words.EVALUATES_BADLY:
        return True
    return count > 1 and not said & (words.EVALUATES_WELL - words.THANKS)


def _start_of_phrase(around: Surroundings) -> int:
    """The first token of "le doy un 5", "mi nota es 5"."""
    keys = around.keys_before
    cue = cue_distance(around)
    distance = 0 if cue is None else cue + 1
    # A phrase without a cue has its article at most: "fue un 5".
    leads = words.NUMBER_ARTICLES | words.COPULAS
    if distance:
        leads |= words.CUE_SUBJECTS
    while distance < len(keys) and keys[distance] in leads:
        distance += 1
    if distance:
        return around.tokens.index(around.before[distance - 1])
    return around.numeral.first - follows_star(around)


def _without_corrected(
    tokens: Sequence[Token], candidates: list[Candidate]
) -> tuple[list[Candidate], list[Candidate]]:
    """ "5, perdón, 4" is a 4."""
    standing: list[Candidate] = []
    corrected: list[Candidate] = []
    for candidate in candidates:
        if standing and _corrects(tokens[standing[-1].last + 1 : candidate.first]):
            corrected += standing
            standing = []
        standing.append(candidate)
    return standing, corrected


def _corrects(between: Sequence[Token]) -> bool:
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


def _agreed(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates that say the same; none when two of equal weight differ."""
    if any(candidate.has_scale and candidate.numeral.rating for candidate in candidates):
        # "¡10 puntos! 5 estrellas": the scale is plain, so the other number is only praise.
        candidates = [candidate for candidate in candidates if candidate.numeral.rating]
    plain = [candidate for candidate in candidates if not candidate.numeral.emphatic]
    plain = plain or candidates
    weighty = [candidate for candidate in plain if candidate.clear] or plain
    ratings = {candidate.numeral.rating for candidate in weighty}
    return weighty if len(ratings) == 1 else []
