"""The languages of the doubles' pages, and how they write dates."""

from collections.abc import Mapping
from datetime import UTC, datetime

SPANISH, ENGLISH = "es", "en"

MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
    *("septiembre", "octubre", "noviembre", "diciembre"),
)


def format_day(moment: float, language: str) -> str:
    day = datetime.fromtimestamp(moment, UTC)
    if language == SPANISH:
        return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"
    return f"{day:%B} {day.day}, {day.year}"


def language_of(locale: str | None, headers: Mapping[str, str]) -> str:
    """Return the language of the session, else of the browser, else Spanish."""
    wanted = locale if locale and locale != "auto" else headers.get("Accept-Language", "")
    return ENGLISH if wanted.lower().startswith("en") else SPANISH
