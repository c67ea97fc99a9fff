"""Dates and times of day as people and programs write them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from patients.lists.words import plain

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a serial has no zone
# Serials between 1990 and 2100: what else is a number of five digits?
SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?")
FIRST_SERIAL, LAST_SERIAL = 32_874, 73_415

NUMBERS = re.compile(r"(\d{1,4})([/.\-_ ])(\d{1,2})\2(\d{1,4})")
COMPACT = re.compile(r"(20\d\d)(0[1-9]|1[0-2])([0-3]\d)")
SPELLED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|o)?(?: de| of)? ([a-z]{3,10})"
    r"|([a-z]{3,10}) (\d{1,2})(?:st|nd|rd|th)?)(?: de| del| do)? (\d{4}|\d{2})"
)
HOUR = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?)?(am|pm|a|p|h|hs|hrs|hr|horas)?"
    r"(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
DIGITS_OF_HOUR = re.compile(r"([01]?\d|2[0-4])([0-5]\d)(am|pm|a|p|h|hs|hrs)?")
WEEKDAY = re.compile(
    r"^(?:lun|mar|mie|jue|vie|sab|dom|seg|ter|qua|qui|sex|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?"
    r"(?:[- ]feira)?,?\s+(?=\d|[a-z])"
)
MONTHS = {
    start: number
    for number, starts in enumerate(
        ("ene jan", "feb fev", "mar", "abr apr", "may mai", "jun", "jul", "ago aug",
         "sep set", "oct out", "nov", "dic dez dec"), start=1)
    for start in starts.split()
}  # fmt: skip
FULL_MONTHS = frozenset(
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre"
    " diciembre january february march april may june july august september october november"
    " december janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro"
    " dezembro sept".split()
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a text says: a day, a time of day, or both; with an offset where it names one."""

    day: date | None
    hour: time | None
    next_day: bool = False
    offset: timezone | None = None


def read_moment(text: str, order: str) -> Moment | None:
    """None where the text is no date and no time, or names one that does not exist."""
    try:
        return _read(text[:80], order)
    except (ValueError, OverflowError):
        return None


def _read(text: str, order: str) -> Moment | None:
    if serial := SERIAL.fullmatch(text):
        return from_serial(float(".".join(part for part in serial.groups() if part)))
    written = WEEKDAY.sub("", _lowered(text))
    if (found := NUMBERS.match(written)) and not written[found.end() : found.end() + 1].isdigit():
        day = _in_order(found[1], found[3], found[4], order)
    elif found := COMPACT.match(written):
        day = date(int(found[1]), int(found[2]), int(found[3]))
    elif found := SPELLED.match(
        written.replace("-", " ").replace("/", " ").replace(".", " ").replace(",", " ")
    ):
        day = _spelled(found)
    else:
        return _hour_of(written, None)
    rest = written[found.end() :].strip(" ,;t-|a las")
    return Moment(day, None) if not rest else _hour_of(rest, day)


def _lowered(text: str) -> str:
    lowered = text.lower()
    if not lowered.isascii():
        lowered = lowered.translate(str.maketrans("áéíóúâêôãõçº", "aeiouaeoaoco"))
    return re.sub(r"\s+", " ", lowered).strip()


def _in_order(first: str, second: str, third: str, order: str) -> date:
    if len(first) >= 3 or (order == "YMD" and len(third) < 3):
        return date(_year(first), int(second), int(third))
    if order == "MDY":
        return date(_year(third), int(first), int(second))
    return date(_year(third), int(second), int(first))


def _year(digits: str) -> int:
    if len(digits) == 3 or len(digits) == 1:
        raise ValueError(digits)
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _spelled(found: re.Match[str]) -> date:
    name = plain(found[2] or found[3])
    if len(name) > 3 and name not in FULL_MONTHS:
        raise ValueError(name)
    return date(
        _year(found[5]), MONTHS[name[:3]] if name[:3] in MONTHS else 0, int(found[1] or found[4])
    )


def _hour_of(text: str, day: date | None) -> Moment | None:
    text = (
        re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text).replace(" ", "").replace(";", ":").strip(".")
    )
    found = HOUR.fullmatch(text)
    if found and (found[2] or found[4]):
        hour, minute, second, half = found[1], found[2] or "0", found[3] or "0", found[4]
        offset = _offset(found[5]) if day else None
    elif compact := DIGITS_OF_HOUR.fullmatch(text):
        hour, minute, second, half, offset = compact[1], compact[2], "0", compact[3], None
    else:
        return None
    hours = _of_day(int(hour), (half or "")[:1])
    if hours == 24 and int(minute) == 0 and int(second) == 0:
        return Moment(day, time(0), next_day=True, offset=offset)
    return Moment(day, time(hours, int(minute), int(second)), offset=offset)


def _of_day(hour: int, half: str) -> int:
    if half == "p" and hour < 12:
        return hour + 12
    return 0 if half == "a" and hour == 12 else hour


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in {"z", "utc", "gmt"}:
        return timezone.utc
    digits = text[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-away if text[0] == "-" else away)


def from_serial(serial: float) -> Moment | None:
    """Days since the end of 1899, and the day's fraction, as spreadsheets count them."""
    if 0 <= serial < 1:
        return Moment(None, (EPOCH + timedelta(seconds=round(serial * 86_400))).time())
    if not FIRST_SERIAL <= serial <= LAST_SERIAL:
        return None
    moment = EPOCH + timedelta(seconds=round(serial * 86_400))
    return Moment(moment.date(), None if serial.is_integer() else moment.time())
