"""Find out whether a text asks a question or wants somebody to act.

A comment such as "mejoren la limpieza" must not count: whatever counts goes to the inbox, where
people have to read it.
"""

import re
from collections.abc import Sequence

from messaging.replies import rating_words as words
from messaging.replies.needs_person_phrases import (
    DEMANDS,
    EMERGENCIES,
    GROUPS,
    QUESTIONS,
    REQUESTS,
)
from messaging.replies.numerals import is_number
from messaging.replies.our_text import is_our_text, split_own_sentences
from messaging.replies.patterns import alternatives_pattern, compile_phrases, group_pattern
from messaging.replies.sentences import SENTENCE_ENDS
from messaging.replies.tokenizer import Token, TokenKind, phonetic_keys

# A question mark after these words alone asks nothing: "5?", "todo bien, gracias?", "10, no?"
_ASKS_NOTHING = (
    words.COURTESY
    | words.CUES
    | words.ARTICLES_AS_ONE
    | phonetic_keys(
        "si no yes nao verdad cierto ne right ser es y o e u or que jaja jajaja como me por"
        " puede pueden podes podeis podrian podria pode podem can could you u"
    )
)
# A shorter question asks nothing: "Honestly? 2", "mmm 3?"
MIN_QUESTION_WORDS = 2
_ASKS_ALONE = phonetic_keys(
    "que cuando donde quien cuanto cual porque onde quando quanto qual why when where"
)
# At the end of a statement these only want a nod: "todo bien, no?"
_QUESTION_TAGS = phonetic_keys("no nao verdad cierto ne right ok si sip")
# These have an accent only in a question. Without it they also join sentences.
_INTERROGATIVES = frozenset(
    ("cuándo", "cuánto", "cuántos", "cuántas", "adónde", "cuál", "cuáles", "quién", "quiénes")
)


def needs_person(tokens: Sequence[Token]) -> bool:
    if _has_question(tokens):
        return True
    for sentence in split_own_sentences(tokens):
        if _QUESTION.search(sentence.keys) or _EMERGENCY.search(sentence.keys):
            return True
        for match in _REQUEST.finditer(sentence.keys):
            if not _DENIAL_BEFORE.search(sentence.keys[: match.start()][-_LOOK_BACK:]):
                return True
    return False


def _has_question(tokens: Sequence[Token]) -> bool:
    """Return whether a question mark follows words that ask, or a question word has its accent."""
    sentence: list[Token] = []
    is_exclamation = False
    for token in tokens:
        if token.is_mark("?"):
            if _asks_something(sentence):
                return True
        elif token.kind is TokenKind.LINE or token.is_mark(SENTENCE_ENDS):
            sentence, is_exclamation = [], token.text == "¡"
        else:
            if not is_exclamation and _opens_question(sentence, token):
                return True
            sentence.append(token)
    return False


def _asks_something(sentence: list[Token]) -> bool:
    keys = [
        token.key for token in sentence if token.kind is TokenKind.WORD and not is_number(token)
    ]
    asking = [key for key in keys if key not in _ASKS_NOTHING]
    too_short = len(keys) < MIN_QUESTION_WORDS and not set(keys) & _ASKS_ALONE
    return (
        bool(asking)
        and not too_short
        and keys[-1] not in _QUESTION_TAGS
        and not is_our_text(sentence)
    )


def _opens_question(before: list[Token], token: Token) -> bool:
    """ "Cuándo me dan…", "gracias, cuánto es"; not "no sé quién me atendió"."""
    if token.text.casefold() not in _INTERROGATIVES:
        return False
    words_before = [each for each in before if each.kind is TokenKind.WORD]
    return all(each.key in words.COURTESY | words.CONJUNCTIONS for each in words_before) or (
        before[-1].kind is TokenKind.MARK
    )


# In characters: a denial further back belongs to something else.
_LOOK_BACK = 120
_QUESTION = compile_phrases(QUESTIONS, **GROUPS)
_REQUEST = compile_phrases(f"{REQUESTS}{DEMANDS}", **GROUPS)
_EMERGENCY = compile_phrases(EMERGENCIES, **GROUPS)
# "Sin ninguna queja", "no necesito factura", "ya no me duele"
_DENIALS = "sin ninguna ningun cero sem nenhuma zero without unica nada-que do-que de-que"
_DENIAL_BEFORE = re.compile(
    rf"(?<= )(?:{group_pattern('no')}|{alternatives_pattern(_DENIALS)})(?:[^\s,]+ ){{0,2}}$"
)
