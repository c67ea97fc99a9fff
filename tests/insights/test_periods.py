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
USUAL = (date(2026, 10, 22), TODAY)


def days(**wishes: str) -> tuple[date, date]:
    period = periods.chosen(wishes, today=TODAY)
    assert not period.problem
    return period.first, period.last


def test_a_period_ends_today_and_counts_today() -> None:
    assert days() == USUAL
    assert days(period="7") == (date(2026, 11, 14), TODAY)
    assert days(period="30") == USUAL
    assert days(period="90") == (date(2026, 8, 23), TODAY)
    assert days(period="12m") == (date(2025, 11, 21), TODAY)


def test_a_leap_day_has_a_year_before() -> None:
    period = periods.chosen({"period": "12m"}, today=date(2028, 2, 29))

    assert period.first == date(2027, 3, 1)


def test_own_days_are_both_in_it() -> None:
    assert days(**{"from": "2026-03-01", "to": "2026-03-31"}) == (
        date(2026, 3, 1),
        date(2026, 3, 31),
    )


def test_without_an_end_it_goes_on_until_today() -> None:
    assert days(period="own", **{"from": "2026-11-01"}) == (date(2026, 11, 1), TODAY)


def test_days_to_come_are_left_out() -> None:
    assert days(**{"from": "2026-11-01", "to": "2027-01-01"}) == (date(2026, 11, 1), TODAY)


@pytest.mark.parametrize(
    "wishes",
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
def test_an_impossible_period_gets_a_sentence_and_the_usual_days(wishes: dict[str, str]) -> None:
    period = periods.chosen(wishes, today=TODAY)

    assert period.problem.endswith(".")
    assert (period.first, period.last) == USUAL


@given(st.dictionaries(st.sampled_from(["period", "from", "to"]), st.text(max_size=12)))
def test_whatever_stands_in_an_address_is_a_period(wishes: dict[str, str]) -> None:
    period = periods.chosen(wishes, today=TODAY)

    assert period.first <= period.last <= TODAY
    assert period.before.days == period.days


def test_the_period_before_is_as_long_and_touches_it() -> None:
    before = Period(date(2026, 3, 1), date(2026, 3, 31)).before

    assert (before.first, before.last) == (date(2026, 1, 29), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("days", "step"), [("7", "day"), ("30", "day"), ("90", "week"), ("12m", "month")]
)
def test_the_longer_the_period_the_longer_its_steps(days: str, step: str) -> None:
    assert periods.chosen({"period": days}, today=TODAY).step == step


def test_steps_begin_on_mondays_and_firsts() -> None:
    period = Period(date(2026, 11, 4), date(2026, 12, 1))

    assert list(period.starts(PeriodStep.WEEK))[:2] == [date(2026, 11, 2), date(2026, 11, 9)]
    assert list(period.starts(PeriodStep.MONTH)) == [date(2026, 11, 1), date(2026, 12, 1)]


@pytest.mark.django_db
def test_today_is_where_it_is_latest() -> None:
    workspace = WorkspaceFactory.create()
    for zone in ("America/Guayaquil", "Pacific/Kiritimati"):
        PracticeFactory.create(workspace=workspace, timezone=zone)
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)

    with tenancy.within(workspace.pk), mock.patch("django.utils.timezone.now", return_value=noon):
        assert periods.today(workspace) == date(2026, 11, 21)
