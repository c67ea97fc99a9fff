"""Build a person from the facts of one appointment, or say why that is impossible.

Lists call it with the cells of a row, the API with the fields of a JSON object.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from patients.people.emails import read_email
from patients.people.facts import (
    MAX_DOCTOR,
    MAX_EVIDENCE,
    MAX_NAME,
    MAX_TYPE,
    AppointmentFacts,
    FactsRefusedError,
    Person,
    PersonWarning,
    PracticeContext,
    Refusal,
    SourceFormat,
)
from patients.people.phones import PhoneKind, PhoneReader
from patients.people.statuses import VisitStatus, parse_status
from patients.people.timestamps import ParsedTimestamp, parse_hour, parse_serial, parse_timestamp
from patients.people.values import Formula, Value, clean_text
from patients.people.words import is_consent, parse_channel, parse_language
from workspaces.vetting.plain_names import carries_address

MAX_QUOTE = 60
MAX_STATUS = 40
# Nobody is asked before their visit, so a day without a time counts as over by then.
END_OF_DAY = time(20)
MAX_DISTANCE = timedelta(days=2 * 366)
# Days, doctors and channels repeat from row to row, so this many parsed values are kept.
MAX_CACHED = 20_000
PHONE_PROBLEMS = {PhoneKind.EATEN: "phone_eaten", PhoneKind.INVALID: "phone_invalid"}
# Anchored to the beginning of a word: tried from every letter, a long text takes seconds.
EMAIL_IN_TEXT = re.compile(r"(?<!\S)\S+@\S+")

# Phone and e-mail (empty where missing), and a warning when one of them was unusable.
Addresses = tuple[str, str, PersonWarning | None]

Key = TypeVar("Key")
Result = TypeVar("Result")


class ParseCache(dict[Key, Result], Generic[Key, Result]):
    """Parsed values by their source values. Refusals are raised and therefore never cached."""

    def __init__(self, parse: Callable[[Key], Result]) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, key: Key) -> Result:
        if len(self) >= MAX_CACHED:
            self.clear()
        result = self[key] = self.parse(key)
        return result


class PersonBuilder:
    """Builds the people of one source for one practice."""

    def __init__(self, context: PracticeContext, source: SourceFormat) -> None:
        self.source = source
        self.zone, self.language = context.zone, context.language
        self.earliest, self.latest = context.now - MAX_DISTANCE, context.now + MAX_DISTANCE
        self.phones = PhoneReader(context.country)
        self.appointment_times = ParseCache(self._parse_appointment_time)
        self.consents = ParseCache(self._parse_consent)
        self.types: ParseCache[Value, str] = ParseCache(
            lambda value: self._limited_text(value, "appointment_type", MAX_TYPE)
        )
        self.doctors: ParseCache[Value, str] = ParseCache(
            lambda value: self._limited_text(value, "doctor", MAX_DOCTOR)
        )
        self.channels = ParseCache(self._parse_channel)
        self.languages = ParseCache(self._parse_language)
        self.statuses = ParseCache(self._parse_status)

    def build(self, facts: AppointmentFacts) -> Person | Refusal:
        """Return the person, or the refusal with those facts that could be read."""
        try:
            return self._build_person(facts)
        except FactsRefusedError as error:
            return replace(error.refusal, **self._salvage_facts(facts))

    def _build_person(self, facts: AppointmentFacts) -> Person:
        name = self._read_name(facts)
        phone, email, warning = self._read_addresses(facts)
        has_consent, consent_words = self._read_consent(facts)
        channel = self.channels[self._refuse_formula(facts.channel, "channel")]
        if not phone or (channel == "EMAIL" and not email):
            channel = "EMAIL" if not phone else "SMS"
        hour = self._refuse_formula(facts.appointment_hour, "appointment_hour")
        status, did_not_happen, status_words = self.statuses[
            self._refuse_formula(facts.status, "status")
        ]
        if facts.did_not_happen is not None:
            did_not_happen = facts.did_not_happen
        # By position: keywords would cost a tenth of the time that a row takes.
        return Person(
            name,
            phone,
            email,
            self.appointment_times[
                self._refuse_formula(facts.appointment_time, "appointment_time"), hour
            ],
            self.types[self._refuse_formula(facts.appointment_type, "appointment_type")],
            self.doctors[self._refuse_formula(facts.doctor, "doctor")],
            has_consent,
            consent_words,
            channel,
            self.languages[self._refuse_formula(facts.language, "language")],
            did_not_happen,
            status,
            status_words,
            warning,
        )

    def _salvage_facts(self, facts: AppointmentFacts) -> dict[str, Any]:
        """Read each fact separately, so that one bad fact does not hide the others."""
        hour = _none_if_refused(
            lambda: self._refuse_formula(facts.appointment_hour, "appointment_hour")
        )
        phone = _none_if_refused(lambda: self.phones.read(self._read_text(facts.phone, "phone")))
        consent = _none_if_refused(lambda: self._read_consent(facts))
        return {
            "name": _none_if_refused(lambda: self._read_name(facts)) or "",
            "phone": phone.number if phone and phone.kind is PhoneKind.MOBILE else "",
            "email": _none_if_refused(lambda: read_email(self._read_text(facts.email, "email")))
            or "",
            "appointment_time": _none_if_refused(
                lambda: self.appointment_times[
                    self._refuse_formula(facts.appointment_time, "appointment_time"), hour
                ]
            ),
            "has_consent": consent[0] if consent else None,
        }

    def _column_label(self, fact: str) -> str:
        """Return what the source calls a fact: the heading of its column, or the field's name."""
        return self.source.labels.get(fact, fact)

    def _refuse_formula(self, value: Value, fact: str) -> Value:
        """Return the value as it is, or refuse a spreadsheet's formula, whose result is unknown.

        This happens before the caches are asked: to them, a formula equals the same text.
        """
        if value.__class__ is Formula:
            raise FactsRefusedError("formula", column=self._column_label(fact))
        return value

    def _read_text(self, value: Value, fact: str) -> str:
        """Return the text of a value that is not cached, which may be missing."""
        if value is None or value == "":
            return ""
        return self._read_cell_text(self._refuse_formula(value, fact), fact)

    def _read_cell_text(self, value: Value, fact: str) -> str:
        """Return the cleaned text of a value. Refuse a formula that a CSV file holds as text."""
        text = clean_text(value)
        if text[:1] == "=" and isinstance(value, str) and value.lstrip()[:1] == "=":
            raise FactsRefusedError("formula", column=self._column_label(fact))
        return text

    def _limited_text(self, value: Value, fact: str, limit: int) -> str:
        text = self._read_cell_text(value, fact)
        if len(text) > limit:
            raise FactsRefusedError("cell_too_long", column=self._column_label(fact), limit=limit)
        return text

    def _read_name(self, facts: AppointmentFacts) -> str:
        """Return the full name. A name with a web address would put a link into our messages."""
        name = self._read_text(facts.name, "name")
        if not name:
            first_name = self._read_text(facts.first_name, "first_name")
            last_name = self._read_text(facts.last_name, "last_name")
            name = f"{first_name} {last_name}".strip()
        if len(name) > MAX_NAME:
            raise FactsRefusedError("name_too_long", limit=MAX_NAME)
        if carries_address(name):
            raise FactsRefusedError("name_with_address", value=name[:MAX_QUOTE])
        return name

    def _read_addresses(self, facts: AppointmentFacts) -> Addresses:
        """Return phone and e-mail. Most rows have a common mobile and need no further reading."""
        phone_text = self._read_text(facts.phone, "phone")
        number = self.phones.read_common_form(phone_text)
        email_text = self._read_text(facts.email, "email")
        email = read_email(email_text) if email_text else ""
        if number:
            return number, email or "", _unused_email_warning(email_text, email)
        if match := EMAIL_IN_TEXT.search(phone_text):
            # Some lists have one column for phones and e-mails.
            phone_text = EMAIL_IN_TEXT.sub(" ", phone_text).strip(" /;,|-")
            email_text = email_text or match[0]
            email = read_email(email_text)
        other_phone_text = self._read_text(facts.other_phone, "other_phone")
        return self._choose_addresses([phone_text, other_phone_text], email_text, email)

    def _choose_addresses(
        self, phone_texts: list[str], email_text: str, email: str | None
    ) -> Addresses:
        """Take the first mobile, else the e-mail. `email` is None when it is unreadable."""
        phones = {text: self.phones.read(text) for text in phone_texts}
        for phone in phones.values():
            if phone.kind is PhoneKind.MOBILE:
                return phone.number, email or "", _unused_email_warning(email_text, email)
        for kind, reason in PHONE_PROBLEMS.items():
            for text, phone in phones.items():
                if phone.kind is not kind:
                    continue
                if email:
                    return "", email, PersonWarning("phone_unused", text[:MAX_QUOTE])
                raise FactsRefusedError(reason, value=text[:MAX_QUOTE])
        if email:
            return "", email, None
        for text, phone in phones.items():
            if phone.kind is PhoneKind.LANDLINE:
                raise FactsRefusedError("phone_landline", value=text[:MAX_QUOTE])
        if email is None:
            raise FactsRefusedError("email_invalid", value=email_text[:MAX_QUOTE])
        raise FactsRefusedError("unreachable")

    def _read_consent(self, facts: AppointmentFacts) -> tuple[bool, str]:
        """Return whether the person agreed, and the evidence of it."""
        if self.source.declared_consent is not None:
            return bool(self.source.declared_consent), self.source.declared_consent
        has_consent, quote = self.consents[self._refuse_formula(facts.consent, "consent")]
        return has_consent, quote if facts.consent_words is None else facts.consent_words

    def _parse_consent(self, value: Value) -> tuple[bool, str]:
        text = self._read_cell_text(value, "consent")
        if not text:
            return False, ""
        quote = f"{self._column_label('consent')}: {text}"[:MAX_EVIDENCE]
        return is_consent(text) and not self.source.consent_is_refusal, quote

    def _parse_channel(self, value: Value) -> str:
        text = self._read_cell_text(value, "channel")
        channel = parse_channel(text)
        if channel is None:
            raise FactsRefusedError("channel_unknown", value=text[:MAX_QUOTE])
        return channel or "SMS"

    def _parse_language(self, value: Value) -> str:
        text = self._read_cell_text(value, "language")
        language = parse_language(text)
        if language is None:
            raise FactsRefusedError("language_unknown", value=text[:MAX_QUOTE])
        return language or self.language

    def _parse_status(self, value: Value) -> tuple[VisitStatus | None, bool | None, str]:
        """Return the status, whether it means that the visit did not happen, and its words."""
        text = self._read_cell_text(value, "status")
        status = parse_status(text, self.source.status_answers)
        if status is None:
            return None, None, ""
        did_not_happen = {VisitStatus.HAPPENED: False, VisitStatus.DID_NOT_HAPPEN: True}
        return status, did_not_happen.get(status), text[:MAX_STATUS]

    def _parse_appointment_time(self, values: tuple[Value, Value]) -> datetime:
        day_value, hour_value = values
        moment = self._parse_timestamp(day_value, "appointment_time")
        if moment is None:
            raise FactsRefusedError("time_missing")
        if moment.day is None:
            raise FactsRefusedError("time_invalid", value=_quote_value(day_value))
        separate_hour = self._parse_timestamp(hour_value, "appointment_hour")
        timed = separate_hour if separate_hour and separate_hour.hour is not None else moment
        is_midnight = timed is moment and moment.hour == time(0) and not moment.next_day
        if is_midnight and not self.source.midnight_is_a_time:
            timed = ParsedTimestamp(moment.day)
        if timed.hour is None and self.source.has_hours:
            raise FactsRefusedError("time_missing")
        hour = END_OF_DAY if timed.hour is None else timed.hour
        return self._to_practice_time(moment.day, hour, timed)

    def _parse_timestamp(self, value: Value, fact: str) -> ParsedTimestamp | None:
        """Return None for an empty value."""
        if isinstance(value, datetime):
            hour = value.time().replace(tzinfo=None)
            return ParsedTimestamp(value.date(), hour, offset=value.tzinfo)
        if isinstance(value, date):
            return ParsedTimestamp(value)
        if isinstance(value, time):
            return ParsedTimestamp(None, value.replace(tzinfo=None))
        parsed = parse_serial(value) if isinstance(value, float) else None
        if parsed is None:
            text = self._read_cell_text(value, fact) if value is not None else ""
            if not text:
                return None
            if fact == "appointment_hour":
                parsed = parse_hour(text)
            parsed = parsed or parse_timestamp(text, self.source.date_order)
        if parsed is None:
            raise FactsRefusedError("time_invalid", value=_quote_value(value))
        return parsed

    def _to_practice_time(self, day: date, hour: time, timed: ParsedTimestamp) -> datetime:
        """Return the moment in the practice's zone. A time that a clock change skips moves on with
        the clocks; of a time that comes twice the first one is taken."""
        try:
            local = datetime.combine(day, hour) + timedelta(days=timed.next_day)
            moment = local.replace(tzinfo=timed.offset or self.zone).astimezone(UTC)
        except (OverflowError, ValueError):
            raise FactsRefusedError("time_far", value=day.isoformat()) from None
        if not self.earliest <= moment <= self.latest:
            raise FactsRefusedError("time_far", value=day.isoformat())
        return moment.astimezone(self.zone)


def _unused_email_warning(text: str, email: str | None) -> PersonWarning | None:
    return PersonWarning("email_unused", text[:MAX_QUOTE]) if email is None else None


def _none_if_refused(read: Callable[[], Result]) -> Result | None:
    """Return what `read` returns, or None if it refuses the fact."""
    try:
        return read()
    except FactsRefusedError:
        return None


def _quote_value(value: Value) -> str:
    return clean_text(value)[:MAX_QUOTE]
