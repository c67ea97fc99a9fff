"""How many requests a minute the engine needs, by a calculation that the bench prints too."""

from dataclasses import dataclass
from math import ceil

from reviews.google import PAGE_SIZE
from reviews.request_budget import REQUESTS_A_MINUTE, requests_of_api
from reviews.sync.due import CHANGES_EVERY, SWEEP_EVERY

MINUTE = 60.0
MONTH_MINUTES = 30 * 24 * 60


@dataclass(frozen=True)
class Load:
    """What is assumed of the clinics. The numbers are those of a busy practice."""

    locations: int = 10_000
    reviews_each: int = 150
    new_a_month_each: float = 10
    # Of the reviews of a location.
    deleted_a_month: float = 0.01
    # Of the new reviews. Each reply is one edit, and some questions about its moderation.
    answered: float = 0.8
    asked_about_moderation: int = 3
    # Requests that have to be repeated.
    repeated: float = 0.05


def requests_a_minute(load: Load) -> dict[str, float]:
    """Return what each kind of work takes of the quota of Google's reviews API."""
    new = load.locations * load.new_a_month_each / MONTH_MINUTES
    pages = ceil(load.reviews_each / PAGE_SIZE)
    deleted = load.locations * load.reviews_each * load.deleted_a_month / MONTH_MINUTES
    parts = {
        "changes, hourly": load.locations / (CHANGES_EVERY.total_seconds() / MINUTE),
        "changes, after pushes": new,
        "sweeps, weekly": load.locations * pages / (SWEEP_EVERY.total_seconds() / MINUTE),
        # The review itself, and the question whether the location is still there.
        "deleted reviews, one by one": 2 * deleted,
        "replies": new * load.answered,
        "moderation of replies": new * load.answered * load.asked_about_moderation,
    }
    return {**parts, "repeated": sum(parts.values()) * load.repeated}


def minutes_after_a_day_away(load: Load) -> float:
    """Return how long it takes to look at each location once after Google was away for a day.

    People keep their part of the budget.
    """
    budget = requests_of_api("REVIEWS")
    pages = ceil(load.new_a_month_each / 30 / PAGE_SIZE)
    return load.locations * pages / (budget.rate * MINUTE)


def minutes_of_first_fetch(load: Load, *, locations: int = 1) -> float:
    """Return how long the first fetch of a new clinic takes from what the others leave."""
    left = requests_of_api("REVIEWS").rate * MINUTE - sum(requests_a_minute(load).values())
    return locations * ceil(load.reviews_each / PAGE_SIZE) / left


def render_plan(load: Load) -> str:
    """Return the plan as the table of docs/google.md."""
    parts = requests_a_minute(load)
    total = sum(parts.values())
    rows = [f"| {name} | {number:.1f} |" for name, number in parts.items()]
    return "\n".join(
        [
            f"| for {load.locations:,} locations | requests a minute |",
            "|---|---:|",
            *rows,
            f"| **together** | **{total:.1f}** |",
            f"| Google allows | {REQUESTS_A_MINUTE} |",
        ]
    )
