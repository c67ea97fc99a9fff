"""Find out whether a text that is not a clear opt-out may still be one.

A person decides, and until then nothing is sent automatically. So a wrong yes costs a message,
while a wrong no may break the law. phrases/possible_opt_out.txt holds the phrases.
"""

import re
from collections.abc import Sequence

from messaging.replies.our_text import split_own_sentences
from messaging.replies.patterns import compile_phrases, compile_whole_text, group_pattern
from messaging.replies.phrase_files import read_phrase_file
from messaging.replies.sentences import COMMA, join_sentences
from messaging.replies.tokenizer import Token

# "Not Maria", "no soy la Sra. López": we have the wrong person. Names begin with a capital.
_OTHER_NAME = re.compile(
    r"\b(?i:not|isn['’]?t|no\ soy|n[aã]o\ sou|no\ es\ el\ n[uú]mero\ de)\s+"
    r"(?:(?i:la|el|a|o|do[nñ]a?|sra?\.?|mrs?\.?|de)\s+){0,2}"
    r"(?!(?i:I|The|Doctor\w*|Dra?|Good|Bad)\b)[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+",
)
_FILE = read_phrase_file("possible_opt_out")
_TABLES, _GROUPS = _FILE.tables, _FILE.groups
_POSSIBLE_OPT_OUT = compile_phrases(
    "".join(_TABLES[heading] for heading in ("messages", "contact", "data", "enough")), **_GROUPS
)
_POSSIBLE_OPT_OUT_ALONE = compile_whole_text(_TABLES["whole"], **_GROUPS)
_KIND_WORDS = compile_phrases(_TABLES["kind"], **_GROUPS)
_NEGATION_BEFORE = re.compile(rf"(?<= ){group_pattern('no')}(?:[^\s,]+ ){{0,2}}$")


def is_possible_opt_out(text: str, tokens: Sequence[Token]) -> bool:
    if _OTHER_NAME.search(text):
        return True
    sentences = list(split_own_sentences(tokens))
    everything = join_sentences(sentences)
    return bool(_POSSIBLE_OPT_OUT_ALONE.fullmatch(everything.keys)) or any(
        _POSSIBLE_OPT_OUT.search(_remove_kind_words(sentence.keys)) for sentence in sentences
    )


def _remove_kind_words(keys: str) -> str:
    """Cut out "gracias por sus mensajes", but keep "no me gustan sus mensajes"."""
    kept, end = [], 0
    for match in _KIND_WORDS.finditer(keys):
        if not _NEGATION_BEFORE.search(keys[: match.start()]):
            kept.append(keys[end : match.start()])
            end = match.end()
    return COMMA.join([*kept, keys[end:]]) if kept else keys
