"""What a source says about one appointment, and what the builder makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from patients.people.statuses import StatusAnswers, VisitStatus
from patients.people.values import Value

MAX_NAME = 120
MAX_DOCTOR = 120
MAX_TYPE = 80
MAX_EVIDENCE = 200


class AppointmentFacts(NamedTuple):
    """One appointment in the words of its source. What the source does not say is None.

    A tuple, because lists make one for every row and it is the cheapest class to fill.
    """

    name: Value = None
    # Used where there is no whole name.
    first_name: Value = None
    last_name: Value = None
    phone: Value = None
    # Used where `phone` is no mobile number.
    other_phone: Value = None
    email: Value = None
    # A day with its time, or a day alone with the time in `appointment_hour`.
    appointment_time: Value = None
    appointment_hour: Value = None
    appointment_type: Value = None
    doctor: Value = None
    # Attended, cancelled and so on, as text. `did_not_happen` overrides it.
    status: Value = None
    did_not_happen: bool | None = None
    # True, False, or the answer as text.
    consent: Value = None
    # The evidence of the consent. None: quote `consent`.
    consent_words: str | None = None
    channel: Value = None
    language: Value = None


@dataclass(frozen=True)
class SourceFormat:
    """How one source writes its facts. The defaults are those of a program that sends typed values.

    `labels` is what the source calls its facts; refusals and consent evidence quote them.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    date_order: str = "YMD"
    # False for a source of days without times: its appointments count as over at END_OF_DAY.
    has_hours: bool = True
    # False where midnight only means that a day was stored without its time.
    midnight_is_a_time: bool = True
    # Everybody's consent, declared with these words ("" for none) by somebody who uploads a source
    # without consent facts.
    declared_consent: str | None = None
    # True below a heading such as "Does not want messages".
    consent_is_refusal: bool = False
    # What a plain yes or no means as a status.
    status_answers: StatusAnswers = StatusAnswers.NOTHING


@dataclass(frozen=True)
class PracticeContext:
    """What the facts are read against. `language` is for people whose source names none."""

    country: str
    zone: ZoneInfo
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A person with an appointment, ready to be saved as a patient."""

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
    # None where the source does not say, or in words that we do not know.
    did_not_happen: bool | None = None
    status: VisitStatus | None = None
    status_words: str = ""
    warning: "PersonWarning | None" = None


@dataclass(frozen=True, slots=True)
class PersonWarning:
    """A fact that was left out although the person is accepted."""

    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nobody could be built, and those facts that were readable all the same."""

    reason: str
    details: dict[str, Any]
    name: str = ""
    phone: str = ""
    email: str = ""
    appointment_time: datetime | None = None
    has_consent: bool | None = None


class FactsRefusedError(Exception):
    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.refusal = Refusal(reason, details)
