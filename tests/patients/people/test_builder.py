"""People built from facts, as the API sends them and as a list has them."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from patients.people.builder import PersonBuilder
from patients.people.facts import (
    AppointmentFacts,
    Person,
    PersonWarning,
    PracticeContext,
    Refusal,
    SourceFormat,
)
from patients.people.values import Formula

ECUADOR = PracticeContext(
    country="EC",
    zone=ZoneInfo("America/Guayaquil"),
    language="es",
    now=datetime(2026, 11, 20, 12, tzinfo=UTC),
)
FACTS = AppointmentFacts(
    name="Ana Muñoz",
    phone="0987654321",
    appointment_time=datetime(2026, 11, 20, 14, 30, tzinfo=UTC),
)


def build(facts: AppointmentFacts, source: SourceFormat | None = None) -> Person | Refusal:
    return PersonBuilder(ECUADOR, source or SourceFormat()).build(facts)


def test_typed_facts_give_a_person_in_the_zone_and_language_of_the_practice() -> None:
    person = build(FACTS._replace(consent=True, consent_words="Web form", did_not_happen=False))

    assert isinstance(person, Person)
    assert person.phone == "+593987654321"
    assert person.appointment_time.isoformat() == "2026-11-20T09:30:00-05:00"
    assert (person.channel, person.language) == ("SMS", "es")
    assert (person.has_consent, person.consent_words) == (True, "Web form")
    assert person.did_not_happen is False


def test_text_facts_give_the_same_person_as_typed_facts() -> None:
    as_text = FACTS._replace(appointment_time="20/11/2026", appointment_hour="9h30", consent="sí")
    source = SourceFormat(labels={"consent": "Autoriza"}, date_order="DMY")

    typed = build(FACTS._replace(consent=True, consent_words="Autoriza: sí"))

    assert build(as_text, source) == typed


def test_consent_without_words_is_quoted_with_its_label() -> None:
    person = build(FACTS._replace(consent="Acepto"), SourceFormat(labels={"consent": "Autoriza"}))

    assert isinstance(person, Person)
    assert person.consent_words == "Autoriza: Acepto"


@pytest.mark.parametrize(("declared", "has_consent"), [("Todos firmaron", True), ("", False)])
def test_declared_consent_replaces_the_fact(declared: str, has_consent: bool) -> None:
    person = build(FACTS, SourceFormat(declared_consent=declared))

    assert isinstance(person, Person)
    assert (person.has_consent, person.consent_words) == (has_consent, declared)


def test_did_not_happen_overrides_the_status() -> None:
    person = build(FACTS._replace(status="Atendido", did_not_happen=True))

    assert isinstance(person, Person)
    assert person.did_not_happen is True


def test_midnight_is_a_time_unless_the_source_stores_days_as_midnight() -> None:
    midnight = FACTS._replace(appointment_time=datetime(2026, 11, 20))  # noqa: DTZ001
    days_alone = SourceFormat(has_hours=False, midnight_is_a_time=False)

    exact, end_of_day = build(midnight), build(midnight, days_alone)

    assert isinstance(exact, Person)
    assert isinstance(end_of_day, Person)
    assert (exact.appointment_time.hour, end_of_day.appointment_time.hour) == (0, 20)


def test_unusable_phone_with_a_valid_email_gives_a_warning() -> None:
    person = build(FACTS._replace(phone="09876", email="ana@correo.ec"))

    assert isinstance(person, Person)
    assert (person.phone, person.channel) == ("", "EMAIL")
    assert person.warning == PersonWarning("phone_unused", "09876")


@pytest.mark.parametrize(
    ("facts", "reason", "details"),
    [
        (FACTS._replace(phone=None), "unreachable", {}),
        (FACTS._replace(phone="09876"), "phone_invalid", {"value": "09876"}),
        (FACTS._replace(appointment_time=None), "time_missing", {}),
        (FACTS._replace(channel="paloma"), "channel_unknown", {"value": "paloma"}),
        (FACTS._replace(doctor="=A1"), "formula", {"column": "doctor_name"}),
        (FACTS._replace(doctor=Formula("#REF!")), "formula", {"column": "doctor_name"}),
    ],
)
def test_unusable_fact_gives_a_refusal_with_its_reason(
    facts: AppointmentFacts, reason: str, details: dict[str, object]
) -> None:
    refusal = build(facts, SourceFormat(labels={"doctor": "doctor_name"}))

    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.details) == (reason, details)


def test_refusal_has_the_facts_that_are_readable() -> None:
    refusal = build(FACTS._replace(appointment_time="mañana", email="ana@correo.ec"))

    expected = Refusal("time_invalid", {"value": "mañana"})
    assert refusal == replace(
        expected,
        name="Ana Muñoz",
        phone="+593987654321",
        email="ana@correo.ec",
        has_consent=False,
    )
