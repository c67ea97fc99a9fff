"""Dates and times of day as people and programs write them, in three languages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

LONGEST = 80
DAY = 86_400
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a serial has no zone
# What is between 1990 and 2100; any other number of five digits is something else.
FIRST_SERIAL, LAST_SERIAL = 32_874, 73_415
SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?")
HOUR_ALONE = re.compile(r"[0-2]?[0-9]")
FRACTION = re.compile(r"0[.,](\d{3,})")

UNACCENTED = str.maketrans("áéíóúàâêôãõçñº°–—’´\u00a0\u202f", "aeiouaaeoaocnoo--''  ")
OTHER_SIGNS = str.maketrans("\\_", "/ ")
YEAR_FIRST = re.compile(r"(\d{4})\s?([/.\- ])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
YEAR_LAST = re.compile(
    r"(\d{1,2})\s?([/.,\- ])\s?(\d{1,2})\s?(?:\2|[/\-])\s?(\d{4}|\d{2})(?![\d:])"
)
COMPACT = re.compile(r"(20\d\d)(0[1-9]|1[0-2])([0-3]\d)(?=t| |$|\d{4}(?:\d\d)?$)")
YEAR_LAST_COMPACT = re.compile(r"(\d{1,2})(\d{2})(20\d\d)(?=t| |$)")
DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|ro|er|o)?[\s./\-]*(?:(?:de|of)\s)?\s*([a-z]{3,10})"
    r"\.?[\s./,\-]*(?:(?:de|del|do)\s)?\s*(\d{4}|\d{2})(?![\d:h])"
)
MONTH_DAY = re.compile(
    r"([a-z]{3,10})\.?[\s/\-]+(\d{1,2})(?:st|nd|rd|th)?(?:\s*[,/\-]\s*|\s+)(?:(?:de|del)\s)?"
    r"(\d{4})(?!\d)"
)
WEEKDAY = re.compile(
    r"(?:lun|mar|mie|jue|vie|sab|dom|seg|ter|qua|qui|sex|mon|tue|wed|thu|fri|sat|sun)[a-z]*"
    r"(?:-feira)?[.,]*(?:\s+(?:el\s+)?|$)"
)
ASIDE = re.compile(r"\s*\([^)]*\)")
# Programs that keep an hour alone as a moment put it on the first day that they know.
FIRST_DAY = re.compile(
    r"(?:1899[/-]12[/-]3[01]|3[01]/12/1899|12/3[01]/1899|1900[/-]0?1[/-]0?[01]|0?[01]/0?1/1900)"
    r"[t\s]+(?=\d)"
)
BEFORE_HOUR = re.compile(r"[\s,;|t/\-]*(?:(?:a\s?las?|as|at|hora|@)\b:?)?\s*")
# "9:30 - 10:00" is from and to; "09:30-05:00" after a year-first date is an offset from UTC.
UNTIL = re.compile(
    r"\s+(?:-|a|to|hasta|ate|as)\s+(?:las?\s)?\d.*|\s-\d{1,2}[:h].*|(?<=:\d\d)\s*/\s*\d.*"
)
# "-05:00" behind seconds, "GMT-0500", "+0000 UTC": an offset that no hour until when looks like.
ZONED = re.compile(
    r"(?:(?<=:\d\d:\d\d)\s?|\s?(?:gmt|utc)\s?)([+-]\d{1,2}(?::?\d{2})?)(?:\s(?:gmt|utc))?$"
)
FROM = re.compile(r"^(?:(?:desde|de|from|a|as|at|las?|hora)\b[\s:.]*)+(?=\d)")
HALF_PAST = re.compile(r"(?<=\d)\s+y\s+(?:(media)|cuarto)\b")
UNTIL_CLOSE = re.compile(r"-\d.*")
HALVES = re.compile(r"([ap])\.?\s?m\b\.?")
PARTS_OF_DAY = (
    (re.compile(r"(?:de|por|da|in)\s(?:la\s|the\s)?(?:tarde|noche|noite|afternoon|evening)"), "pm"),
    (re.compile(r"(?:de|por|da|in)\s(?:la\s|the\s)?(?:manana|madrugada|manha|morning)"), "am"),
    (re.compile(r"^medio ?dia$|^meio-dia$|^noon$"), "12:00"),
)
HOUR = re.compile(
    r"(\d{1,2})(?:[:;.,h'](\d{2})(?:m|min)?(?:[:.](\d{2})(?:[.,]\d{1,9})?)?)?"
    r"(am|pm|a|p|m|h|hs|hr|hrs|hora|horas)?(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?"
)
HOUR_AS_DIGITS = re.compile(r"([01]?\d|2[0-4])([0-5]\d)(?:\d\d)?(am|pm|a|p|h|hs|hrs)?(z)?")
HOUR_FIRST = re.compile(
    r"(\d{1,2}[:h]\d{2}(?::\d{2})?\s*(?:[ap]m)?)[\s,\-]+(?:del?\s)?(?=\d|[a-z]{3})"
)

MONTHS = tuple(
    names.split()
    for names in (
        "enero january janeiro", "febrero february fevereiro", "marzo march marco",
        "abril april", "mayo may maio", "junio june junho", "julio july julho",
        "agosto august", "septiembre setiembre september setembro sept",
        "octubre october outubro", "noviembre november novembro", "diciembre december dezembro",
    )
)  # fmt: skip
NOON = 12
MIDNIGHT_AFTER = 24


@dataclass(frozen=True, slots=True)
class ReadTimestamp:
    """What a text says: a day, a time of day, or both; with an offset where it names one."""

    day: date | None
    hour: time | None = None
    next_day: bool = False
    offset: tzinfo | None = None


def read_moment(text: str, order: str) -> ReadTimestamp | None:
    """None where the text is no date and no time, or one that does not exist."""
    if len(text) > LONGEST:
        return None
    try:
        if serial := SERIAL.fullmatch(text):
            return from_serial(float(".".join(part for part in serial.groups() if part)))
        return _read(_lowered(text), order)
    except (ValueError, OverflowError):
        return None


def read_hour(text: str) -> ReadTimestamp | None:
    """From a column of hours alone, where `9` and `0.395833` cannot be anything else."""
    if HOUR_ALONE.fullmatch(text) and int(text) < MIDNIGHT_AFTER:
        return ReadTimestamp(None, time(int(text)))
    if fraction := FRACTION.fullmatch(text):
        return from_serial(float(f"0.{fraction[1]}"))
    return None


def from_serial(serial: float) -> ReadTimestamp | None:
    """Days since the end of 1899, and the day's fraction, as spreadsheets count them."""
    if not (0 <= serial < 1 or FIRST_SERIAL <= serial <= LAST_SERIAL):
        return None
    moment = EPOCH + timedelta(seconds=round(serial * DAY))
    if serial < 1:
        return ReadTimestamp(None, moment.time())
    return ReadTimestamp(moment.date(), None if float(serial).is_integer() else moment.time())


def _lowered(text: str) -> str:
    lowered = text.lower()
    if not lowered.isascii():
        lowered = lowered.translate(UNACCENTED)
    return " ".join(lowered.translate(OTHER_SIGNS).split())


def _read(text: str, order: str) -> ReadTimestamp | None:
    text = ASIDE.sub("", text).strip(" .,;'")
    if zero := FIRST_DAY.match(text):
        return _hour(text[zero.end() :], None, is_iso=True)
    if found := _day_at_start(text, order):
        day, rest, is_iso = found
        rest = rest[BEFORE_HOUR.match(rest).end() :]  # type: ignore[union-attr]  # matches always
        rest = WEEKDAY.sub("", rest, count=1)
        return _hour(rest, day, is_iso=is_iso) if rest else ReadTimestamp(day)
    text = HALVES.sub(r"\1m", text)
    if (before := HOUR_FIRST.match(text)) and (found := _day_at_start(text[before.end() :], order)):
        return _hour(before[1], found[0], is_iso=False) if not found[1].strip() else None
    return _hour(text, None, is_iso=False)


def _day_at_start(text: str, order: str) -> tuple[date, str, bool] | None:
    """The day, what follows it, and whether it is written as programs do: the year first."""
    for pattern, day_of in DAYS:
        if found := pattern.match(text):
            is_iso = pattern in {YEAR_FIRST, COMPACT}
            return day_of(found, order), text[found.end() :], is_iso
    if weekday := WEEKDAY.match(text):
        return _day_at_start(text[weekday.end() :], order)
    return None


def _in_order(first: str, second: str, third: str, order: str) -> date:
    if order == "YMD" and len(third) < len("2026"):
        return date(_year(first), int(second), int(third))
    if order == "MDY":
        return date(_year(third), int(first), int(second))
    return date(_year(third), int(second), int(first))


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) < len("2026") else 0)


def _spelled(day: str, month: str, year: str) -> date:
    for number, names in enumerate(MONTHS, start=1):
        if any(name.startswith(month) for name in names):
            return date(_year(year), number, int(day))
    raise ValueError(month)


DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], date]], ...] = (
    (YEAR_FIRST, lambda found, _: date(int(found[1]), int(found[3]), int(found[4]))),
    (YEAR_LAST, lambda found, order: _in_order(found[1], found[3], found[4], order)),
    (COMPACT, lambda found, _: date(int(found[1]), int(found[2]), int(found[3]))),
    (YEAR_LAST_COMPACT, lambda found, order: _in_order(found[1], found[2], found[3], order)),
    (DAY_MONTH, lambda found, _: _spelled(found[1], found[2], found[3])),
    (MONTH_DAY, lambda found, _: _spelled(found[2], found[1], found[3])),
)


def _hour(text: str, day: date | None, *, is_iso: bool) -> ReadTimestamp | None:
    zoned = ZONED.search(text)
    if zoned:
        text = text[: zoned.start()]
    for pattern, short in PARTS_OF_DAY:
        text = pattern.sub(short, text)
    text = HALF_PAST.sub(lambda past: ":30" if past[1] else ":15", FROM.sub("", text, count=1))
    text = UNTIL.sub("", HALVES.sub(r"\1m", text), count=1)
    if not is_iso:
        text = UNTIL_CLOSE.sub("", text)
    text = text.replace(" ", "").rstrip(".")
    found = HOUR.fullmatch(text)
    if found and (found[2] or found[4]):
        away = zoned[1] if zoned else found[5]
        offset = _offset(away) if away and day else None
        second = int(found[3] or 0)
        return _at(day, (int(found[1]), int(found[2] or 0), second), found[4], offset)
    if digits := HOUR_AS_DIGITS.fullmatch(text):
        offset = UTC if digits[4] and day else None
        return _at(day, (int(digits[1]), int(digits[2]), 0), digits[3], offset)
    return None


def _at(
    day: date | None, clock: tuple[int, int, int], half: str | None, offset: tzinfo | None
) -> ReadTimestamp:
    hour, minute, second = clock
    if half in {"p", "pm"} and hour < NOON:
        hour += NOON
    elif half in {"a", "am"} and hour >= NOON:
        if hour > NOON:
            raise ValueError(hour)
        hour = 0
    if (hour, minute, second) == (MIDNIGHT_AFTER, 0, 0):
        return ReadTimestamp(day, time(0), next_day=True, offset=offset)
    return ReadTimestamp(day, time(hour, minute, second), offset=offset)


def _offset(text: str) -> tzinfo:
    if text in {"z", "utc", "gmt"}:
        return UTC
    digits = text[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-away if text[0] == "-" else away)
