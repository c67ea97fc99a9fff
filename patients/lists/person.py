"""One row as one person, or the reason why not."""

import re
from collections.abc import Callable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from patients.lists.cells import Cell, Formula, ListRow, tidy
from patients.lists.emails import read_email
from patients.lists.fields import Field
from patients.lists.headings import is_refusal
from patients.lists.phones import PhoneKind, PhoneReader
from patients.lists.statuses import VisitStatus, answers_of, status_of
from patients.lists.survey import Survey
from patients.lists.timestamps import ReadTimestamp, from_serial, read_hour, read_moment
from patients.lists.words import channel_of, is_consent, language_of
from workspaces.vetting.plain_names import carries_address

LONGEST_NAME = 120
LONGEST_DOCTOR = 120
LONGEST_TYPE = 80
LONGEST_EVIDENCE = 200
LONGEST_QUOTE = 60
LONGEST_STATUS = 40
# A list of days without hours: nobody is asked before their visit, so it counts as over by then.
END_OF_DAY = time(20)
FARTHEST = timedelta(days=2 * 366)
# Days, doctors and channels repeat from row to row; so many different ones are kept in mind.
KEPT = 20_000
PHONE_PROBLEMS = {PhoneKind.EATEN: "phone_eaten", PhoneKind.INVALID: "phone_invalid"}
NOWHERE = 1_000_000
# Only from the beginning of a word: from every letter of it, a long one would take seconds.
MAIL = re.compile(r"(?<!\S)\S+@\S+")


@dataclass(frozen=True, slots=True)
class ListedPerson:
    name: str
    phone: str
    email: str
    appointment_time: datetime
    appointment_type: str
    doctor_name: str
    has_consent: bool
    consent_words: str
    channel: str
    language: str
    # None where the list does not say, or in words that we do not know.
    did_not_happen: bool | None = None
    status: VisitStatus | None = None
    status_words: str = ""
    warning: "RowWarning | None" = None


@dataclass(frozen=True, slots=True)
class RowWarning:
    """What of a row cannot be used although the row is taken."""

    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class RefusalCode:
    """Why the row is not taken, and what could be read of it all the same."""

    reason: str
    details: dict[str, Any]
    name: str = ""
    phone: str = ""
    email: str = ""
    appointment_time: datetime | None = None
    has_consent: bool | None = None


class RowRefusedError(Exception):
    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.refusal = RefusalCode(reason, details)


# Where a phone or an e-mail is missing, and a warning about the other one.
Addresses = tuple[str, str, RowWarning | None]

Key = TypeVar("Key")
Value = TypeVar("Value")


class KeptRow(dict[Key, Value], Generic[Key, Value]):
    """What was read once need not be read again; a refusal is not kept."""

    def __init__(self, read: Callable[[Key], Value]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, key: Key) -> Value:
        if len(self) >= KEPT:
            self.clear()
        value = self[key] = self.read(key)
        return value


class PersonReader:
    def __init__(
        self,
        *,
        survey: Survey,
        mapping: ReadOnly[Field, str],
        date_order: str,
        country: str,
        zone: ZoneInfo,
        language: str,
        consent_words: str = "",
        now: datetime | None = None,
    ) -> None:
        places = {column.label: column.index for column in survey.columns}
        self.labels = {Field(field): label for field, label in mapping.items() if label in places}
        self.places = {
            field: places[self.labels[field]] if field in self.labels else NOWHERE
            for field in Field
        }
        self.order, self.zone, self.language = date_order, zone, language
        self.phones = PhoneReader(country)
        now = now or datetime.now(UTC)
        self.earliest, self.latest = now - FARTHEST, now + FARTHEST
        self.day_field = (
            Field.APPOINTMENT_TIME
            if Field.APPOINTMENT_TIME in self.labels
            else Field.APPOINTMENT_DATE
        )
        days = survey.column(self.labels.get(self.day_field, ""))
        self.has_hours_inside = bool(days and days.evidence.both)
        self.has_hours = self.has_hours_inside or Field.APPOINTMENT_HOUR in self.labels
        self.declared = consent_words.strip()[:LONGEST_EVIDENCE]
        self.has_refusals = is_refusal(self.labels.get(Field.CONSENT, ""))
        self.appointments = KeptRow(self._appointment)
        self.consents = KeptRow(self._consent)
        self.types: KeptRow[Cell, str] = KeptRow(
            lambda cell: self._limited(cell, Field.APPOINTMENT_TYPE, LONGEST_TYPE)
        )
        self.doctors: KeptRow[Cell, str] = KeptRow(
            lambda cell: self._limited(cell, Field.DOCTOR, LONGEST_DOCTOR)
        )
        self.channels = KeptRow(self._channel)
        self.languages = KeptRow(self._language)
        self.answers = answers_of(self.labels.get(Field.STATUS, ""))
        self.statuses = KeptRow(self._status)

    def read(self, row: ListRow) -> ListedPerson | RefusalCode:
        try:
            return self._person(row.cells)
        except RowRefusedError as refused:
            return replace(refused.refusal, **self._readable(row.cells))

    def _readable(self, cells: list[Cell]) -> dict[str, Any]:
        """Each for itself, so that one fault hides nothing else."""
        hour = tried(lambda: self._cell(cells, Field.APPOINTMENT_HOUR))
        phone = tried(lambda: self.phones.read(self._text(cells, Field.PHONE)))
        consent = tried(lambda: self.consents[self._cell(cells, Field.CONSENT)])
        return {
            "name": tried(lambda: self._name(cells)) or "",
            "phone": phone.number if phone and phone.kind is PhoneKind.MOBILE else "",
            "email": tried(lambda: read_email(self._text(cells, Field.EMAIL))) or "",
            "appointment_time": tried(
                lambda: self.appointments[self._cell(cells, self.day_field), hour]
            ),
            "has_consent": consent[0] if consent else None,
        }

    def _person(self, cells: list[Cell]) -> ListedPerson:
        name = self._name(cells)
        phone, email, warning = self._addresses(cells)
        has_consent, evidence = self.consents[self._cell(cells, Field.CONSENT)]
        channel = self.channels[self._cell(cells, Field.CHANNEL)]
        if not phone or (channel == "EMAIL" and not email):
            channel = "EMAIL" if not phone else "SMS"
        hour = self._cell(cells, Field.APPOINTMENT_HOUR)
        status, did_not_happen, words = self.statuses[self._cell(cells, Field.STATUS)]
        return ListedPerson(
            name,
            phone,
            email,
            self.appointments[self._cell(cells, self.day_field), hour],
            self.types[self._cell(cells, Field.APPOINTMENT_TYPE)],
            self.doctors[self._cell(cells, Field.DOCTOR)],
            has_consent,
            evidence,
            channel,
            self.languages[self._cell(cells, Field.LANGUAGE)],
            did_not_happen,
            status,
            words,
            warning,
        )

    def _cell(self, cells: list[Cell], field: Field) -> Cell:
        place = self.places[field]
        cell = cells[place] if place < len(cells) else None
        if cell.__class__ is Formula:
            raise RowRefusedError("formula", column=self.labels[field])
        return cell

    def _text(self, cells: list[Cell], field: Field) -> str:
        cell = self._cell(cells, field)
        return self._tidied(cell, field) if cell is not None and cell != "" else ""

    def _tidied(self, cell: Cell, field: Field) -> str:
        text = tidy(cell)
        if text[:1] == "=" and isinstance(cell, str) and cell.lstrip()[:1] == "=":
            raise RowRefusedError("formula", column=self.labels[field])
        return text

    def _limited(self, cell: Cell, field: Field, limit: int) -> str:
        text = self._tidied(cell, field)
        if len(text) > limit:
            raise RowRefusedError("cell_too_long", column=self.labels[field], limit=limit)
        return text

    def _name(self, cells: list[Cell]) -> str:
        name = self._text(cells, Field.NAME)
        if not name:
            first, last = (self._text(cells, one) for one in (Field.FIRST_NAME, Field.LAST_NAME))
            name = f"{first} {last}".strip()
        if len(name) > LONGEST_NAME:
            raise RowRefusedError("name_too_long", limit=LONGEST_NAME)
        if carries_address(name):
            raise RowRefusedError("name_with_address", value=name[:LONGEST_QUOTE])
        return name

    def _addresses(self, cells: list[Cell]) -> Addresses:
        text = self._text(cells, Field.PHONE)
        number = self.phones.usual(text)
        written = self._text(cells, Field.EMAIL)
        email = read_email(written) if written else ""
        if number:
            return number, email or "", _unused_email(written, email)
        if found := MAIL.search(text):
            # One column for whatever people gave.
            text, written = MAIL.sub(" ", text).strip(" /;,|-"), written or found[0]
            email = read_email(written)
        return self._without_usual_phone(
            [text, self._text(cells, Field.OTHER_PHONE)], written, email
        )

    def _without_usual_phone(self, texts: list[str], written: str, email: str | None) -> Addresses:
        found = {text: self.phones.read(text) for text in texts}
        for phone in found.values():
            if phone.kind is PhoneKind.MOBILE:
                return phone.number, email or "", _unused_email(written, email)
        for kind, code in PHONE_PROBLEMS.items():
            for text, phone in found.items():
                if phone.kind is not kind:
                    continue
                if email:
                    return "", email, RowWarning("phone_unused", text[:LONGEST_QUOTE])
                raise RowRefusedError(code, value=text[:LONGEST_QUOTE])
        if email:
            return "", email, None
        for text, phone in found.items():
            if phone.kind is PhoneKind.LANDLINE:
                raise RowRefusedError("phone_landline", value=text[:LONGEST_QUOTE])
        if email is None:
            raise RowRefusedError("email_invalid", value=written[:LONGEST_QUOTE])
        raise RowRefusedError("unreachable")

    def _consent(self, cell: Cell) -> tuple[bool, str]:
        if Field.CONSENT not in self.labels:
            return bool(self.declared), self.declared
        text = self._tidied(cell, Field.CONSENT)
        if not text:
            return False, ""
        evidence = f"{self.labels[Field.CONSENT]}: {text}"[:LONGEST_EVIDENCE]
        return is_consent(text) and not self.has_refusals, evidence

    def _channel(self, cell: Cell) -> str:
        text = self._tidied(cell, Field.CHANNEL)
        channel = channel_of(text)
        if channel is None:
            raise RowRefusedError("channel_unknown", value=text[:LONGEST_QUOTE])
        return channel or "SMS"

    def _language(self, cell: Cell) -> str:
        text = self._tidied(cell, Field.LANGUAGE)
        language = language_of(text)
        if language is None:
            raise RowRefusedError("language_unknown", value=text[:LONGEST_QUOTE])
        return language or self.language

    def _status(self, cell: Cell) -> tuple[VisitStatus | None, bool | None, str]:
        text = self._tidied(cell, Field.STATUS)
        status = status_of(text, self.answers)
        said = {VisitStatus.HAPPENED: False, VisitStatus.DID_NOT_HAPPEN: True}
        words = text[:LONGEST_STATUS] if status else ""
        return status, said.get(status) if status else None, words

    def _appointment(self, cells: tuple[Cell, Cell]) -> datetime:
        day_cell, hour_cell = cells
        moment = self._moment(day_cell, self.day_field)
        if moment is None:
            raise RowRefusedError("time_missing")
        if moment.day is None:
            raise RowRefusedError("time_invalid", value=_quoted(day_cell))
        apart = self._moment(hour_cell, Field.APPOINTMENT_HOUR)
        timed = apart if apart and apart.hour is not None else moment
        if timed is moment and moment.hour == time(0) and not moment.next_day:
            # Programs write a day without an hour as midnight, all down the column.
            timed = moment if self.has_hours_inside else ReadTimestamp(moment.day)
        if timed.hour is None and self.has_hours:
            raise RowRefusedError("time_missing")
        hour = END_OF_DAY if timed.hour is None else timed.hour
        return self._aware(moment.day, hour, timed)

    def _moment(self, cell: Cell, field: Field) -> ReadTimestamp | None:
        """None where the cell is empty."""
        if isinstance(cell, datetime):
            return ReadTimestamp(cell.date(), cell.time().replace(tzinfo=None), offset=cell.tzinfo)
        if isinstance(cell, date):
            return ReadTimestamp(cell)
        if isinstance(cell, time):
            return ReadTimestamp(None, cell.replace(tzinfo=None))
        moment = from_serial(cell) if isinstance(cell, float) else None
        if moment is None:
            text = self._tidied(cell, field) if cell is not None else ""
            if not text:
                return None
            if field is Field.APPOINTMENT_HOUR:
                moment = read_hour(text)
            moment = moment or read_moment(text, self.order)
        if moment is None:
            raise RowRefusedError("time_invalid", value=_quoted(cell))
        return moment

    def _aware(self, day: date, hour: time, moment: ReadTimestamp) -> datetime:
        """In the practice's zone. An hour that a clock change skips moves on as clocks do; of one
        that comes twice the first is meant."""
        try:
            local = datetime.combine(day, hour) + timedelta(days=moment.next_day)
            at = local.replace(tzinfo=moment.offset or self.zone).astimezone(UTC)
        except (OverflowError, ValueError):
            raise RowRefusedError("time_far", value=day.isoformat()) from None
        if not self.earliest <= at <= self.latest:
            raise RowRefusedError("time_far", value=day.isoformat())
        return at.astimezone(self.zone)


def _unused_email(written: str, email: str | None) -> RowWarning | None:
    return RowWarning("email_unused", written[:LONGEST_QUOTE]) if email is None else None


def tried(read: Callable[[], Value]) -> Value | None:
    try:
        return read()
    except RowRefusedError:
        return None


def _quoted(cell: Cell) -> str:
    return tidy(cell)[:LONGEST_QUOTE]
