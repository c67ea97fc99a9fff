"""Words that phishing is made of, and that hardly any clinic writes to its patients.

None of them proves anything. A text with one is shown to our staff; two of them are no name.
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
NO_NAME = 2


def alarming_words(text: str) -> set[str]:
    """Return the words and phrases that were found, as plain letters."""
    return {found.group() for found in _ALARMING.finditer(decipher(text))}


def is_no_name(text: str) -> bool:
    """“Su cuenta fue bloqueada” is no name of a patient; “Rosa Banco” may be one."""
    return len(alarming_words(text)) >= NO_NAME
