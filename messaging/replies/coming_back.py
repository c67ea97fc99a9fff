"""Whether a text asks to hear from us again, or for help, in whatever words.

Coming back has to be clear: a wish in words counts only where nothing in its sentence denies it,
doubts it or narrows it ("solo quiero recibir los de mis citas").
"""

import re
from collections.abc import Iterator, Sequence

from messaging.replies.patterns import ANY_MARKS, MatchedPhrase, Span, pattern, sentences, whole
from messaging.replies.text import Token, TokenKind

# The carrier's words and ours. "Sí" is not among them, it may answer anything.
_KEYWORDS = """
    (start|unstop|alta|reanudar|iniciar|reactivar|reativar|reiniciar|resume|subscribe|optin)
    (start|alta|iniciar) (otra-vez|de-nuevo|nuevamente|again|de-novo)
    (opt-in|start-again|iniciar-de-nuevo|suscribirme|suscribir|suscribeme|suscribanme)
"""
_ONLY_ALONE = "yes"

_WISHES = """
    {wish} {again_to}? to? {receiving} {again}? {det}* {messages}
    {wish} {again_to} {receiving} {again}? $
    ^ {again_to} {receiving} {det}* {messages}
    {wish} {receiving} {again} $
    {wish} que {us}* {back_again} a {us}* {write}
    {wish} que {us}* {back_again} a {us}* {send} … {messages}
    {wish} que {us}* {write} {again}? $
    {wish} que {us}* {carry_on} {us}* {writing}
    {may} {back_again} a? {us}* {write}
    {may} {back_again} a? {us}* {send} … {messages}
    {may} {us}* {write} {again}
    {may} {us}* {send} {det}* {messages} {again}
    {may} {text} (me|us) {again}
    {back_again} a {us}* {write}
    {back_again} a {us}* {send} … {messages}
    {back_again} a {enrol} … {list|messages|contacts}
    {ask_to_send} {det}* {many_messages} {again}
    {signing} de alta $
    (me-den|me-dan|me-dais|me-da|me-de|{signing}) de alta {again}
    (me-den|me-dan|me-dais|{signing}) de alta (en|a|para|del) {det}* {messages|list|subscription}
    {reactivate} {det}* {messages|subscription}
    {reactivate_me} {again}? $
    {reactivate_me} {again}? {det}* {messages}
    {wish}? {reactivate} {again}? $
    {enrol} {again}
    {enrol} (en|a) … {list|messages}
    {wish} {enrol} $
    me {subscribe} {again}
    {agree} {again}? {det}* {messages}
    {agree} {again}? {receiving}
    {agree} {again}? que {us}* {write|send}
    {by_mistake} … ,? … {wish} {again_to} {receiving}? $
    {by_mistake} … ,? {return_to_me} {again}? $
    {by_mistake} … ,? {reactivate_me} {again}?
    me {reactivating} {det}* {messages}
    {may} (seguir|continuar) {us}* {writing}
    {go_on} {us}* {writing} {det}* {messages}? $
    start {messages} {again}
    (turn|switch) … {messages} … on
    ^ (yes)? text (me|us) again $
    (resubscribe|re-subscribe|subscribe) me
    (sign|opt|add|put) me back
    want back in
    want to (resubscribe|subscribe|opt-in|opt-back-in|come-back)
    like to (resubscribe|subscribe|opt-in|opt-back-in)
    start (sending|texting|messaging) (me|us)? … (again|messages|texts)
"""
# What denies or narrows it, or makes it somebody's question.
_UNLESS = """
    {no|threat|halt}
    (solo|solamente|unicamente|only|so|apenas|somente)
    (if|quien|quem|who|why|cuando|quando|when|por-que|para-que)
"""

_BEGINNERS = "recibir recibirlos recibiendo receber recebendo receive get getting receiving"
_GROUPS = {
    "wish": """
        quiero quisiera necesito deseo quero gostaria-de gostaria want wish id-like like would-like
        me-gustaria acepto aceito prefiero quiero-que
    """,
    "again_to": "volver-a volver seguir continuar voltar-a voltar to continue keep",
    "receiving": _BEGINNERS,
    "again": """
        otra-vez de-nuevo nuevamente de-novo novamente again back de-vuelta outra-vez otra-ves
    """,
    "return_to_me": "vuelvan volved vuelva voltem volte",
    "may": """
        pueden puede puedes podes podeis podrian podria podrias pode podem poderiam poderia can may
        pueden-volver you-can u-can
    """,
    "subscribe": """
        inclui inclua incluam cadastra cadastre cadastrem inscreve inscreva inscrevam suscriben
        adiciona
    """,
    "contacts": "contactos contatos",
    "signing": "darme dame deme denme dadme danos darnos dar-me",
    "agree": "autorizo consiento acepto aceito consinto authorize i-agree i-consent",
    "by_mistake": """
        por-error sin-querer por-equivocacion sem-querer por-engano by-mistake by-accident
        accidentally me-equivoque me-arrepenti me-arrependi fue-un-error
    """,
}

_HELP_WORDS = """
    (help|info|ayuda|informacion|informacao|ajuda|informacoes)
    (mas|more|mais) (info|informacion|information|informacoes|ayuda|help)
"""
_HELP_PHRASES = """
    (ustedes|voces|vcs|vc|voce)? {us}? {may} {us}? {help_me|help_verb}
    {help_me} $
    (alguien|alguem|someone|somebody)? me {help_verb}
    (alguien|alguem) {may}? {us}? {help_me|help_verb}
    (i|yo|eu)? {wish|need} (mas|mais|more|some|un-poco-de|de|algo-de|sua|su|your)* {help}
    {wish|need} que (me|nos) {help_verb}
    (can|could|would|will)? (you|u|someone|anyone|somebody)? help (me|us) (out|with-this)?
    (can|could) (you|u|someone|anyone) help
"""
_HELP_GROUPS = {
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

_KEYWORD = whole(_KEYWORDS)
_WISH = pattern(_WISHES, **_GROUPS)
_DENIED = pattern(_UNLESS, **_GROUPS)
_CONDITION = re.compile(rf"(?<!ahora)(?<!ya)(?<!yo) {ANY_MARKS}(?:si|se) (?!,)")
_HELP_WORD = whole(_HELP_WORDS)
_HELP_PHRASE = whole(f"{_HELP_WORDS}{_HELP_PHRASES}", **_HELP_GROUPS)


def is_start_word(tokens: Sequence[Token]) -> bool:
    """START or ALTA and nothing else but politeness."""
    said = [token.key for token in tokens if token.kind not in (TokenKind.MARK, TokenKind.LINE)]
    return said == [_ONLY_ALONE] or bool(_KEYWORD.fullmatch(_everything(tokens)))


def wants_back(tokens: Sequence[Token]) -> list[Span]:
    """Where a text wishes for our messages in words; nowhere when it does not."""
    unless_yes = [token for token in tokens if token.text.casefold() != "sí"]
    return [span for said in sentences(unless_yes) for span in _wish(said)]


def _wish(said: MatchedPhrase) -> Iterator[Span]:
    found = _WISH.search(said.said)
    if not found or _DENIED.search(said.said):
        return
    # "Si quiero recibir mensajes" says yes; with more behind it, it says if.
    before, after = said.said[: found.start()], said.said[found.end() :]
    if not _CONDITION.search(before) or (before.strip() == "si" and not after.strip()):
        yield said.part(found.start(), found.end())


def asks_for_help(tokens: Sequence[Token]) -> bool:
    """Help and nothing else; help with something is a question for people."""
    said = _everything(tokens)
    return bool(_HELP_WORD.fullmatch(said) or _HELP_PHRASE.fullmatch(said))


def _everything(tokens: Sequence[Token]) -> str:
    return MatchedPhrase([token for said in sentences(tokens) for token in said.tokens]).said
