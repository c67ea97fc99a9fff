"""Find out whether a text asks for help and nothing else. `patterns` explains the phrases."""

from collections.abc import Sequence

from messaging.replies.patterns import compile_whole_text
from messaging.replies.sentences import join_sentences, split_sentences
from messaging.replies.tokenizer import Token

HELP_KEYWORDS = """
    (help|info|ayuda|informacion|informacao|ajuda|informacoes)
    (mas|more|mais) (info|informacion|information|informacoes|ayuda|help)
"""
HELP_PHRASES = """
    (ustedes|voces|vcs|vc|voce)? {us}? {may} {us}? {help_me|help_verb}
    {help_me} $
    (alguien|alguem|someone|somebody)? me {help_verb}
    (alguien|alguem) {may}? {us}? {help_me|help_verb}
    (i|yo|eu)? {wish|need} (mas|mais|more|some|un-poco-de|de|algo-de|sua|su|your)* {help}
    {wish|need} que (me|nos) {help_verb}
    (can|could|would|will)? (you|u|someone|anyone|somebody)? help (me|us) (out|with-this)?
    (can|could) (you|u|someone|anyone) help
"""
GROUPS = {
    "may": """
        pueden puede puedes podes podeis podrian podria podrias podriais pode podem poderia
        poderiam
    """,
    "wish": "quiero quisiera deseo quero want gostaria-de id-like busco solicito",
    "need": "necesito necesitamos preciso preciso-de requiero need i-need",
    "help": "ayuda ajuda help info informacion information informacoes informacao auxilio",
    "help_verb": """
        ayuda ayudan ayudas ayudais ayuden ayude ayudes ajuda ajudam ajudem ajude ayudar ajudar
    """,
}

_KEYWORD = compile_whole_text(HELP_KEYWORDS)
_PHRASE = compile_whole_text(f"{HELP_KEYWORDS}{HELP_PHRASES}", **GROUPS)


def is_help_request(tokens: Sequence[Token]) -> bool:
    """Return whether this is HELP or a request for help alone.

    Help with something in particular is a question, which a person answers.
    """
    everything = join_sentences(list(split_sentences(tokens)))
    return bool(_KEYWORD.fullmatch(everything.keys) or _PHRASE.fullmatch(everything.keys))
