"""Render a template with the values of one patient, and find the variables in it."""

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
    """Return the known variables in the order of their first use."""
    written = _WELL_FORMED.findall(content)
    return [name for name in dict.fromkeys(written) if name in _BY_NAME]


@dataclass(frozen=True)
class UnknownVariable:
    written: str
    nearest: str | None


# Names that people write instead of ours.
_SYNONYMS = {
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
_NEAREST = {name.casefold(): name for name in _BY_NAME} | _SYNONYMS


def unknown_variables(content: str) -> list[UnknownVariable]:
    """Return everything in braces that is no variable: misspelled, or with a missing brace."""
    written = (match.group() for match in _ANY_BRACES.finditer(content))
    return [
        UnknownVariable(text, _nearest_name(text))
        for text in dict.fromkeys(written)
        if _is_unknown(text)
    ]


def _is_unknown(written: str) -> bool:
    well_formed = _WELL_FORMED.fullmatch(written)
    if well_formed:
        return well_formed.group(1) not in _BY_NAME
    return "{{" in written or "}}" in written or any(map(str.isalpha, written))


def _nearest_name(written: str) -> str | None:
    bare = unicodedata.normalize("NFD", written.casefold())
    letters = "".join(character for character in bare if character.isalpha())
    close = difflib.get_close_matches(letters, _NEAREST, n=1)
    return _NEAREST[close[0]] if close else None


def render_template_text(content: str, values: Mapping[str, str]) -> str:
    """Replace the variables with values, in one pass, so that values cannot contain variables.

    If a value is missing, the spaces and commas around it are removed as well, and so is a label
    that only introduces it ("Opine aquí: {{reviewLink}}").
    """
    content = content.replace("\r\n", "\n")
    literals, names = _split_at_variables(content)
    text = literals[0]
    rendered = ""
    for index, (name, after) in enumerate(zip(names, literals[1:], strict=True)):
        variable = _BY_NAME.get(name, Variable(name, name))
        value = _clean_value(values.get(name, ""), variable.kind)
        if value:
            rendered += text + value
            text = after
        else:
            text = _join_without(
                variable, text, after, is_first=not rendered, is_last=index == len(names) - 1
            )
    # Values contain no braces, so double braces that are left were wrong in the template.
    return re.sub(r"[{}]{2,}", "", rendered + text).strip()


def _split_at_variables(content: str) -> tuple[list[str], list[str]]:
    """Return the literals, and the names of the variables between them."""
    pieces = re.split(r"\{{2,}\s*(\w+)\s*\}{2,}", content)
    return pieces[::2], pieces[1::2]


_DANGLING = " ,;:-–—"
_PREPOSITION = re.compile(
    r"(?:^|(?<=\s))(?:con|de|del|en|el|la|with|at|of|on|by|the|com|do|da|em|dr\.?|dra\.?)$",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[ ]*(?:[,.;:!?)…\n]|$)")
_SENTENCE_END = re.compile(r"[ ]*(?:[.!?…\n]|$)")
_LAST_SENTENCE = re.compile(r"[^.!?…\n]*\Z")


def _join_without(
    variable: Variable, before: str, after: str, *, is_first: bool, is_last: bool
) -> str:
    """Return the text around a variable that has no value, as one correct piece of text."""
    is_before_variable = not is_last and not after.strip(" ")
    has_space = before.endswith(" ") or bool(after)
    before = before.rstrip(" ")
    # Remove a label: "Opine aquí: {{reviewLink}}".
    ends_sentence = not is_before_variable and _SENTENCE_END.match(after)
    if before.endswith(":") and (variable.is_link or ends_sentence):
        before = _LAST_SENTENCE.sub("", before).rstrip(" ")
        after = re.sub(r"\A[ ]*[.]", "", after)
    # Remove words that belong to the variable: "con la {{doctor}}".
    while match := _PREPOSITION.search(before):
        before = before[: match.start()].rstrip(" ")
    if before.endswith("(") and after.startswith(")"):
        before, after = before[:-1].rstrip(" "), after[1:]
    if is_before_variable:
        return before + " " * has_space
    if is_first and not before.strip():
        return before + _capitalize_first(after.lstrip(_DANGLING + "."))
    if before.endswith(("¿", "¡", "(", "\n")):
        return before + after.lstrip(_DANGLING)
    if _PUNCTUATION.match(after):
        return before.rstrip(_DANGLING) + after.lstrip(" ")
    return before + " " + after.lstrip(" ")


def _capitalize_first(text: str) -> str:
    opening = len(text) - len(text.lstrip("¿¡"))
    return text[:opening] + text[opening : opening + 1].upper() + text[opening + 1 :]


# Long enough for any real name. A longer value would make the SMS expensive.
_MAX_TEXT = 80
_MAX_LINK = 500
_MAX_READ = 1000


def _clean_value(value: str, kind: VariableKind) -> str:
    """Return a value on one line, without braces, and without links or phones in a name."""
    value = unicodedata.normalize("NFC", value[:_MAX_READ])
    if not value.isprintable():
        value = "".join(map(_describe_character, value))
    value = re.sub(r"[{}]", "", value)
    if kind is VariableKind.LINK:
        value = "".join(value.split())
        return value if len(value) <= _MAX_LINK else ""
    value = _break_links(value)
    if kind is VariableKind.TEXT:
        value = _PHONE.sub(" ", value)
    return " ".join(value.split())[:_MAX_TEXT].rstrip()


def _describe_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category.startswith("C") else character


# Phones turn these into links.
_ADDRESS = re.compile(
    r"(?:\w{1,30}://|www\.|\b(?:tel|sms|mailto|javascript|data):)\S*", re.IGNORECASE
)
_INNER_DOT = re.compile(r"(?<=\w)[.。．｡](?=[^\W\d_]{2})")
_PHONE = re.compile(r"\+?\d(?:[ ().-]?\d){6,}")


def _break_links(value: str) -> str:
    """Remove addresses with a scheme, and put a space after other dots: "bit. ly/x", "Dr. Paz"."""
    value = _ADDRESS.sub(" ", value).replace("@", " ").replace("://", " ")
    return _INNER_DOT.sub(". ", value)


_TITLE = re.compile(
    r"(?:dra?|doctora?|doutora?|sra?|srta|señor(?:a|ita)?|senhora?|ing|lic|abg?|arq|econ|profa?"
    r"|mrs?|ms|miss|mx)\.?",
    re.IGNORECASE,
)


def first_name(name: str) -> str:
    """Return "Juan" for "Juan Pérez", "PÉREZ, JUAN" and "Dr. Juan Pérez"."""
    family, _comma, given = name.partition(",")
    words = (given if given.strip() else family).split()
    while len(words) > 1 and _TITLE.fullmatch(words[0]):
        words = words[1:]
    # "Ma. Fernanda": an abbreviated first name needs the second one.
    is_abbreviated = len(words) > 1 and words[0].endswith(".")
    first = " ".join(words[: 2 if is_abbreviated else 1])
    return first.title() if first.isupper() or first.islower() else first
