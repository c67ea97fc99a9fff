"""Recognise numbers that are no rating: they count things, or are a date, a place or a name."""

import re

from messaging.replies import rating_words as words
from messaging.replies.numeral_context import NumeralContext
from messaging.replies.numerals import LOWEST, is_number
from messaging.replies.rating_cues import counts_stitches, end_of_rating_phrase, has_cue
from messaging.replies.tokenizer import Token, TokenKind

MIN_PLURAL_LENGTH = 4
MIN_NAME_LENGTH = 4
# In words: how far before the number "hubiera", "le iba a poner" may be.
MAX_CONDITION_DISTANCE = 4

_MEASURE_MARKS = "%°$€£¢"
# "Vinieron 4", "entramos 2"
_PLURAL_VERB = re.compile(r"(?:aron|eron|amos|emos|imos|aram|eram|iram)$")
# "Cancelé 5", "transferí 3"; not "volveré 5"
_PAST_TENSE = re.compile(r"\w(?:[^r\W]é|í)$", re.IGNORECASE)

# "Sacarse", "llegar", "ponerles"
_INFINITIVE = re.compile(r"[aei]r(?:me|se|le|les|nos)?$")


def is_not_a_rating(context: NumeralContext) -> bool:
    if context.numeral.stars:
        return False
    if end_of_rating_phrase(context) == context.numeral.last and is_measurement(context):
        return True
    if _is_denied(context):
        return True
    if context.numeral.of_five:
        return _is_label(context)
    return not has_cue(context) and _follows_other_meaning(context)


def is_measurement(context: NumeralContext) -> bool:
    """ "2 horas", "$5", "5to", "5 de mayo", "3 doctores": shown by what comes after the number."""
    return _has_unit_mark(context) or _is_date(context) or _counts_things(context)


def _has_unit_mark(context: NumeralContext) -> bool:
    if context.previous and context.previous.is_mark(_MEASURE_MARKS):
        return True
    follower = context.next
    if not follower:
        return False
    if follower.is_mark(_MEASURE_MARKS):
        return not _belongs_to_next_number(context, follower)
    touches = follower.kind is TokenKind.WORD and not follower.spaced
    return touches and (len(follower.text) == 1 or follower.key in words.ORDINALS)


def _belongs_to_next_number(context: NumeralContext, mark: Token) -> bool:
    """ "5 %100 recomendado" """
    after_mark = context.tokens[context.numeral.last + 2 : context.numeral.last + 3]
    return mark.spaced and bool(after_mark) and after_mark[0].kind is TokenKind.NUMBER


def _is_date(context: NumeralContext) -> bool:
    first, second, third = [*context.keys_after, "", "", ""][:3]
    if first in words.MONTHS or (first, second) in words.MEASURING_PAIRS:
        return True
    if first in words.PER and second in words.ALWAYS_UNITS:
        return True
    if first in words.EVERY and any(map(is_number, context.after[1:2])):
        return True
    if first not in words.OF:
        return False
    return (
        second in words.MONTHS | words.PARTS_OF_DAY | words.AFTER_SHARE
        or third in words.PARTS_OF_DAY
        or (first not in words.WITHIN and any(map(is_number, context.after[1:2])))
    )


def _counts_things(context: NumeralContext) -> bool:
    if not context.after:
        return False
    first, *further = context.after[:2]
    if first.key in words.POINTS:
        return counts_stitches(context)
    if first.key in words.MORE and not further:
        return True
    if first.key in words.BETWEEN_NUMBER_AND_UNIT and further:
        return further[0].key in words.ALWAYS_UNITS or _is_plural(further[0])
    if context.numeral.values[-1:] == (LOWEST,):
        return first.key in words.ALWAYS_UNITS | words.UNITS_OF_ONE
    return first.key in words.ALWAYS_UNITS or _is_plural(first)


def _is_plural(token: Token) -> bool:
    """Return whether this is a plural noun. Words in "-mos" are verbs; capitals begin a name."""
    word = token.key
    return (
        len(word) >= MIN_PLURAL_LENGTH
        and word.endswith("s")
        and not word.endswith("mos")
        and word not in words.FOLLOWS_A_RATING | words.STARS | words.POINTS
        and not is_number(token)
        and not token.text.istitle()
    )


def _is_denied(context: NumeralContext) -> bool:
    """ "No le doy un 5", "ni 1", "casi un 5", "le iba a poner 5", "¿cómo les voy a poner 5?" """
    return (
        _is_hedged(context)
        or _is_negated(context)
        or _is_hypothetical(context)
        or _is_rhetorical(context)
        or _is_goal(context)
    )


def _is_hedged(context: NumeralContext) -> bool:
    keys = context.keys_before
    if context.nearest_before in words.MINUS and keys[1:3] != ["o", "mas"]:
        return True
    if context.nearest_before in words.THAN and set(keys[1:2]) & words.COMPARED_OR_TOLD:
        return True
    bare = [key for key in keys[:2] if key not in words.NUMBER_ARTICLES | {"a"}]
    return bool(bare) and bare[0] in words.HEDGES


def _is_negated(context: NumeralContext) -> bool:
    if context.numeral.rating is None:
        # "Le doy 1 porque no puedo poner 0", "si pudiera, 0"
        return bool(set(context.keys_before) & (words.NEGATIONS | words.WISHES))
    for distance, key in enumerate(context.keys_before):
        if key in words.NEGATIONS:
            # "No sé, 3" and "cómo no le voy a dar un 5" do give the rating.
            gives = set(context.keys_before[distance + 1 : distance + 2]) & words.ASKS_HOW
            return context.keys_before[:distance] != ["se"] and not gives
        if key not in words.NEGATION_FILLERS:
            break
    return False


def _is_hypothetical(context: NumeralContext) -> bool:
    keys = context.keys_before
    for distance, key in enumerate(keys[:MAX_CONDITION_DISTANCE]):
        if key in words.ENDS_CONDITION:
            return False
        if key in words.HYPOTHETICAL or (key == "have" and keys[distance + 1 :][:1] == ["would"]):
            return True
    return False


def _is_rhetorical(context: NumeralContext) -> bool:
    """ "¿Cómo les voy a poner 5?", "quieren que les ponga un 5" """
    keys = context.keys_before
    for distance, key in enumerate(keys):
        if key in words.NEGATIONS:
            # "Cómo no les voy a dar un 5" does give the rating.
            return False
        if key in words.ASKS_HOW:
            return bool(set(keys[:distance]) & words.INTENDS)
        if key in words.EXPECTS:
            return "ke" in keys[:distance] or bool(set(keys[distance:]) & words.ASKS_HOW)
    return False


def _is_goal(context: NumeralContext) -> bool:
    """ "Para sacarse un 5 falta mucho" """
    keys = [key for key in context.keys_before if key not in words.NUMBER_ARTICLES]
    return len(keys) > 1 and keys[1] == "para" and bool(_INFINITIVE.search(keys[0]))


def _follows_other_meaning(context: NumeralContext) -> bool:
    """ "A las 4", "piso 3", "esperé 2", "mi cita es el 5": shown by what comes before it."""
    keys = context.keys_before
    return bool(keys) and (
        _is_part_of_name(context)
        or _is_label(context)
        or _is_counted_by_verb(context)
        or keys[0] in words.BEFORE_OTHER_NUMBERS | words.OR
        or bool(set(keys[:4]) & words.STREETS)
        or (keys[0] == "de" and not set(keys[1:2]) <= words.GRADED_THINGS | words.COPULAS)
        or (keys[0] == "is" and keys[1:2] in (["he"], ["she"]))
        or (keys[0] in words.THE and not _is_chosen_from_list(context))
    )


def _is_part_of_name(context: NumeralContext) -> bool:
    """ "B12", "mp3", "B-5" """
    name = context.before[0]
    touching = context.previous is name or bool(context.previous and context.previous.is_mark("-"))
    return (
        touching
        and not context.tokens[context.numeral.first].spaced
        and name.kind is TokenKind.WORD
        and len(name.text) < MIN_NAME_LENGTH
        and name.key not in words.CUES | words.NUMBER_ARTICLES
    )


def _is_label(context: NumeralContext) -> bool:
    named = context.nearest_before in words.NAMED_NUMBERS
    hashed = bool(context.previous and context.previous.is_mark("#"))
    if (named or hashed) and context.numeral.values == (LOWEST,):
        # "Son los número 1" is praise.
        return True
    passed = words.NAMED_NUMBERS | words.COPULAS
    return next((key for key in context.keys_before if key not in passed), "") in words.LABELS


def _is_counted_by_verb(context: NumeralContext) -> bool:
    """Return whether a verb before it takes a quantity. "Dios le pague" is only thanks."""
    verb = context.before[0]
    if verb.key in words.COUNTING_VERBS:
        return "dios" not in context.keys_before
    return bool(_PLURAL_VERB.search(verb.key)) or (
        bool(_PAST_TENSE.search(verb.text)) and verb.key not in words.ACCENTED_BUT_NO_VERB
    )


def _is_chosen_from_list(context: NumeralContext) -> bool:
    """ "El 5", as one answers a list; not "el 5 tengo cita"."""
    return len(context.before) == 1 and set(context.keys_after) <= words.COURTESY
