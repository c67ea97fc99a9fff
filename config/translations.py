"""Extract, check and compile the Spanish translations, without the gettext programs.

The texts in the code are English, so Spanish is the only catalogue. `django.po` has our own texts,
and `borrowed.po` those of Django and allauth that we translate differently. Both are compiled into
the file that Django reads.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import allauth
import django
from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

SPANISH: Path = settings.LOCALE_PATHS[0] / "es" / "LC_MESSAGES"
OURS = SPANISH / "django.po"
BORROWED = SPANISH / "borrowed.po"
COMPILED = SPANISH / "django.mo"

# Without dates and names of tools, so that a catalogue changes only when a text does.
HEADER = r"""msgid ""
msgstr ""
"Language: es\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""

# The positions of a text, its plural and ("c") its context in the arguments.
KEYWORDS = {
    **dict.fromkeys(["gettext", "gettext_lazy", "gettext_noop"], (1,)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
FOR_TRANSLATORS = "Translators:"


# From the code


def source_files() -> list[Path]:
    """Return the modules and templates of all apps but `dev`, whose texts clinics do not see."""
    ours = [Path(app.path) for app in apps.get_app_configs() if app.name != "dev"]
    return sorted(
        path
        for app in ours
        if app.parent == settings.BASE_DIR
        for path in app.rglob("*")
        if path.suffix == ".py" or (path.suffix in (".html", ".txt") and "templates" in path.parts)
        if "migrations" not in path.parts
    )


def extract_texts(paths: Iterable[Path], *, root: Path = settings.BASE_DIR) -> Catalog:
    located = [
        (path.relative_to(root).as_posix(), message)
        for path in paths
        for message in messages_in(path)
    ]
    located.sort(key=lambda pair: (pair[0], forms(pair[1].id), pair[1].context or ""))
    catalogue = Catalog(locale="es")
    for path_name, message in located:
        # Without line numbers, which would change with every edit above them.
        message.locations = [(path_name, 0)]
        catalogue[message.id] = message
    return catalogue


def messages_in(path: Path) -> Iterator[Message]:
    source = path.read_text(encoding="utf-8")
    # A module without this word imports no function of gettext.
    if path.suffix == ".py" and "gettext" not in source:
        return
    if path.suffix == ".py":
        keywords = KEYWORDS | aliases(ast.parse(source, str(path)))
    else:
        keywords = KEYWORDS | {"_": (1,)}
        # The result is parsed as Python, so the indentation of the HTML must go.
        source = re.sub(r"^\s+", "", templatize(source, str(path)), flags=re.MULTILINE)
    code = BytesIO(source.encode())
    for _line, text, comments, context in extract(
        "python", code, keywords=keywords, comment_tags=[FOR_TRANSLATORS]
    ):
        yield Message(text, auto_comments=comments, context=context)


def aliases(module: ast.Module) -> dict[str, tuple[int | tuple[int, str], ...]]:
    """Return the names under which a module imports gettext's functions, such as `_`."""
    return {
        name.asname: KEYWORDS[name.name]
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname and name.name in KEYWORDS
    }


# To Spanish


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="es", abort_invalid=True)


def merge(fresh: Catalog, *, known: Catalog) -> Catalog:
    """Return the fresh catalogue with the Spanish of the texts that are known."""
    for message in texts(fresh):
        before = known.get(message.id, message.context)
        if before and before.id == message.id:
            message.string = before.string
            message.flags |= before.flags & {"fuzzy"}
            message.user_comments = before.user_comments
    return fresh


def to_po(catalogue: Catalog) -> str:
    file = BytesIO()
    write_po(file, catalogue, width=100, omit_header=True, include_lineno=False)
    return HEADER + file.getvalue().decode()


def to_mo(*catalogues: Catalog) -> bytes:
    """Compile the catalogues into one .mo file."""
    # A fixed date, so that the same texts compile to the same bytes.
    whole = Catalog(locale="es", creation_date=datetime.fromtimestamp(0, UTC))
    for catalogue in catalogues:
        for message in texts(catalogue):
            whole[message.id] = message
    file = BytesIO()
    write_mo(file, whole)
    return file.getvalue()


def texts(catalogue: Catalog) -> list[Message]:
    """Return all messages except the header."""
    return [message for message in catalogue if message.id]


# Checks

# Placeholders with percent signs or braces, and tags. A translation must have the same.
FIXED_PARTS = re.compile(r"%(?:\(\w+\))?[\d.]*.?|\{\w*\}|</?\w[^>]*>")


def problems(catalogue: Catalog) -> Iterator[str]:
    for message in texts(catalogue):
        english, spanish = forms(message.id), forms(message.string)
        place = f"{message.locations[0][0]}: " if message.locations else ""
        shown = f"{place}“{english[0]}”" + (f" ({message.context})" if message.context else "")
        if message.fuzzy:
            yield f"{shown} is fuzzy: review it and remove the mark."
        elif not all(spanish) or len(spanish) != len(english):
            yield f"{shown} has no Spanish."
        elif differing := differing_parts(english, spanish):
            yield f"{shown} and its Spanish differ in {', '.join(sorted(differing))}."


def differing_parts(english: list[str], spanish: list[str]) -> set[str]:
    """Return the placeholders that differ. A singular may say “one” instead of the number."""
    allowed = [set(FIXED_PARTS.findall(form)) for form in english]
    used = [set(FIXED_PARTS.findall(form)) for form in spanish]
    return (allowed[-1] ^ used[-1]) | (used[0] - set.union(*allowed))


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return list(text) if isinstance(text, tuple | list) else [text or ""]


def unknown_to_packages(borrowed: Catalog) -> Iterator[str]:
    """Report borrowed texts that no package contains any more, so that they get removed."""
    theirs = [read(path) for path in catalogues_of_packages()]
    for message in texts(borrowed):
        if not any(package.get(message.id, message.context) for package in theirs):
            yield f"“{forms(message.id)[0]}” is borrowed, but no package says it: remove it."


def catalogues_of_packages() -> Iterator[Path]:
    for package in (django, allauth):
        yield from Path(package.__path__[0]).glob("**/locale/en/LC_MESSAGES/django.po")


def collisions(ours: Catalog, *, borrowed: Catalog) -> Iterator[str]:
    """Return the texts whose Spanish would replace a package's own Spanish unintentionally.

    Django merges all catalogues into one, and ours wins: an entry "May" of ours would become the
    name of the month in every date. It is allowed where both say the same, or where
    `borrowed.po` lists it, which says that the package's text is meant to change.
    """
    theirs = spanish_of_packages()
    for message in texts(ours):
        key = (message.context, forms(message.id)[0])
        if key not in theirs:
            continue
        spanish, deliberate = forms(message.string), borrowed.get(message.id, message.context)
        if deliberate and forms(deliberate.string) != spanish:
            yield (
                f"“{key[1]}” has one Spanish in {OURS.name} and another in {BORROWED.name}:"
                " write the same in both, or give ours a context."
            )
        elif not deliberate and any(spanish != known for known in theirs[key]):
            yield (
                f"“{key[1]}” would replace “{theirs[key][0][0]}” of Django or allauth by"
                f" “{spanish[0]}”: give ours a context, or list it in {BORROWED.name}."
            )


def spanish_of_packages() -> dict[tuple[str | None, str], list[list[str]]]:
    """Return each text of Django and allauth with the Spanish that each of their apps gives it."""
    spanish: dict[tuple[str | None, str], list[list[str]]] = {}
    for english in catalogues_of_packages():
        compiled_spanish = english.parents[2] / "es" / "LC_MESSAGES" / "django.mo"
        with compiled_spanish.open("rb") as file:
            for message in texts(read_mo(file)):
                key = (message.context, forms(message.id)[0])
                spanish.setdefault(key, []).append(forms(message.string))
    return spanish


# Texts that are not marked for translation

# Comments and code are not translated.
UNTRANSLATED = re.compile(r"<!--.*?-->|<(style|script|code)\b.*?</\1>", re.DOTALL)
TRANSLATED_ATTRIBUTE = re.compile(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"')
MARKUP = re.compile(r"<[^>]*>|&#?\w+;|\0")
WORD = re.compile(r"[^\W\d_]{2}")
SAME_IN_ALL_LANGUAGES = re.compile(r"Reputation Manager|Google|WhatsApp|SMS|OpenAPI|https?://\S+")


def find_unmarked(template: str) -> Iterator[str]:
    """Yield the texts of a template that are not marked for translation."""
    page = UNTRANSLATED.sub("", strip_template_tags(template))
    for text in TRANSLATED_ATTRIBUTE.findall(page) + MARKUP.split(page):
        if WORD.search(SAME_IN_ALL_LANGUAGES.sub("", text)):
            yield " ".join(text.replace("\0", "…").split())


def strip_template_tags(template: str) -> str:
    """Return the template with a NUL for each tag and variable.

    The content of translated blocks, comments and blocks of CSS classes is removed.
    """
    page, skip_until = "", ""
    for token in Lexer(template).tokenize():
        name, _, rest = token.contents.partition(" ")
        if token.token_type == TokenType.TEXT:
            page += "" if skip_until else token.contents
            continue
        page += "\0"
        if token.token_type != TokenType.BLOCK:
            continue
        if name in ("blocktranslate", "blocktrans", "comment") or (
            name == "block" and "class" in rest
        ):
            skip_until = f"end{name}"
        elif name == skip_until:
            skip_until = ""
    return page
