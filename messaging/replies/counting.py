"""What says that a number is no rating: it counts, dates, places or names something else."""

import re

from messaging.replies import words
from messaging.replies.cues import counts_stitches, is_cued, last_of_grade
from messaging.replies.numerals import LOWEST, is_number
from messaging.replies.surroundings import Surroundings
from messaging.replies.text import Token, TokenKind

SHORTEST_PLURAL = 4
SHORTEST_NAME = 4
# How far back "hubiera", "le iba a poner" can stand.
CONDITION_REACH = 4

_MEASURE_MARKS = "%°$€£¢"
# "Vinieron 4", "entramos 2"
_PLURAL_VERB = re.compile(r"(?:aron|eron|amos|emos|imos|aram|eram|iram)$")
# "Cancelé 5", "transferí 3"; not "volveré 5"
_PAST = re.compile(r"\w(?:[^r\W]é|í)$", re.IGNORECASE)

# "Sacarse", "llegar", "ponerles"
_INFINITIVE = re.compile(r"[aei]r(?:me|se|le|les|nos)?$")


def belongs_elsewhere(around: Surroundings) -> bool:
    if around.numeral.stars:
        return False
    if last_of_grade(around) == around.numeral.last and measures(around):
        return True
    if _is_refused(around):
        return True
    if around.numeral.of_five:
        return _is_label(around)
    return not is_cued(around) and _is_bound(around)


def measures(around: Surroundings) -> bool:
    """By what follows: "2 horas", "$5", "5to", "5 de mayo", "3 doctores"."""
    return _is_marked(around) or _is_date(around) or _counts(around)


def _is_marked(around: Surroundings) -> bool:
    if around.previous and around.previous.is_mark(_MEASURE_MARKS):
        return True
    follower = around.next
    if not follower:
        return False
    if follower.is_mark(_MEASURE_MARKS):
        return not _begins_another(around, follower)
    glued = follower.kind is TokenKind.WORD and not follower.spaced
    return glued and (len(follower.text) == 1 or follower.key in words.ORDINALS)


def _begins_another(around: Surroundings, mark: Token) -> bool:
    """ "5 %100 recomendado" """
    behind = around.tokens[around.numeral.last + 2 : around.numeral.last + 3]
    return mark.spaced and bool(behind) and behind[0].kind is TokenKind.NUMBER


def _is_date(around: Surroundings) -> bool:
    first, second, third = [*around.keys_after, "", "", ""][:3]
    if first in words.MONTHS or (first, second) in words.AFTER_HOURS:
        return True
    if first in words.PER and second in words.ALWAYS_UNITS:
        return True
    if first in words.EVERY and any(map(is_number, around.after[1:2])):
        return True
    if first not in words.OF:
        return False
    return (
        second in words.MONTHS | words.PARTS_OF_DAY | words.OF_WHICH
        or third in words.PARTS_OF_DAY
        or (first not in words.WITHIN and any(map(is_number, around.after[1:2])))
    )


def _counts(around: Surroundings) -> bool:
    if not around.after:
        return False
    first, *further = around.after[:2]
    if first.key in words.POINTS:
        return counts_stitches(around)
    if first.key in words.MORE and not further:
        return True
    if first.key in words.LONG and further:
        return further[0].key in words.ALWAYS_UNITS or _is_plural(further[0])
    if around.numeral.values[-1:] == (LOWEST,):
        return first.key in words.ALWAYS_UNITS | words.UNITS_OF_ONE
    return first.key in words.ALWAYS_UNITS or _is_plural(first)


def _is_plural(token: Token) -> bool:
    """A plural noun, but for "-mos", which is a verb, and for a name."""
    word = token.key
    return (
        len(word) >= SHORTEST_PLURAL
        and word.endswith("s")
        and not word.endswith("mos")
        and word not in words.FOLLOWS_A_RATING | words.STARS | words.POINTS
        and not is_number(token)
        and not token.text.istitle()
    )


def _is_refused(around: Surroundings) -> bool:
    """ "No le doy un 5", "ni 1", "casi un 5", "le iba a poner 5", "¿cómo les voy a poner 5?" """
    return (
        _is_hedged(around)
        or _is_negated(around)
        or _is_hypothetical(around)
        or _is_rhetorical(around)
        or _is_aimed_at(around)
    )


def _is_hedged(around: Surroundings) -> bool:
    keys = around.keys_before
    if around.nearest_before in words.MINUS and keys[1:3] != ["o", "mas"]:
        return True
    if around.nearest_before in words.THAN and set(keys[1:2]) & words.COMPARED_OR_TOLD:
        return True
    bare = [key for key in keys[:2] if key not in words.NUMBER_ARTICLES | {"a"}]
    return bool(bare) and bare[0] in words.HEDGES


def _is_negated(around: Surroundings) -> bool:
    if around.numeral.rating is None:
        # "Le doy 1 porque no puedo poner 0", "si pudiera, 0"
        return bool(set(around.keys_before) & (words.NEGATIONS | words.WISHES))
    for distance, key in enumerate(around.keys_before):
        if key in words.NEGATIONS:
            # "No sé 3" does not know, but says; "cómo no le voy a dar un 5" gives it.
            gives = set(around.keys_before[distance + 1 : distance + 2]) & words.ASKS_HOW
            return around.keys_before[:distance] != ["se"] and not gives
        if key not in words.NEGATION_FILLERS:
            break
    return False


def _is_hypothetical(around: Surroundings) -> bool:
    keys = around.keys_before
    for distance, key in enumerate(keys[:CONDITION_REACH]):
        if key in words.ENDS_CONDITION:
            return False
        if key in words.HYPOTHETICAL or (key == "have" and keys[distance + 1 :][:1] == ["would"]):
            return True
    return False


def _is_rhetorical(around: Surroundings) -> bool:
    """ "¿Cómo les voy a poner 5?", "quieren que les ponga un 5" """
    keys = around.keys_before
    for distance, key in enumerate(keys):
        if key in words.NEGATIONS:
            # "Cómo no les voy a dar un 5" gives it.
            return False
        if key in words.ASKS_HOW:
            return bool(set(keys[:distance]) & words.INTENDS)
        if key in words.EXPECTS:
            return "ke" in keys[:distance] or bool(set(keys[distance:]) & words.ASKS_HOW)
    return False


def _is_aimed_at(around: Surroundings) -> bool:
    """ "Para sacarse un 5 falta mucho" """
    keys = [key for key in around.keys_before if key not in words.NUMBER_ARTICLES]
    return len(keys) > 1 and keys[1] == "para" and bool(_INFINITIVE.search(keys[0]))


def _is_bound(around: Surroundings) -> bool:
    """By what precedes: "a las 4", "piso 3", "esperé 2", "mi cita es el 5"."""
    keys = around.keys_before
    return bool(keys) and (
        _is_glued(around)
        or _is_label(around)
        or _is_object(around)
        or keys[0] in words.BINDERS | words.OR
        or bool(set(keys[:4]) & words.STREETS)
        or (keys[0] == "de" and not set(keys[1:2]) <= words.GRADED_THINGS | words.COPULAS)
        or (keys[0] == "is" and keys[1:2] in (["he"], ["she"]))
        or (keys[0] in words.THE and not _is_chosen(around))
    )


def _is_glued(around: Surroundings) -> bool:
    """ "B12", "mp3", "B-5" """
    name = around.before[0]
    touching = around.previous is name or bool(around.previous and around.previous.is_mark("-"))
    return (
        touching
        and not around.tokens[around.numeral.first].spaced
        and name.kind is TokenKind.WORD
        and len(name.text) < SHORTEST_NAME
        and name.key not in words.CUES | words.NUMBER_ARTICLES
    )


def _is_label(around: Surroundings) -> bool:
    named = around.nearest_before in words.NAMED_NUMBERS
    hashed = bool(around.previous and around.previous.is_mark("#"))
    if (named or hashed) and around.numeral.values == (LOWEST,):
        # "Son los número 1" is praise.
        return True
    passed = words.NAMED_NUMBERS | words.COPULAS
    return next((key for key in around.keys_before if key not in passed), "") in words.LABELS


def _is_object(around: Surroundings) -> bool:
    """Of a verb that takes a quantity; "Dios le pague" takes none."""
    verb = around.before[0]
    if verb.key in words.COUNTING_VERBS:
        return "dios" not in around.keys_before
    return bool(_PLURAL_VERB.search(verb.key)) or (
        bool(_PAST.search(verb.text)) and verb.key not in words.ACCENTED
    )


def _is_chosen(around: Surroundings) -> bool:
    """ "El 5", as one answers a list; not "el 5 tengo cita"."""
    return len(around.before) == 1 and set(around.keys_after) <= words.COURTESY
