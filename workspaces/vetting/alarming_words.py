"""Words that are typical of phishing and rare in messages of a clinic.

A text with one of them is shown to platform staff. A name with two of them is refused.
"""

import re

from workspaces.vetting.plain_names import decipher

SPANISH = r"""
    banco | bancari[ao]s? | (?:su|tu) \s cuenta | bloquead[ao]s? | bloqueo | suspendid[ao]s? |
    clave | contrase[nñ]as? | verifi(?:que|car) \s (?:su|tu) | premios? | ganador(?:a|es)? |
    sorteos? | criptomonedas? | prestamos? | préstamos? | transferencias? |
    tarjeta \s de \s (?:credito|crédito|debito|débito) | cvv | multas? | aduanas? |
    paquete \s retenido | herencias? | haga \s clic | produbanco | bancolombia | sri
    | whatsapp \s web
"""
ENGLISH = r"""
    bank(?:ing)? | your \s account | locked | suspended | password | passcode | verify \s your |
    prizes? | winner | lottery | bitcoin | crypto(?:currency)? | gift \s cards? |
    wire \s transfer | credit \s card | refund | irs | click \s here
"""
PORTUGUESE = r"""
    bancári[ao]s? | sua \s conta | bloquead[ao]s? | suspens[ao]s? | senhas? | verifique \s sua |
    prêmios? | ganhador(?:a|es)? | sorteios? | empréstimos? | transferências? |
    cartão \s de \s crédito | multas? | clique \s aqui | pix
"""
_ALARMING = re.compile(rf"\b(?:{SPANISH}|{ENGLISH}|{PORTUGUESE})(?!\w)", re.VERBOSE)
MIN_WORDS_OF_NO_NAME = 2


def alarming_words(text: str) -> set[str]:
    """Return the alarming words and phrases in a text, in plain letters."""
    return {found.group() for found in _ALARMING.finditer(decipher(text))}


def is_no_name(text: str) -> bool:
    """Return whether a text cannot be a name: “Su cuenta fue bloqueada”, but not “Rosa Banco”."""
    return len(alarming_words(text)) >= MIN_WORDS_OF_NO_NAME
