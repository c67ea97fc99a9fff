"""Find out whether a text asks for help and nothing else. phrases/help.txt holds them."""

from collections.abc import Sequence

from messaging.replies.patterns import compile_whole_text
from messaging.replies.phrase_files import read_phrase_file
from messaging.replies.sentences import join_sentences, split_sentences
from messaging.replies.tokenizer import Token

_FILE = read_phrase_file("help")
_TABLES, _GROUPS = _FILE.tables, _FILE.groups
_KEYWORD = compile_whole_text(_TABLES["help_keywords"])
_PHRASE = compile_whole_text(_TABLES["help_keywords"] + _TABLES["help_phrases"], **_GROUPS)


def is_help_request(tokens: Sequence[Token]) -> bool:
    """Return whether this is HELP or a request for help alone.

    Help with something in particular is a question, which a person answers.
    """
    everything = join_sentences(list(split_sentences(tokens)))
    return bool(_KEYWORD.fullmatch(everything.keys) or _PHRASE.fullmatch(everything.keys))
