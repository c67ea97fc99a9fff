"""One value as its source has it: text as somebody typed it, or a typed value of a program."""

import re
from datetime import date, datetime, time

# Letters of a value that are read: a longer one is no name, phone, date or answer, and looking at
# all of it took seconds for each row.
MAX_LETTERS_READ = 1_000

# Python refuses to print integers of thousands of digits. Larger numbers are shown rounded.
LARGEST_NUMBER = 10**30

# Characters that print nothing, and those that PostgreSQL cannot store.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# What spreadsheets and exports write before or around a text to keep it a text.
TEXT_PREFIX = re.compile(r"'(?=[=+\-@\t\r])")
TEXT_FORMULA = re.compile(r'="([^"]*)"')


class Formula(str):
    """A formula of a spreadsheet whose result is not stored in the file."""

    __slots__ = ()


Value = str | int | float | datetime | date | time | bool | None


def clean_text(value: Value) -> str:
    """Return the beginning of the value as text, without invisible characters, repeated blanks or
    the marks of a spreadsheet."""
    if isinstance(value, str):
        text = value[:MAX_LETTERS_READ]
        text = text if text.isprintable() else INVISIBLE.sub("", text)
        text = " ".join(text.split())
        if text[:1] in {"'", "="}:
            if TEXT_PREFIX.match(text):
                return text[1:]
            if quoted := TEXT_FORMULA.fullmatch(text):
                return quoted[1].strip()
        return text
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return f"{LARGEST_NUMBER:.0e}"
    return str(value)
