"""Find out whether a text asks a question or wants somebody to act.

A comment such as "mejoren la limpieza" must not count: whatever counts goes to the inbox, where
people have to read it. phrases/needs_person.txt holds the phrases.
"""

import re
from collections.abc import Sequence

from messaging.replies import rating_words as words
from messaging.replies.numerals import is_number
from messaging.replies.our_text import is_our_text, split_own_sentences
from messaging.replies.patterns import alternatives_pattern, compile_phrases, group_pattern
from messaging.replies.phrase_files import read_phrase_file
from messaging.replies.sentences import SENTENCE_ENDS
from messaging.replies.tokenizer import Token, TokenKind, phonetic_keys

_FILE = read_phrase_file("needs_person")
_TABLES, _GROUPS = _FILE.tables, _FILE.groups
_ASKS_NOTHING = (
    words.COURTESY | words.CUES | words.ARTICLES_AS_ONE | phonetic_keys(_TABLES["asks_nothing"])
)
# A shorter question asks nothing: "Honestly? 2", "mmm 3?"
MIN_QUESTION_WORDS = 2
_ASKS_ALONE = phonetic_keys(_TABLES["asks_alone"])
_QUESTION_TAGS = phonetic_keys(_TABLES["question_tags"])
_INTERROGATIVES = frozenset(_TABLES["interrogatives"].split())


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
_QUESTION = compile_phrases(_TABLES["questions"], **_GROUPS)
_REQUEST = compile_phrases(_TABLES["requests"] + _TABLES["demands"], **_GROUPS)
_EMERGENCY = compile_phrases(_TABLES["emergencies"], **_GROUPS)
_DENIAL_BEFORE = re.compile(
    rf"(?<= )(?:{group_pattern('no')}|{alternatives_pattern(_TABLES['denials'])})"
    r"(?:[^\s,]+ ){0,2}$"
)
