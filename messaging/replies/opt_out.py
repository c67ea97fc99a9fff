"""Find out whether a text clearly asks us to send no more messages.

`reading.read` decides: it also asks `possible_opt_out` and the `second_reader`.

phrases/opt_out.txt holds the words and phrases.
"""

import re
from collections.abc import Iterator, Sequence

from messaging.replies.our_text import split_own_sentences
from messaging.replies.patterns import GAP, alternatives_pattern, compile_phrases, group_pattern
from messaging.replies.phrase_files import read_phrase_file
from messaging.replies.sentences import (
    COMMA,
    NUMBER,
    Passage,
    Span,
    join_sentences,
    split_clauses,
)
from messaging.replies.tokenizer import Token, TokenKind, phonetic_keys

_TABLES = read_phrase_file("opt_out").tables


def find_opt_out(tokens: Sequence[Token]) -> list[Span]:
    """Return where the text opts out. Empty when it does not."""
    if _is_stop_sign(tokens):
        return [Passage(list(tokens)).span]
    sentences = list(split_own_sentences(tokens))
    everything = join_sentences(sentences)
    if _ONLY_KEYWORDS_ALONE.fullmatch(everything.keys):
        return [everything.span]
    mixed_case = any(token.text.islower() for token in tokens)
    first_clause = next(split_clauses(everything), None)
    if first_clause and _ONLY_KEYWORDS_AS_SENTENCE.fullmatch(first_clause.keys):
        return [first_clause.span]
    for sentence in sentences:
        if spans := list(_find_in_sentence(sentence, mixed_case)):
            return spans
    return []


def find_opt_out_clauses(tokens: Sequence[Token]) -> list[Span]:
    """Return the clauses that are only an opt-out keyword, in a text that may be an opt-out.

    In "no soy esa persona, paren" the first clause says what "paren" is about. Without such a
    first clause "paren" is too unclear.
    """
    return [
        clause.span
        for sentence in split_own_sentences(tokens)
        for clause in split_clauses(sentence)
        if _ONLY_KEYWORDS_ALONE.fullmatch(clause.keys)
    ]


def _find_in_sentence(sentence: Passage, mixed_case: bool) -> Iterator[Span]:
    if _ONLY_KEYWORDS_AS_SENTENCE.fullmatch(sentence.keys):
        yield sentence.span
    for clause in split_clauses(sentence):
        has_capitals = mixed_case and any(map(_is_in_capitals, clause.tokens))
        if (
            _ONLY_KEYWORDS_ANYWHERE.fullmatch(clause.keys)
            or (has_capitals and _ONLY_KEYWORDS_AS_SENTENCE.fullmatch(clause.keys))
            or _has_our_stop(clause, mixed_case)
        ):
            yield clause.span
    for match in _REFUSAL.finditer(sentence.keys):
        if not _COMPLAINT_BEFORE.search(sentence.keys[: match.start()]):
            yield sentence.span_between(match.start(), match.end())
    for match in _REQUEST.finditer(sentence.keys):
        before = sentence.keys[: match.start()][-_LOOK_BACK:]
        is_denied = _NEGATION_BEFORE.search(before)
        is_other_baja = _OFF_WORK_AFTER.match(sentence.keys, match.end()) or (
            _ONE_APPOINTMENT_AFTER.match(sentence.keys, match.end())
        )
        if not is_denied and not is_other_baja:
            yield sentence.span_between(match.start(), match.end())


def _has_our_stop(clause: Passage, mixed_case: bool) -> bool:
    """Return whether "stop" is our keyword: at either end of a clause, or in capitals."""
    keys = [token.key for token in clause.tokens]
    for index, token in enumerate(clause.tokens):
        if token.key != "stop":
            continue
        before, after = keys[index - 1 : index], keys[index + 1 : index + 2]
        in_capitals = mixed_case and _is_in_capitals(token)
        ends_clause = not after and not set(keys) & _IN_SENTENCE_ABOUT_STOPPING
        if before and (in_capitals or ends_clause) and before[0] not in _BEFORE_OTHER_STOP:
            return True
        if not before and (in_capitals or _can_follow_our_stop(after)):
            return True
    return False


def _is_in_capitals(token: Token) -> bool:
    return token.text.isupper() and len(token.text) > 1


def _can_follow_our_stop(after: list[str]) -> bool:
    return bool(after) and not after[0].endswith("ing") and after[0] not in _AFTER_OTHER_STOP


def _is_stop_sign(tokens: Sequence[Token]) -> bool:
    """ "🛑", alone or beside a number."""
    return any(token.text == "🛑" for token in tokens) and not any(
        token.kind is TokenKind.WORD for token in tokens
    )


def _compile_keywords(keywords: str, beside: str) -> re.Pattern[str]:
    """Return a pattern for a passage that has only these keywords, politeness and `beside`."""
    # After a number, "no más" means "just": "3 no más".
    keyword = (
        rf"(?:(?<!{NUMBER}){alternatives_pattern(_TABLES['also_means_just'])}"
        rf"|{alternatives_pattern(keywords)})"
    )
    filler = rf"(?:{group_pattern('polite')}|{beside}|{NUMBER}|{COMMA})"
    return re.compile(rf" (?:(?!{keyword}){filler})*+{keyword}(?:{keyword}|{filler})*+")


# In characters: a negation further back belongs to something else.
_LOOK_BACK = 150
_MATCHES_NOTHING = "(?!)"
_ONLY_KEYWORDS_ANYWHERE = _compile_keywords(
    _TABLES["keywords_anywhere"], alternatives_pattern(_TABLES["beside_keywords"])
)
_ONLY_KEYWORDS_AS_SENTENCE = _compile_keywords(
    f"{_TABLES['keywords_anywhere']} {_TABLES['keywords_as_sentence']}", _MATCHES_NOTHING
)
_ONLY_KEYWORDS_ALONE = _compile_keywords(
    f"{_TABLES['keywords_anywhere']} {_TABLES['keywords_as_sentence']} {_TABLES['keywords_alone']}",
    _MATCHES_NOTHING,
)
_REFUSAL = compile_phrases(_TABLES["refusals"])
_REQUEST = compile_phrases(_TABLES["requests"])
_NEGATION_BEFORE = re.compile(rf"{compile_phrases(_TABLES['negation_before_request']).pattern}$")
_COMPLAINT_BEFORE = re.compile(rf"(?<= ){alternatives_pattern(_TABLES['before_complaint'])}$")
_OFF_WORK_AFTER = re.compile(rf"{GAP}{group_pattern('off_work')}")
_ONE_APPOINTMENT_AFTER = compile_phrases(_TABLES["one_appointment"])
_BEFORE_OTHER_STOP = phonetic_keys(_TABLES["before_other_stop"])
_IN_SENTENCE_ABOUT_STOPPING = phonetic_keys(_TABLES["in_sentence_about_stopping"])
_AFTER_OTHER_STOP = phonetic_keys(_TABLES["after_other_stop"])
