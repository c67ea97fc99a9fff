"""Reviews fetched per second beside COPY of the same rows, and requests beside the fewest."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from math import ceil

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from core import tenancy
from dev.benches import Case
from dev.benches.database import as_owner, own_database
from dev.benches.google import BenchedGoogle, google
from dev.benches.reviews_once import fetch_changes, fetch_everything, read_pages, store_pages
from reviews.google import PAGE_SIZE
from reviews.models import GoogleConnection, GoogleLocation, Review
from reviews.request_budget import REQUESTS_A_MINUTE
from reviews.sync.capacity import Load, render_plan, requests_a_minute

FEW_LOCATIONS = 20
COLUMNS = ", ".join(field.column for field in Review._meta.fields)
COPY_OUT = f"COPY (SELECT {COLUMNS} FROM reviews_review ORDER BY id) TO STDOUT"  # noqa: S608 - of constants
COPY_IN = f"COPY bench_bare ({COLUMNS}) FROM STDIN"
# The same columns, indexes and checks. PostgreSQL refuses COPY where there is row security, so the
# bare table has none, and no foreign keys either: both make our side's work the harder one.
BARE = """
CREATE TABLE bench_bare (LIKE reviews_review INCLUDING ALL);
GRANT INSERT ON bench_bare TO PUBLIC;
"""
UNIT = "rows/s"


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--reviews", type=int, default=10_000, help="in all (10000)")
    parser.add_argument("--locations", type=int, default=200, help="that have them (200)")
    parser.add_argument("--rounds", type=int, default=3, help="of both sides in turns (3)")


def run(*, reviews: int, locations: int, rounds: int) -> list[Case]:
    with own_database("reviews") as servers, google() as double:
        settings.GOOGLE_BASE_URL = double.url
        double.follow(locations=locations, reviews=reviews)
        with as_owner(str(connection.settings_dict["NAME"])) as owner:
            owner.execute(BARE)
        stored, bare, fetched = [], [], []
        for _ in range(rounds):
            _make_due(locations)
            double.clear_counts()
            fetched.append(_timed(fetch_everything))
            asked = double.count_requests()
            _check_all_are_stored(reviews)
            double.clear_counts()
            looks = _timed(fetch_changes)
            looked = double.count_requests()
            rows = _copy_rows()
            bare.append(_timed(partial(_copy_back, rows)))
            _make_due(locations)
            stored.append(_timed(partial(store_pages, read_pages())))
        few, many = (_peak(servers, double, each) for each in (FEW_LOCATIONS, locations))
    # As fast as Google's quota allows.
    quota = reviews / (REQUESTS_A_MINUTE / 60 * PAGE_SIZE)
    least = locations * ceil(reviews / locations / PAGE_SIZE)
    plan = sum(requests_a_minute(Load()).values())
    sys.stderr.write(f"{render_plan(Load())}\n\nAll looks for changes took {looks:.1f} s.\n")
    return [
        Case("stored pages vs COPY", *_paces(reviews, stored, bare), UNIT, at_least=0.3),
        Case("first fetch, with HTTP, vs COPY", *_paces(reviews, fetched, bare), UNIT),
        Case(
            "first fetch over HTTP vs the quota",
            *_paces(reviews, fetched, [quota]),
            UNIT,
            at_least=1,
        ),
        Case("first fetch vs its pages", asked, least, "requests", at_least=1, at_most=1),
        Case("looks vs locations", looked, locations, "requests", at_least=1, at_most=1),
        Case("memory, all locations vs few", many, few, "MB at most", at_most=1.1),
        Case("10,000 locations vs the quota", plan, REQUESTS_A_MINUTE, "requests/min", at_most=1),
    ]


def _paces(rows: int, ours: list[float], limit: list[float]) -> tuple[float, float]:
    return rows / min(ours), rows / min(limit)


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _make_due(locations: int) -> None:
    """Empty the table, and make so many locations due for their first fetch."""
    _empty()
    with tenancy.platform("bench"):
        rows = GoogleLocation.objects.order_by("pk")
        rows.update(first_fetched_at=None, sweep_due_at=None, changes_due_at=None)
        chosen = list(rows.values_list("pk", flat=True)[:locations])
        now = GoogleConnection.objects.get().connected_at
        rows.filter(pk__in=chosen).update(sweep_due_at=now, changes_due_at=now)


def _empty() -> None:
    """Empty both tables, so that both sides start with unused ones."""
    with as_owner(str(connection.settings_dict["NAME"])) as owner:
        owner.execute("TRUNCATE reviews_review, bench_bare CASCADE")


def _copy_rows() -> bytes:
    with (
        tenancy.platform("bench"),
        connection.cursor() as cursor,
        cursor.copy(COPY_OUT) as copy,
    ):
        return b"".join(bytes(part) for part in copy)


def _copy_back(rows: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY_IN) as copy:
        copy.write(rows)


def _check_all_are_stored(expected: int) -> None:
    with tenancy.platform("bench"):
        stored = Review.objects.count()
    if stored != expected:
        raise CommandError(f"Of {expected} reviews {stored} are stored.")


def _peak(servers: Mapping[str, str], double: BenchedGoogle, locations: int) -> float:
    """Return the peak memory of a new process that fetches so many locations."""
    _make_due(locations)
    output = subprocess.check_output(
        [sys.executable, "-m", "dev.benches.reviews_once"],
        env={**servers, "GOOGLE_BASE_URL": double.url},
        text=True,
    )
    return float(output)
