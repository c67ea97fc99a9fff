"""What a mail server means when it refuses a mail: one of our error codes.

Only an address that surely does not exist is never written to again. Whatever may be about us (our
reputation, the content) or may pass (a full mailbox) fails the message and no more.
"""

import re

UNKNOWN, FULL, REFUSED, EXPIRED = "mail_unknown", "mail_full", "mail_refused", "mail_expired"

# RFC 3463. Not part of a longer number or of an IP address.
STATUS = re.compile(r"(?<![\d.\[])[245]\.\d{1,3}\.\d{1,3}(?![\d]|\.\d)")
REPLY = re.compile(r"(?<![\d.\[#])([45]\d\d)(?=[\s-])")

# No such mailbox, bad syntax, moved without address, null MX for the domain, disabled.
DEAD = {"5.1.1", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
# About the sender, the size, the protocol, the content or a policy: not about the address.
NOT_THE_ADDRESS = re.compile(r"5\.(1\.[78]|2\.[34]|3\.4|5\.\d+|6\.\d+|7\.\d+)")

IS_FULL = re.compile(
    r"quota|mailbox (is )?full|full mailbox|inbox (is )?full|storage|out of space"
    r"|buz[oó]n (est[aá] )?lleno|cuota|espacio insuficiente"
    r"|caixa (de (correio|entrada) )?(est[aá] )?(cheia|lotada)|cota (de|excedida)",
    re.IGNORECASE,
)
IS_ABOUT_US = re.compile(
    r"sender (address )?(rejected|denied|verif)|spam|bl[ao]ck ?list|\bblocked\b|bloquead[oa]|banned"
    r"|reputation|reputaci[oó]n|reputação|unsolicited|\bdmarc\b|\bspf\b|\bdkim\b|rejected by policy"
    r"|due to (content|policy)|relay|authenti|rate limit|too many|unauthori[sz]ed|virus",
    re.IGNORECASE,
)
IS_UNKNOWN = re.compile(
    r"(user|recipient|mailbox|account|address|destinatario)( \S+)? (is )?"
    r"(unknown|not found|invalid)"
    r"|(unknown|invalid|no such|nonexistent|non-existent) (local )?(user|recipient|mailbox|account"
    r"|address|email|host|domain|person)"
    r"|(does|do) ?n[o'’]t exist|does not exist|mailbox unavailable|unrout(e)?able|no mailbox here"
    r"|(wasn['’]t|was not|couldn['’]t be|could not be) found"
    r"|(not be|no longer) (active|in use|available)"
    r"|(host|domain)( name)? (or domain name )?(lookup failed|not found)|nxdomain"
    r"|account (is |has been )?(disabled|deactivated|suspended|closed)"
    r"|no existe|no (se )?(pudo |ha podido |fue )?(ser )?(encontr|hall)|desconocid[oa]"
    r"|(cuenta|buz[oó]n) (ha sido |est[aá] )?(desactivad|deshabilitad|eliminad|cancelad)"
    r"|n[aã]o existe|n[aã]o (foi|p[oô]de ser) (encontrad|localizad)|n[aã]o encontrad"
    r"|desconhecid[oa]"
    r"|(conta|caixa) (foi |est[aá] )?(desativad|encerrad|cancelad)",
    re.IGNORECASE,
)


def diagnose_failure(*, said: str, status: str = "") -> str:
    """The error code for a final failure, from its RFC 3463 status and the server's own words.

    Empty when neither gives a reason: then nothing may follow from it.
    """
    status = _clearest(status, said)
    reply = REPLY.search(said)
    rules = (
        (status in DEAD, UNKNOWN),
        (IS_FULL.search(said) or status.endswith(".2.2"), FULL),
        (status.startswith("4"), EXPIRED),
        (IS_ABOUT_US.search(said), REFUSED),
        (IS_UNKNOWN.search(said), UNKNOWN),
        (NOT_THE_ADDRESS.fullmatch(status), REFUSED),
        (status, UNKNOWN),
        # A bare SMTP code without a word that explains it is too little to give an address up.
        (reply and reply[1].startswith("4"), EXPIRED),
        (reply, REFUSED),
    )
    return next((code for holds, code in rules if holds), "")


def _clearest(status: str, said: str) -> str:
    """The report's own status, unless it says nothing and the server's words say more."""
    found = STATUS.search(status)
    given = found[0] if found else ""
    if given and not given.endswith(".0.0"):
        return given
    in_words = [one for one in STATUS.findall(said) if one[0] in "45"]
    return next(
        (one for one in in_words if not one.endswith(".0.0")), given or "".join(in_words[:1])
    )
