from config.embedded.places import ROOT
from reviews.request_budget import REQUESTS_A_MINUTE
from reviews.sync.capacity import (
    Load,
    minutes_after_a_day_away,
    minutes_of_first_fetch,
    render_plan,
    requests_a_minute,
)


def test_ten_thousand_locations_fit_the_quota() -> None:
    parts = requests_a_minute(Load())

    assert round(parts["changes, hourly"], 1) == 166.7
    assert sum(parts.values()) < REQUESTS_A_MINUTE * 0.9


def test_documented_plan_is_the_calculated_one() -> None:
    assert render_plan(Load()) in (ROOT / "docs/google.md").read_text()


def test_documented_times_are_the_calculated_ones() -> None:
    assert round(minutes_after_a_day_away(Load())) == 37
    assert 3 < minutes_of_first_fetch(Load(), locations=100) < 4


def test_more_locations_than_the_quota_allows_are_found_out() -> None:
    assert sum(requests_a_minute(Load(locations=16_000)).values()) > REQUESTS_A_MINUTE
