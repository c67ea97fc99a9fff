"""Whether a text asks something, or needs somebody to act, whatever it says besides.

That a comment ("mejoren la limpieza") asks nothing matters as much as that a question is seen: what
is flagged goes to the inbox, where people have to look at it.
"""

import re
from collections.abc import Sequence

from messaging.replies import words
from messaging.replies.numerals import is_number
from messaging.replies.patterns import SENTENCE_ENDS, any_of, group, is_ours, own_sentences, pattern
from messaging.replies.questions import DEMANDS, EMERGENCIES, GROUPS, QUESTIONS, REQUESTS
from messaging.replies.text import Token, TokenKind, sounds

# "5?", "todo bien, gracias?", "10 puntos, no?": these ask nothing.
_ASKS_NOTHING = (
    words.COURTESY
    | words.CUES
    | words.ARTICLES_AS_ONE
    | sounds(
        "si no yes nao verdad cierto ne right ser es y o e u or que jaja jajaja como me por"
        " puede pueden podes podeis podrian podria pode podem can could you u"
    )
)
# "Honestly? 2", "mmm 3?"
SHORTEST_QUESTION = 2
_ASKS_ALONE = sounds(
    "que cuando donde quien cuanto cual porque onde quando quanto qual why when where"
)
_TAGS = sounds("no nao verdad cierto ne right ok si sip")
# Before these words one writes an accent only to ask; without it they also join sentences.
_INTERROGATIVES = frozenset(
    ("cuándo", "cuánto", "cuántos", "cuántas", "adónde", "cuál", "cuáles", "quién", "quiénes")
)


def asks(tokens: Sequence[Token]) -> bool:
    if _has_question(tokens):
        return True
    for said in own_sentences(tokens):
        if _QUESTION.search(said.said) or _EMERGENCY.search(said.said):
            return True
        for found in _REQUEST.finditer(said.said):
            if not _DENIED.search(said.said[: found.start()][-_BACK:]):
                return True
    return False


def _has_question(tokens: Sequence[Token]) -> bool:
    """A question mark behind words that ask, or an accent that only a question has."""
    asked: list[Token] = []
    exclaimed = False
    for token in tokens:
        if token.is_mark("?"):
            if _is_asked(asked):
                return True
        elif token.kind is TokenKind.LINE or token.is_mark(SENTENCE_ENDS):
            asked, exclaimed = [], token.text == "¡"
        else:
            if not exclaimed and _opens_with_accent(asked, token):
                return True
            asked.append(token)
    return False


def _is_asked(asked: list[Token]) -> bool:
    said = [token.key for token in asked if token.kind is TokenKind.WORD and not is_number(token)]
    asking = [key for key in said if key not in _ASKS_NOTHING]
    short = len(said) < SHORTEST_QUESTION and not set(said) & _ASKS_ALONE
    return bool(asking) and not short and said[-1] not in _TAGS and not is_ours(asked)


def _opens_with_accent(before: list[Token], token: Token) -> bool:
    """ "Cuándo me dan…", "gracias, cuánto es"; not "no sé quién me atendió"."""
    if token.text.casefold() not in _INTERROGATIVES:
        return False
    clause = [each for each in before if each.kind is TokenKind.WORD]
    return all(each.key in words.COURTESY | words.CONJUNCTIONS for each in clause) or (
        before[-1].kind is TokenKind.MARK
    )


_BACK = 120
_QUESTION = pattern(QUESTIONS, **GROUPS)
_REQUEST = pattern(f"{REQUESTS}{DEMANDS}", **GROUPS)
_EMERGENCY = pattern(EMERGENCIES, **GROUPS)
# "Sin ninguna queja", "no necesito factura", "ya no me duele"
_DENIAL = "sin ninguna ningun cero sem nenhuma zero without unica nada-que do-que de-que"
_DENIED = re.compile(rf"(?<= )(?:{group('no')}|{any_of(_DENIAL)})(?:[^\s,]+ ){{0,2}}$")
