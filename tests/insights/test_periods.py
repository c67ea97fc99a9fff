from datetime import UTC, date, datetime
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tenancy
from insights import periods
from insights.periods import Period, PeriodStep
from tests.factories import PracticeFactory, WorkspaceFactory

TODAY = date(2026, 11, 20)
LAST_30_DAYS = (date(2026, 10, 22), TODAY)


def parse_days(**query: str) -> tuple[date, date]:
    period = periods.parse_period(query, today=TODAY)
    assert not period.problem
    return period.first, period.last


def test_named_period_ends_with_today() -> None:
    assert parse_days() == LAST_30_DAYS
    assert parse_days(period="7") == (date(2026, 11, 14), TODAY)
    assert parse_days(period="30") == LAST_30_DAYS
    assert parse_days(period="90") == (date(2026, 8, 23), TODAY)
    assert parse_days(period="12m") == (date(2025, 11, 21), TODAY)


def test_year_before_a_leap_day_starts_on_march_1() -> None:
    period = periods.parse_period({"period": "12m"}, today=date(2028, 2, 29))

    assert period.first == date(2027, 3, 1)


def test_period_includes_first_and_last_day() -> None:
    assert parse_days(**{"from": "2026-03-01", "to": "2026-03-31"}) == (
        date(2026, 3, 1),
        date(2026, 3, 31),
    )


def test_period_without_end_lasts_until_today() -> None:
    assert parse_days(period="own", **{"from": "2026-11-01"}) == (date(2026, 11, 1), TODAY)


def test_future_days_are_left_out() -> None:
    assert parse_days(**{"from": "2026-11-01", "to": "2027-01-01"}) == (date(2026, 11, 1), TODAY)


@pytest.mark.parametrize(
    "query",
    [
        {"period": "fortnight"},
        {"period": "own"},
        {"from": "yesterday"},
        {"from": "2026-02-30", "to": "2026-03-01"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "2027-01-01", "to": "2027-02-01"},
        {"from": "0001-01-01", "to": "2026-01-01"},
        {"from": "9999-12-31"},
        {"to": "2026-03-01"},
        {"from": "2026-03-01\0"},
    ],
)
def test_invalid_period_becomes_last_30_days_with_a_problem(query: dict[str, str]) -> None:
    period = periods.parse_period(query, today=TODAY)

    assert period.problem.endswith(".")
    assert (period.first, period.last) == LAST_30_DAYS


@given(st.dictionaries(st.sampled_from(["period", "from", "to"]), st.text(max_size=12)))
def test_any_query_gives_a_valid_period(query: dict[str, str]) -> None:
    period = periods.parse_period(query, today=TODAY)

    assert period.first <= period.last <= TODAY
    assert period.before.days == period.days


def test_period_before_is_as_long_and_ends_the_day_before() -> None:
    before = Period(date(2026, 3, 1), date(2026, 3, 31)).before

    assert (before.first, before.last) == (date(2026, 1, 29), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("days", "step"), [("7", "day"), ("30", "day"), ("90", "week"), ("12m", "month")]
)
def test_longer_period_has_longer_steps(days: str, step: str) -> None:
    assert periods.parse_period({"period": days}, today=TODAY).step == step


def test_steps_start_on_monday_and_first_of_month() -> None:
    period = Period(date(2026, 11, 4), date(2026, 12, 1))

    assert list(period.starts(PeriodStep.WEEK))[:2] == [date(2026, 11, 2), date(2026, 11, 9)]
    assert list(period.starts(PeriodStep.MONTH)) == [date(2026, 11, 1), date(2026, 12, 1)]


@pytest.mark.django_db
def test_today_is_the_latest_date_of_all_practices() -> None:
    workspace = WorkspaceFactory.create()
    for zone in ("America/Guayaquil", "Pacific/Kiritimati"):
        PracticeFactory.create(workspace=workspace, timezone=zone)
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)

    with tenancy.within(workspace.pk), mock.patch("django.utils.timezone.now", return_value=noon):
        assert periods.latest_local_date(workspace) == date(2026, 11, 21)
