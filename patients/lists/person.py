"""One row as one person, or the reason why not."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from patients.lists.cells import Cell, Formula, Row, tidy
from patients.lists.fields import Field
from patients.lists.emails import read_email
from patients.lists.moments import Moment, from_serial, read_moment
from patients.lists.phones import Kind, Phones
from patients.lists.survey import Survey
from patients.lists.words import channel_of, is_consent, language_of, plain

LONGEST_NAME = 120
LONGEST_DOCTOR = 120
LONGEST_TYPE = 80
LONGEST_EVIDENCE = 200
# A list without any hour: nobody may be asked before their visit, so it counts as past by then.
END_OF_DAY = time(20)
FARTHEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Person:
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the row is not taken, and what could be read of it all the same."""

    reason: str
    details: dict[str, Any]
    name: str = ""
    phone: str = ""
    email: str = ""
    appointment_time: datetime | None = None
    has_consent: bool | None = None


class RefusedError(Exception):
    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.refusal = Refusal(reason, details)


class Reader:
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
    ) -> None:
        places = {column.label: column.index for column in survey.columns}
        self.labels = {Field(field): label for field, label in mapping.items() if label in places}
        self.places = {field: places[label] for field, label in self.labels.items()}
        self.order, self.zone, self.language = date_order, zone, language
        self.declared = consent_words
        self.phones = Phones(country)
        now = datetime.now(UTC)
        self.earliest, self.latest = now - FARTHEST, now + FARTHEST
        time_column = survey.column(self.labels.get(Field.APPOINTMENT_TIME, ""))
        self.hours_known = Field.APPOINTMENT_HOUR in self.places or bool(
            time_column and time_column.evidence.hours
        )

    def read(self, row: Row) -> Person | Refusal:
        try:
            return self._person(row)
        except RefusedError as refused:
            return refused.refusal

    def _cell(self, row: Row, field: Field) -> Cell:
        place = self.places.get(field, -1)
        cell = row.cells[place] if 0 <= place < len(row.cells) else None
        if isinstance(cell, Formula):
            raise RefusedError("formula", column=self.labels[field])
        return cell

    def _text(self, row: Row, field: Field, limit: int = 0) -> str:
        text = tidy(self._cell(row, field))
        if limit and len(text) > limit:
            raise RefusedError("cell_too_long", column=self.labels[field], limit=limit)
        return text

    def _person(self, row: Row) -> Person:
        name = self._name(row)
        phone, email = self._address(row)
        consent, evidence = self._consent(row)
        return Person(
            name=name,
            phone=phone,
            email=email,
            appointment_time=self._appointment(row),
            appointment_type=self._text(row, Field.APPOINTMENT_TYPE, LONGEST_TYPE),
            doctor_name=self._text(row, Field.DOCTOR, LONGEST_DOCTOR),
            has_consent=consent,
            consent_words=evidence,
            channel=self._channel(row, phone, email),
            language=self._language(row),
        )

    def _name(self, row: Row) -> str:
        parts = (self._text(row, field) for field in (Field.FIRST_NAME, Field.LAST_NAME))
        name = self._text(row, Field.NAME) or " ".join(part for part in parts if part)
        if len(name) > LONGEST_NAME:
            raise RefusedError("name_too_long", limit=LONGEST_NAME)
        return name

    def _address(self, row: Row) -> tuple[str, str]:
        email = read_email(self._text(row, Field.EMAIL))
        kinds: list[tuple[Kind, str]] = []
        for field in (Field.PHONE, Field.OTHER_PHONE):
            text = self._text(row, field)
            phone = self.phones.read(text)
            if phone.kind is Kind.MOBILE:
                return phone.number, email or ""
            kinds.append((phone.kind, text[:60]))
        for wrong, code in ((Kind.EATEN, "phone_eaten"), (Kind.INVALID, "phone_invalid")):
            for kind, text in kinds:
                if kind is wrong:
                    raise RefusedError(code, value=text)
        if email:
            return "", email
        for kind, text in kinds:
            if kind is Kind.LANDLINE:
                raise RefusedError("phone_landline", value=text)
        if email is None:
            raise RefusedError("email_invalid", value=self._text(row, Field.EMAIL)[:60])
        raise RefusedError("unreachable")

    def _consent(self, row: Row) -> tuple[bool, str]:
        if Field.CONSENT not in self.places:
            return bool(self.declared), self.declared[:LONGEST_EVIDENCE]
        text = self._text(row, Field.CONSENT)
        said = f"{self.labels[Field.CONSENT]}: {text}"[:LONGEST_EVIDENCE] if text else ""
        return is_consent(text), said

    def _channel(self, row: Row, phone: str, email: str) -> str:
        text = self._text(row, Field.CHANNEL)
        channel = channel_of(text) if plain(text) else "SMS"
        if channel is None:
            raise RefusedError("channel_unknown", value=text[:60])
        if not phone:
            return "EMAIL"
        return "SMS" if channel == "EMAIL" and not email else channel

    def _language(self, row: Row) -> str:
        text = self._text(row, Field.LANGUAGE)
        language = language_of(text) if plain(text) else self.language
        if language is None:
            raise RefusedError("language_unknown", value=text[:60])
        return language

    def _appointment(self, row: Row) -> datetime:
        field = next(
            (one for one in (Field.APPOINTMENT_TIME, Field.APPOINTMENT_DATE) if one in self.places),
            None,
        )
        if field is None:
            raise RefusedError("time_missing")
        cell = self._cell(row, field)
        moment = self._moment(cell, field)
        hour = moment.hour
        next_day = moment.next_day
        if Field.APPOINTMENT_HOUR in self.places:
            apart = self._moment(self._cell(row, Field.APPOINTMENT_HOUR), Field.APPOINTMENT_HOUR)
            if apart.hour is not None:
                hour, next_day = apart.hour, apart.next_day
        if moment.day is None:
            raise RefusedError("time_invalid", value=tidy(cell)[:60])
        if hour is None:
            if self.hours_known:
                raise RefusedError("time_missing")
            hour = END_OF_DAY
        return self._aware(moment.day, hour, next_day, moment)

    def _moment(self, cell: Cell, field: Field) -> Moment:
        if isinstance(cell, datetime):
            return Moment(cell.date(), cell.time() if cell.hour or cell.minute else None)
        if isinstance(cell, date):
            return Moment(cell, None)
        if isinstance(cell, time):
            return Moment(None, cell)
        text = tidy(cell)
        if not text:
            if field is not Field.APPOINTMENT_HOUR:
                raise RefusedError("time_missing")
            return Moment(None, None)
        number = isinstance(cell, int | float)
        moment = from_serial(float(cell)) if number and not isinstance(cell, bool) else None  # type: ignore[arg-type]
        moment = moment or read_moment(text, self.order)
        if moment is None:
            raise RefusedError("time_invalid", value=text[:60])
        return moment

    def _aware(self, day: date, hour: time, next_day: bool, moment: Moment) -> datetime:
        try:
            local = datetime.combine(day, hour.replace(tzinfo=None)) + timedelta(days=int(next_day))
            at = local.replace(tzinfo=moment.offset or self.zone).astimezone(UTC)
        except (OverflowError, ValueError):
            raise RefusedError("time_far") from None
        if not self.earliest <= at <= self.latest:
            raise RefusedError("time_far", value=local.date().isoformat())
        return at.astimezone(self.zone)
