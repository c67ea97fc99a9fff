"""Parse dates and times of day as people and programs write them, in three languages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

MAX_LETTERS = 80
DAY = 86_400
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a serial has no zone
# Serials between 1990 and 2100. Other numbers of five digits are no dates.
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
IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
# Programs that store a time of day as a moment put it on their first day.
FIRST_DAY = re.compile(
    r"(?:1899[/-]12[/-]3[01]|3[01]/12/1899|12/3[01]/1899|1900[/-]0?1[/-]0?[01]|0?[01]/0?1/1900)"
    r"[t\s]+(?=\d)"
)
BEFORE_HOUR = re.compile(r"[\s,;|t/\-]*(?:(?:a\s?las?|as|at|hora|@)\b:?)?\s*")
# "9:30 - 10:00" has an end, which is cut off; "09:30-05:00" behind a year-first date has an offset.
UNTIL = re.compile(
    r"\s+(?:-|a|to|hasta|ate|as)\s+(?:las?\s)?\d.*|\s-\d{1,2}[:h].*|(?<=:\d\d)\s*/\s*\d.*"
)
# Offsets that cannot be the end of a visit: "-05:00" behind seconds, "GMT-0500", "+0000 UTC".
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
class ParsedTimestamp:
    """A day, a time of day, or both, with the offset from UTC if the text has one.

    `next_day` is set for "24:00", whose `hour` is 00:00.
    """

    day: date | None
    hour: time | None = None
    next_day: bool = False
    offset: tzinfo | None = None


def parse_timestamp(text: str, order: str) -> ParsedTimestamp | None:
    """Return None if the text is no date or time, or one that does not exist.

    `order` is DMY, MDY or YMD and decides how 03/04/2026 is read.
    """
    if len(text) > MAX_LETTERS:
        return None
    try:
        if serial := SERIAL.fullmatch(text):
            return parse_serial(float(".".join(part for part in serial.groups() if part)))
        return _parse(_simplify(text), order)
    except (ValueError, OverflowError):
        return None


def parse_hour(text: str) -> ParsedTimestamp | None:
    """Parse the forms that are times only where a time is expected: `9` and `0.395833`."""
    if HOUR_ALONE.fullmatch(text) and int(text) < MIDNIGHT_AFTER:
        return ParsedTimestamp(None, time(int(text)))
    if fraction := FRACTION.fullmatch(text):
        return parse_serial(float(f"0.{fraction[1]}"))
    return None


def parse_serial(serial: float) -> ParsedTimestamp | None:
    """Convert a spreadsheet's days since the end of 1899, with the time of day as fraction."""
    if not (0 <= serial < 1 or FIRST_SERIAL <= serial <= LAST_SERIAL):
        return None
    moment = EPOCH + timedelta(seconds=round(serial * DAY))
    if serial < 1:
        return ParsedTimestamp(None, moment.time())
    return ParsedTimestamp(moment.date(), None if float(serial).is_integer() else moment.time())


def _simplify(text: str) -> str:
    lowered = text.lower()
    if not lowered.isascii():
        lowered = lowered.translate(UNACCENTED)
    return " ".join(lowered.translate(OTHER_SIGNS).split())


def _parse(text: str, order: str) -> ParsedTimestamp | None:
    text = IN_BRACKETS.sub("", text).strip(" .,;'")
    if first_day := FIRST_DAY.match(text):
        return _parse_hour(text[first_day.end() :], None, is_iso=True)
    if parsed_day := _parse_day_at_start(text, order):
        day, rest, is_iso = parsed_day
        rest = rest[BEFORE_HOUR.match(rest).end() :]  # type: ignore[union-attr]  # matches always
        rest = WEEKDAY.sub("", rest, count=1)
        return _parse_hour(rest, day, is_iso=is_iso) if rest else ParsedTimestamp(day)
    text = HALVES.sub(r"\1m", text)
    if (hour := HOUR_FIRST.match(text)) and (
        parsed_day := _parse_day_at_start(text[hour.end() :], order)
    ):
        day, rest, _is_iso = parsed_day
        return _parse_hour(hour[1], day, is_iso=False) if not rest.strip() else None
    return _parse_hour(text, None, is_iso=False)


def _parse_day_at_start(text: str, order: str) -> tuple[date, str, bool] | None:
    """Return the day, the rest of the text, and whether the year comes first as in ISO 8601."""
    for pattern, day_of in DAYS:
        if match := pattern.match(text):
            is_iso = pattern in {YEAR_FIRST, COMPACT}
            return day_of(match, order), text[match.end() :], is_iso
    if weekday := WEEKDAY.match(text):
        return _parse_day_at_start(text[weekday.end() :], order)
    return None


def _date_in_order(first: str, second: str, third: str, order: str) -> date:
    if order == "YMD" and len(third) < len("2026"):
        return date(_full_year(first), int(second), int(third))
    if order == "MDY":
        return date(_full_year(third), int(first), int(second))
    return date(_full_year(third), int(second), int(first))


def _full_year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) < len("2026") else 0)


def _date_with_month_name(day: str, month: str, year: str) -> date:
    for number, names in enumerate(MONTHS, start=1):
        if any(name.startswith(month) for name in names):
            return date(_full_year(year), number, int(day))
    raise ValueError(month)


DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], date]], ...] = (
    (YEAR_FIRST, lambda match, _: date(int(match[1]), int(match[3]), int(match[4]))),
    (YEAR_LAST, lambda match, order: _date_in_order(match[1], match[3], match[4], order)),
    (COMPACT, lambda match, _: date(int(match[1]), int(match[2]), int(match[3]))),
    (YEAR_LAST_COMPACT, lambda match, order: _date_in_order(match[1], match[2], match[3], order)),
    (DAY_MONTH, lambda match, _: _date_with_month_name(match[1], match[2], match[3])),
    (MONTH_DAY, lambda match, _: _date_with_month_name(match[2], match[1], match[3])),
)


def _parse_hour(text: str, day: date | None, *, is_iso: bool) -> ParsedTimestamp | None:
    zoned = ZONED.search(text)
    if zoned:
        text = text[: zoned.start()]
    for pattern, short_form in PARTS_OF_DAY:
        text = pattern.sub(short_form, text)
    text = HALF_PAST.sub(lambda match: ":30" if match[1] else ":15", FROM.sub("", text, count=1))
    text = UNTIL.sub("", HALVES.sub(r"\1m", text), count=1)
    if not is_iso:
        text = UNTIL_CLOSE.sub("", text)
    text = text.replace(" ", "").rstrip(".")
    match = HOUR.fullmatch(text)
    if match and (match[2] or match[4]):
        offset_text = zoned[1] if zoned else match[5]
        offset = _parse_offset(offset_text) if offset_text and day else None
        clock = int(match[1]), int(match[2] or 0), int(match[3] or 0)
        return _timestamp(day, clock, match[4], offset)
    if digits := HOUR_AS_DIGITS.fullmatch(text):
        offset = UTC if digits[4] and day else None
        return _timestamp(day, (int(digits[1]), int(digits[2]), 0), digits[3], offset)
    return None


def _timestamp(
    day: date | None, clock: tuple[int, int, int], half: str | None, offset: tzinfo | None
) -> ParsedTimestamp:
    hour, minute, second = clock
    if half in {"p", "pm"} and hour < NOON:
        hour += NOON
    elif half in {"a", "am"} and hour >= NOON:
        if hour > NOON:
            raise ValueError(hour)
        hour = 0
    if (hour, minute, second) == (MIDNIGHT_AFTER, 0, 0):
        return ParsedTimestamp(day, time(0), next_day=True, offset=offset)
    return ParsedTimestamp(day, time(hour, minute, second), offset=offset)


def _parse_offset(text: str) -> tzinfo:
    if text in {"z", "utc", "gmt"}:
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)
