"""Translate what a mail server says when it refuses a mail into one of our error codes.

Only an address that surely does not exist is suppressed. A reason that may be about us (reputation,
content) or may pass (a full mailbox) only fails the message.
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


def diagnose_failure(*, text: str, status: str = "") -> str:
    """Return the error code of a final failure, from its RFC 3463 status and the server's text.

    Empty when neither gives a reason: such a report must change nothing.
    """
    status = _best_status(status, text)
    reply = REPLY.search(text)
    rules = (
        (status in DEAD, UNKNOWN),
        (IS_FULL.search(text) or status.endswith(".2.2"), FULL),
        (status.startswith("4"), EXPIRED),
        (IS_ABOUT_US.search(text), REFUSED),
        (IS_UNKNOWN.search(text), UNKNOWN),
        (NOT_THE_ADDRESS.fullmatch(status), REFUSED),
        (status, UNKNOWN),
        # An SMTP code without an explanation is not enough to suppress an address.
        (reply and reply[1].startswith("4"), EXPIRED),
        (reply, REFUSED),
    )
    return next((code for holds, code in rules if holds), "")


def _best_status(status: str, text: str) -> str:
    """Return the report's status. A status in the text wins when the report's own is generic."""
    found = STATUS.search(status)
    own_status = found[0] if found else ""
    if own_status and not own_status.endswith(".0.0"):
        return own_status
    in_text = [code for code in STATUS.findall(text) if code[0] in "45"]
    return next(
        (code for code in in_text if not code.endswith(".0.0")), own_status or "".join(in_text[:1])
    )
