"""Find out whether a text asks to receive our messages again.

An opt-in must be clear. In a longer text it counts only when its sentence has no word that denies
it, doubts it or limits it ("solo quiero recibir los de mis citas").

`patterns` explains how a phrase is written.
"""

import re
from collections.abc import Sequence

from messaging.replies.patterns import ANY_MARKS, compile_phrases, compile_whole_text
from messaging.replies.sentences import Passage, Span, join_sentences, split_sentences
from messaging.replies.tokenizer import Token, TokenKind

# The carriers' words and ours. "Sí" is not among them: it may be an answer to anything.
START_KEYWORDS = """
    (start|unstop|alta|reanudar|iniciar|reactivar|reativar|reiniciar|resume|subscribe|optin)
    (start|alta|iniciar) (otra-vez|de-nuevo|nuevamente|again|de-novo)
    (opt-in|start-again|iniciar-de-nuevo|suscribirme|suscribir|suscribeme|suscribanme)
"""
KEYWORD_ONLY_ALONE = "yes"

OPT_INS = """
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
# A sentence with one of these is no opt-in: it denies, limits, or asks who said so.
DENIALS = """
    {no|threat|halt}
    (solo|solamente|unicamente|only|so|apenas|somente)
    (if|quien|quem|who|why|cuando|quando|when|por-que|para-que)
"""

RECEIVING = "recibir recibirlos recibiendo receber recebendo receive get getting receiving"
GROUPS = {
    "wish": """
        quiero quisiera necesito deseo quero gostaria-de gostaria want wish id-like like would-like
        me-gustaria acepto aceito prefiero quiero-que
    """,
    "again_to": "volver-a volver seguir continuar voltar-a voltar to continue keep",
    "receiving": RECEIVING,
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

_KEYWORD = compile_whole_text(START_KEYWORDS)
_OPT_IN = compile_phrases(OPT_INS, **GROUPS)
_DENIAL = compile_phrases(DENIALS, **GROUPS)
_CONDITION = re.compile(rf"(?<!ahora)(?<!ya)(?<!yo) {ANY_MARKS}(?:si|se) (?!,)")


def is_start_keyword(tokens: Sequence[Token]) -> bool:
    """Return whether the text is START, ALTA or the like, with nothing else but politeness."""
    keys = [token.key for token in tokens if token.kind not in (TokenKind.MARK, TokenKind.LINE)]
    everything = join_sentences(list(split_sentences(tokens)))
    return keys == [KEYWORD_ONLY_ALONE] or bool(_KEYWORD.fullmatch(everything.keys))


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
