from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.months import Month, month_of

SIX_YEARS = 6 * 366 * 24 * 3600
moments = st.integers(1_700_000_000, 1_700_000_000 + SIX_YEARS).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("anchor", "moment", "starts", "ends"),
    [
        ("2026-01-15T10:00", "2026-01-15T10:00", "2026-01-15T10:00", "2026-02-15T10:00"),
        ("2026-01-15T10:00", "2026-02-15T09:59", "2026-01-15T10:00", "2026-02-15T10:00"),
        ("2026-01-15T10:00", "2026-02-15T10:00", "2026-02-15T10:00", "2026-03-15T10:00"),
        ("2026-01-31T10:00", "2026-02-28T10:00", "2026-02-28T10:00", "2026-03-31T10:00"),
        ("2026-01-31T10:00", "2026-03-01T00:00", "2026-02-28T10:00", "2026-03-31T10:00"),
        ("2024-02-29T10:00", "2025-03-01T00:00", "2025-02-28T10:00", "2025-03-29T10:00"),
        ("2026-11-20T10:00", "2027-01-05T00:00", "2026-12-20T10:00", "2027-01-20T10:00"),
    ],
)
def test_month_begins_on_the_day_of_the_first_payment(
    anchor: str, moment: str, starts: str, ends: str
) -> None:
    assert month_of(at(anchor), at(moment)) == Month(at(starts), at(ends))


def test_moment_before_the_first_payment_is_in_no_month() -> None:
    assert month_of(at("2026-01-15T10:00"), at("2026-01-15T09:59")) is None


@given(anchor=moments, moment=moments)
def test_months_follow_each_other_without_gaps(anchor: datetime, moment: datetime) -> None:
    month = month_of(anchor, moment)

    if month is None:
        assert moment < anchor
        return
    assert month.starts_at <= moment < month.ends_at
    assert month_of(anchor, month.starts_at) == month
    after = month_of(anchor, month.ends_at)
    assert after
    assert after.starts_at == month.ends_at
    assert timedelta(days=28) <= month.ends_at - month.starts_at <= timedelta(days=31)
