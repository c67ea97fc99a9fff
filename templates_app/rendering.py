"""From a template and one patient's values to the text that is sent."""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class VariableKind(Enum):
    TEXT = "text"
    DATE = "date"
    LINK = "link"


@dataclass(frozen=True)
class Variable:
    name: str
    label: str | Promise
    kind: VariableKind = VariableKind.TEXT

    @property
    def is_link(self) -> bool:
        return self.kind is VariableKind.LINK

    @property
    def written(self) -> str:
        return f"{{{{{self.name}}}}}"


VARIABLES = (
    Variable("name", _("the patient's full name")),
    Variable("firstName", _("the patient's first name")),
    Variable("doctor", _("the doctor's name")),
    Variable("practice", _("the practice's name")),
    Variable("appointmentType", _("the kind of appointment")),
    Variable("date", _("the day of the appointment"), VariableKind.DATE),
    Variable("ratingLink", _("the page with five stars"), VariableKind.LINK),
    Variable("reviewLink", _("your reviews on Google"), VariableKind.LINK),
    Variable("feedbackLink", _("the private form"), VariableKind.LINK),
    Variable("optOutLink", _("the page to stop messages"), VariableKind.LINK),
)
_BY_NAME = {variable.name: variable for variable in VARIABLES}

_WELL_FORMED = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ANY_BRACES = re.compile(r"\{+[^{}\n]*\}+|\{+\w{0,40}|\w{0,40}\}{2,}")


def variables_in(content: str) -> list[str]:
    """The known variables in order of first use."""
    written = _WELL_FORMED.findall(content)
    return [name for name in dict.fromkeys(written) if name in _BY_NAME]


@dataclass(frozen=True)
class UnknownVariable:
    written: str
    nearest: str | None


# What people write who have not read the list.
_ALSO_CALLED = {
    "nombre": "name",
    "nome": "name",
    "patient": "name",
    "paciente": "name",
    "primernombre": "firstName",
    "primeironome": "firstName",
    "doctora": "doctor",
    "medico": "doctor",
    "clinic": "practice",
    "clinica": "practice",
    "consultorio": "practice",
    "cita": "appointmentType",
    "fecha": "date",
    "data": "date",
    "link": "ratingLink",
    "enlace": "ratingLink",
    "baja": "optOutLink",
    "stop": "optOutLink",
}
_NEAREST = {name.casefold(): name for name in _BY_NAME} | _ALSO_CALLED


def unknown_variables(content: str) -> list[UnknownVariable]:
    """Everything in braces that will not be filled in: misspelled, or with a brace amiss."""
    written = (found.group() for found in _ANY_BRACES.finditer(content))
    return [
        UnknownVariable(text, _nearest(text)) for text in dict.fromkeys(written) if _amiss(text)
    ]


def _amiss(written: str) -> bool:
    well_formed = _WELL_FORMED.fullmatch(written)
    if well_formed:
        return well_formed.group(1) not in _BY_NAME
    return "{{" in written or "}}" in written or any(map(str.isalpha, written))


def _nearest(written: str) -> str | None:
    bare = unicodedata.normalize("NFD", written.casefold())
    letters = "".join(character for character in bare if character.isalpha())
    close = difflib.get_close_matches(letters, _NEAREST, n=1)
    return _NEAREST[close[0]] if close else None


def render_template_text(content: str, values: Mapping[str, str]) -> str:
    """One pass: what a value contains is never read as a variable.

    A value that is missing leaves no hole: the spaces and commas around it are tidied, and a
    label that only led to it ("Opine aquí: {{reviewLink}}") goes with it.
    """
    content = content.replace("\r\n", "\n")
    literals, names = _taken_apart(content)
    text = literals[0]
    rendered = ""
    for index, (name, after) in enumerate(zip(names, literals[1:], strict=True)):
        variable = _BY_NAME.get(name, Variable(name, name))
        value = _flat(values.get(name, ""), variable.kind)
        if value:
            rendered += text + value
            text = after
        else:
            text = _without(
                variable, text, after, starts=not rendered, ends=index == len(names) - 1
            )
    # No value holds a brace: what is doubled now was amiss in the template.
    return re.sub(r"[{}]{2,}", "", rendered + text).strip()


def _taken_apart(content: str) -> tuple[list[str], list[str]]:
    """Literal, name, literal, …, literal."""
    pieces = re.split(r"\{{2,}\s*(\w+)\s*\}{2,}", content)
    return pieces[::2], pieces[1::2]


_DANGLING = " ,;:-–—"
_LEADS_IN = re.compile(
    r"(?:^|(?<=\s))(?:con|de|del|en|el|la|with|at|of|on|by|the|com|do|da|em|dr\.?|dra\.?)$",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"[ ]*(?:[,.;:!?)…\n]|$)")
_ENDS_SENTENCE = re.compile(r"[ ]*(?:[.!?…\n]|$)")
_LAST_SENTENCE = re.compile(r"[^.!?…\n]*\Z")


def _without(variable: Variable, before: str, after: str, *, starts: bool, ends: bool) -> str:
    goes_on = not ends and not after.strip(" ")
    spaced = before.endswith(" ") or bool(after)
    before = before.rstrip(" ")
    if before.endswith(":") and (variable.is_link or (not goes_on and _ENDS_SENTENCE.match(after))):
        before = _LAST_SENTENCE.sub("", before).rstrip(" ")
        after = re.sub(r"\A[ ]*[.]", "", after)
    while found := _LEADS_IN.search(before):
        before = before[: found.start()].rstrip(" ")
    if before.endswith("(") and after.startswith(")"):
        before, after = before[:-1].rstrip(" "), after[1:]
    if goes_on:
        return before + " " * spaced
    if starts and not before.strip():
        return before + _capitalised(after.lstrip(_DANGLING + "."))
    if before.endswith(("¿", "¡", "(", "\n")):
        return before + after.lstrip(_DANGLING)
    if _CLOSES.match(after):
        return before.rstrip(_DANGLING) + after.lstrip(" ")
    return before + " " + after.lstrip(" ")


def _capitalised(text: str) -> str:
    opening = len(text) - len(text.lstrip("¿¡"))
    return text[:opening] + text[opening : opening + 1].upper() + text[opening + 1 :]


# Long enough for any real name or practice; nobody pays for a page in a name.
_LONGEST_TEXT = 80
_LONGEST_LINK = 500
_LONGEST_READ = 1000


def _flat(value: str, kind: VariableKind) -> str:
    """One line that is nothing but what it claims to be."""
    value = unicodedata.normalize("NFC", value[:_LONGEST_READ])
    if not value.isprintable():
        value = "".join(map(_visible, value))
    value = re.sub(r"[{}]", "", value)
    if kind is VariableKind.LINK:
        value = "".join(value.split())
        return value if len(value) <= _LONGEST_LINK else ""
    value = _unlinked(value)
    if kind is VariableKind.TEXT:
        value = _PHONE.sub(" ", value)
    return " ".join(value.split())[:_LONGEST_TEXT].rstrip()


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category.startswith("C") else character


# What phones turn into something to tap.
_ADDRESS = re.compile(
    r"(?:\w{1,30}://|www\.|\b(?:tel|sms|mailto|javascript|data):)\S*", re.IGNORECASE
)
_INNER_DOT = re.compile(r"(?<=\w)[.。．｡](?=[^\W\d_]{2})")
_PHONE = re.compile(r"\+?\d(?:[ ().-]?\d){6,}")


def _unlinked(value: str) -> str:
    """Whole addresses go; "bit.ly/x" and "Dr.Paz" look alike, so they get a space: "bit. ly/x"."""
    value = _ADDRESS.sub(" ", value).replace("@", " ").replace("://", " ")
    return _INNER_DOT.sub(". ", value)


_TITLE = re.compile(
    r"(?:dra?|doctora?|doutora?|sra?|srta|señor(?:a|ita)?|senhora?|ing|lic|abg?|arq|econ|profa?"
    r"|mrs?|ms|miss|mx)\.?",
    re.IGNORECASE,
)


def first_name(name: str) -> str:
    """ "Juan Pérez", "PÉREZ, JUAN" and "Dr. Juan Pérez" are all Juan."""
    family, _comma, given = name.partition(",")
    words = (given if given.strip() else family).split()
    while len(words) > 1 and _TITLE.fullmatch(words[0]):
        words = words[1:]
    # "Ma. Fernanda": a shortened first name is not what she is called.
    shortened = len(words) > 1 and words[0].endswith(".")
    chosen = " ".join(words[: 2 if shortened else 1])
    return chosen.title() if chosen.isupper() or chosen.islower() else chosen
