from datetime import date

import pytest
from django.utils import translation

from insights.month.months import Month, choose_month

TODAY, CREATED = date(2026, 3, 15), date(2025, 6, 2)


@pytest.mark.parametrize(
    ("month", "first", "last", "previous", "following"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "2026-01", "2026-03"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028-01", "2028-03"),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31), "2025-11", "2026-01"),
    ],
)
def test_days_and_neighbours_of_a_month(
    month: str, first: date, last: date, previous: str, following: str
) -> None:
    parsed = Month.parse(month)
    assert parsed is not None

    assert (parsed.first, parsed.last) == (first, last)
    assert (str(parsed.previous), str(parsed.next)) == (previous, following)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "2026-02"),
        ("2025-11", "2025-11"),
        ("2026-03", "2026-03"),
        ("2026-04", "2026-02"),
        ("1999-12", "2026-02"),
        ("2026-13", "2026-02"),
        ("marzo", "2026-02"),
        ("2026-03-01", "2026-02"),
        ("2026-٠3", "2026-02"),
    ],
)
def test_month_of_an_address(text: str, expected: str) -> None:
    assert str(choose_month(text, today=TODAY, created=CREATED)) == expected


def test_new_clinic_starts_with_its_first_month() -> None:
    assert str(choose_month("", today=TODAY, created=date(2026, 3, 2))) == "2026-03"


@pytest.mark.parametrize(
    ("language", "name", "beside"),
    [("es", "marzo de 2026", "marzo"), ("en", "March 2026", "March")],
)
def test_months_are_named_in_the_language_of_the_page(
    language: str, name: str, beside: str
) -> None:
    with translation.override(language):
        assert Month(2026, 3).name == name
        assert Month(2026, 3).name_beside(Month(2026, 4)) == beside
        assert Month(2026, 3).name_beside(Month(2027, 1)) == name
