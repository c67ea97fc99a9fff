"""Names that look like one doctor are suggested, never merged."""

from datetime import UTC, datetime

import pytest

from patients.doctors.similarity import look_alike, suggest_reviews
from patients.models import Doctor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dra. Maria Perez", "Dr. María Pérez Gómez"),
        ("Pérez Gómez María", "Dra. María Pérez"),
        ("M. Pérez", "María Pérez"),
        ("Dra. Pérez", "María Pérez"),
        ("María Peres", "María Pérez"),
        ("Andrés Cevalos", "Andrés Cevallos"),
        ("Andrés Cevalols", "Andrés Cevallos"),
    ],
)
def test_names_that_may_be_one_person_look_alike(one: str, other: str) -> None:
    assert look_alike(one, other)
    assert look_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("María Pérez", "María López"),
        ("María Pérez", "Juan Pérez"),
        ("Dr. Vera", "Dra. Vera"),
        ("Dra. Vera", "Dr. Juan Vera"),
        ("Ana Paz", "Ana Pas"),
        ("M. P.", "M. P. Gómez"),
    ],
)
def test_names_of_two_people_do_not_look_alike(one: str, other: str) -> None:
    assert not look_alike(one, other)
    assert not look_alike(other, one)


def test_newer_name_is_up_for_review() -> None:
    old = Doctor(name="Dr. María Pérez Gómez")
    new, other = Doctor(name="Dra. Maria Perez"), Doctor(name="Dr. Juan Vera")

    [suggestion] = suggest_reviews([new, other, old])

    assert (suggestion.doctor, suggestion.similar) == (new, [old])


def test_reviewed_name_is_suggested_for_newer_ones_alone() -> None:
    old = Doctor(name="Dr. María Pérez Gómez")
    reviewed = Doctor(name="Dra. Maria Perez", reviewed_at=datetime(2026, 11, 1, tzinfo=UTC))
    newest = Doctor(name="Maria Perez G.")

    [suggestion] = suggest_reviews([old, reviewed, newest])

    assert (suggestion.doctor, suggestion.similar) == (newest, [old, reviewed])
