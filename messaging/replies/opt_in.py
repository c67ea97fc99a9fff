"""Find out whether a text asks to receive our messages again.

An opt-in must be clear. In a longer text it counts only when its sentence has no word that denies
it, doubts it or limits it ("solo quiero recibir los de mis citas").

phrases/opt_in.txt holds the words and phrases.
"""

import re
from collections.abc import Sequence

from messaging.replies.patterns import ANY_MARKS, compile_phrases, compile_whole_text
from messaging.replies.phrase_files import read_phrase_file
from messaging.replies.sentences import Passage, Span, join_sentences, split_sentences
from messaging.replies.tokenizer import Token, TokenKind

_FILE = read_phrase_file("opt_in")
_TABLES, _GROUPS = _FILE.tables, _FILE.groups
_KEYWORD_ONLY_ALONE = _TABLES["keyword_only_alone"].strip()
_KEYWORD = compile_whole_text(_TABLES["start_keywords"])
_OPT_IN = compile_phrases(_TABLES["opt_ins"], **_GROUPS)
_DENIAL = compile_phrases(_TABLES["denials"], **_GROUPS)
_CONDITION = re.compile(rf"(?<!ahora)(?<!ya)(?<!yo) {ANY_MARKS}(?:si|se) (?!,)")


def is_start_keyword(tokens: Sequence[Token]) -> bool:
    """Return whether the text is START, ALTA or the like, with nothing else but politeness."""
    keys = [token.key for token in tokens if token.kind not in (TokenKind.MARK, TokenKind.LINE)]
    everything = join_sentences(list(split_sentences(tokens)))
    return " ".join(keys) == _KEYWORD_ONLY_ALONE or bool(_KEYWORD.fullmatch(everything.keys))


def find_opt_in(tokens: Sequence[Token]) -> list[Span]:
    """Return where the text asks for our messages again. Empty when it does not."""
    # "Sí" with its accent means yes; without it, "si" may mean if.
    without_yes = [token for token in tokens if token.text.casefold() != "sí"]
    return [
        span
        for sentence in split_sentences(without_yes)
        if (span := _find_in_sentence(sentence)) is not None
    ]


def _find_in_sentence(sentence: Passage) -> Span | None:
    match = _OPT_IN.search(sentence.keys)
    if not match or _DENIAL.search(sentence.keys):
        return None
    # "Si quiero recibir mensajes" alone means yes; with more words after it, it means if.
    before, after = sentence.keys[: match.start()], sentence.keys[match.end() :]
    if _CONDITION.search(before) and (before.strip() != "si" or after.strip()):
        return None
    return sentence.span_between(match.start(), match.end())
