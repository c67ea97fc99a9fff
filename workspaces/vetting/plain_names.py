"""Validate names: on one line, and without a web or e-mail address.

Names appear in the subjects of our mails and in text messages from our numbers. A name with an
address would be an advertisement or a phishing link that we deliver.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accents import without_accents
from workspaces.vetting import top_level_domains

# Line breaks and control characters. The expression works in Python and in PostgreSQL.
CONTROL = r"[\x01-\x1f\x7f-\x9f\u2028\u2029]"
_CONTROL = re.compile(CONTROL)

# Letters of other alphabets that look like Latin ones, as phishing uses them.
_LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("аеорсухіјѕһԁɡвмнтк", "aeopcyxijshdgbmhtk", strict=True)),
        **dict(zip("ορνιακετυ", "opviaketu", strict=True)),
        **dict.fromkeys("。｡．․‧·・∙⋅", "."),
        **dict.fromkeys("∕⁄／", "/"),
        **dict.fromkeys("：﹕", ":"),
        "＠": "@",
        "﹫": "@",
    }
)

# Invisible characters: they split a word for this code, but not for the reader.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# A list can have 100,000 names. Those of plain letters without a dot, which are most of them, skip
# all other checks.
_PLAIN = re.compile("[ -~\u00a0-\u00ac\u00ae-\u00b6\u00b8-\u024f]*")
_MAYBE = re.compile(r"[.@:/\\]|www|dot|punto|ponto|xn--", re.IGNORECASE)

# Spaces are single when these are applied, and every repetition is bounded, so the time is linear.
_DOT_IN_BRACKETS = re.compile(r" ?[\[({<] ?(?:\.|dot|punto|ponto) ?[\])}>] ?")
_DOT_IN_WORDS = re.compile(
    rf" (?:dot|punto|ponto) (?=(?:{'|'.join(sorted(top_level_domains.NEVER_A_WORD))})\b)"
)
_SCHEME = re.compile(r"\b(?:h..ps?|ftp|tel|sms|mailto) ?: ?[/\\+\w]|: ?[/\\] ?[/\\]")
_PUNYCODE = re.compile(r"xn--\S")
_WWW = re.compile(r"\bwww\d? ?\.")
_MAIL = re.compile(r"[\w+-] ?@ ?[\w-]{1,63} ?\. ?\w")
_NUMBERED = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
# A word, a dot, and in a lookahead the ending and perhaps a path.
_DOTTED = re.compile(r"([\w-]{1,63})( ?)\.(?=( ?)([^\W\d_]{2,24})(?![\w-])( ?[/:?#] ?\w)?)")

# Titles and abbreviations. People often write no space after their dot: "Dr.Paz".
_ABBREVIATIONS = frozenset(
    """
    dr dra drs dres doc sr sra srta sto sta san ing lic lcda lcdo licda licdo prof profa mg mgs msc
    phd md od odont odontol psic psi obst obstet enf tec tecn arq abg econ cpa gral cnel ma mª fco
    fca jr hno hna mons pbro mr mrs ms mx dn dna dona don cia compania ltda soc corp inst fund asoc
    med medic clin hosp cons consult ctro centro lab esp espec dpto depto dep edif urb av avda cdla
    calle cra cll km no nro num tel cel ext int of piso n s c a e i o u y st mt
    """.split()  # noqa: SIM905 - a list of words is read as words
)


def carries_address(text: str) -> bool:
    """Return whether the text holds a web or e-mail address, however it is disguised.

    “Dr.Pérez”, “Sta.Ana” and “C.C. El Bosque” hold none.
    """
    return find_address(text) != ""


def find_address(text: str) -> str:
    """Return the first address in the text as plain letters, or an empty string."""
    if _PLAIN.fullmatch(text) and not _MAYBE.search(text):
        return ""
    plain = decipher(text)
    if not _MAYBE.search(plain):
        return ""
    plain = _DOT_IN_WORDS.sub(".", _DOT_IN_BRACKETS.sub(".", plain))
    for pattern in (_SCHEME, _WWW, _PUNYCODE, _MAIL, _NUMBERED):
        if found := pattern.search(plain):
            return plain[found.start() :].split(" ")[0]
    domain = next((one for one in _DOTTED.finditer(plain) if _is_domain(one)), None)
    return f"{domain[1]}.{domain[4]}" if domain else ""


def decipher(text: str) -> str:
    """Return the text in lower-case Latin letters, as a reader sees it."""
    visible = _INVISIBLE.sub("", text).translate(_LOOK_ALIKES)
    return " ".join(
        unicodedata.normalize("NFKC", visible).casefold().translate(_LOOK_ALIKES).split()
    )


def _is_domain(found: re.Match[str]) -> bool:
    label, space_before, space_after, ending, path = found.groups()
    spaced = space_after and not space_before
    if ending not in (top_level_domains.NEVER_A_WORD if spaced else top_level_domains.ALL):
        return False
    if path or (ending in top_level_domains.NEVER_A_WORD and not spaced):
        return True
    # Initials, titles and abbreviations are no domains: “C.C.”, “S.A.”, “Dra.Ma.José”.
    word = without_accents(label)
    return len(word) > 1 and word not in _ABBREVIATIONS


def one_line(text: str) -> str:
    """Return the text for a mail's subject, where a line break would begin a header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def plain_name(name: str) -> None:
    """Validate the name of a clinic, a practice, a campaign or a person."""
    if _CONTROL.search(name):
        raise ValidationError(_("Write this on one line, without special characters."))
    if carries_address(name):
        raise ValidationError(
            _("Write this without a web or e-mail address: people read it in our messages.")
        )


def on_one_line(field: str, *, name: str) -> models.CheckConstraint:
    """Return a constraint by which the database refuses line breaks and control characters too."""
    return models.CheckConstraint(condition=~Q((f"{field}__regex", CONTROL)), name=name)
