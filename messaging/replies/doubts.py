"""Whether a text speaks about our messages in a way that may be a wish to hear no more.

It is asked only of what is no sure opt-out. A person decides; until then nothing automatic goes
out, so a wrong yes costs a message, and a wrong no may break the law.
"""

import re
from collections.abc import Sequence

from messaging.replies.doubtful import CONTACT, DATA, ENOUGH, GROUPS, KIND, MESSAGES, WHOLE
from messaging.replies.patterns import COMMA, MatchedPhrase, group, own_sentences, pattern, whole
from messaging.replies.text import Token

# "Not Maria", "no soy la Sra. López": a name is known by its capital.
_OTHER_NAME = re.compile(
    r"\b(?i:not|isn['’]?t|no\ soy|n[aã]o\ sou|no\ es\ el\ n[uú]mero\ de)\s+"
    r"(?:(?i:la|el|a|o|do[nñ]a?|sra?\.?|mrs?\.?|de)\s+){0,2}"
    r"(?!(?i:I|The|Doctor\w*|Dra?|Good|Bad)\b)[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+",
)
_SPEAKS = pattern(f"{MESSAGES}{CONTACT}{DATA}{ENOUGH}", **GROUPS)
_ALL_OF_IT = whole(WHOLE, **GROUPS)
_KIND = pattern(KIND, **GROUPS)


_NO_BEFORE = re.compile(rf"(?<= ){group('no')}(?:[^\s,]+ ){{0,2}}$")


def may_be_leaving(text: str, tokens: Sequence[Token]) -> bool:
    """Whether a person should decide if this asks us to write no more."""
    if _OTHER_NAME.search(text):
        return True
    said = list(own_sentences(tokens))
    everything = MatchedPhrase([token for sentence in said for token in sentence.tokens])
    return bool(_ALL_OF_IT.fullmatch(everything.said)) or any(
        _SPEAKS.search(_without_kind_words(sentence.said)) for sentence in said
    )


def _without_kind_words(said: str) -> str:
    """ "Gracias por sus mensajes" is none of it, "no me gustan sus mensajes" is."""
    kept, end = [], 0
    for found in _KIND.finditer(said):
        if not _NO_BEFORE.search(said[: found.start()]):
            kept.append(said[end : found.start()])
            end = found.end()
    return COMMA.join([*kept, said[end:]]) if kept else said
