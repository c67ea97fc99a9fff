"""Google is away, refuses, limits, or has given the location to somebody else."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from core import tenancy
from reviews import google as google_client
from reviews.models import ConnectionStatus, GoogleConnection
from reviews.request_budget import Budget
from reviews.sync import changes, due, storing
from reviews.sync.due import Work
from reviews.sync.running import run
from tests.reviews.clinics import ConnectedClinic, ago


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_client, "FIRST_PAUSE", 0)
    plenty = Budget("plenty", a_minute=1_000_000, burst=1000)
    monkeypatch.setattr(google_client, "requests_of_api", lambda _api: plenty)


def test_google_away_for_a_day_costs_few_requests_and_no_review(fetched: ConnectedClinic) -> None:
    names = fetched.google.add_reviews([{"stars": 3} for _ in range(5)], push=False)
    fetched.google.set_faults(rate_503=1, recorded_share=0)
    fetched.google.clear_counts()
    started = now = timezone.now()
    fetched.set(changes_due_at=now)
    pauses = []

    while now < started + timedelta(days=1):
        run(
            Work.CHANGES,
            changes.fetch_changes,
            clock=partial(datetime.fromtimestamp, now.timestamp(), UTC),
        )
        due_at = fetched.reload().changes_due_at
        assert due_at
        pauses.append(due_at - now)
        now = due_at

    assert timedelta(seconds=50) < pauses[0] < timedelta(seconds=61)
    assert pauses[:5] == sorted(pauses[:5])
    assert max(pauses) <= timedelta(hours=1)
    assert len(pauses) < 36
    assert fetched.google.counts()["total"] == len(pauses) * google_client.ATTEMPTS
    assert "503" in fetched.reload().last_error

    fetched.google.set_faults(rate_503=0)
    fetched.sync_changes()
    assert {fetched.review(name).stars for name in names} == {3}
    assert fetched.reload().last_error == ""


def test_used_up_quota_stops_the_run_and_waits(fetched: ConnectedClinic) -> None:
    fetched.google.set_faults(quota=0)

    result = fetched.sync_changes()

    location = fetched.reload()
    assert result.failed == 1
    assert location.changes_due_at
    # A quota of 0 means that Google has not approved the project: no need to hurry.
    assert location.changes_due_at > timezone.now() + timedelta(minutes=50)


@pytest.mark.parametrize(
    ("lost", "failure"), [("NOT_FOUND", "GONE"), ("PERMISSION_DENIED", "FORBIDDEN")]
)
def test_location_taken_over_is_told_and_comes_back_by_itself(
    fetched: ConnectedClinic, lost: str, failure: str
) -> None:
    fetched.google.add_review(stars=5, comment="Antes")
    fetched.sync_changes()
    count = len(fetched.reviews())

    fetched.google.change_location(fetched.google.location, lost=lost)
    fetched.sync_changes()

    location = fetched.reload()
    assert location.failure == failure
    assert location.last_error
    assert all(review.vanished_at is None for review in fetched.reviews())
    fetched.google.clear_counts()
    fetched.sync_changes()
    assert fetched.google.counts()["total"] == 0

    fetched.google.change_location(fetched.google.location, lost="")
    name = fetched.google.add_review(stars=4, comment="Después")
    fetched.sweep()
    assert fetched.reload().failure == ""
    assert fetched.review(name).comment == "Después"
    assert len(fetched.reviews()) == count + 1


def test_unverified_location_says_so(clinic: ConnectedClinic) -> None:
    clinic.google.change_location(clinic.google.location, is_verified=False)

    clinic.sweep()

    assert clinic.reload().failure == "UNVERIFIED"


def test_failed_location_is_tried_again_more_and_more_seldom(clinic: ConnectedClinic) -> None:
    clinic.google.change_location(clinic.google.location, lost="NOT_FOUND")
    pauses = []

    for failed_for in (None, timedelta(minutes=10), timedelta(hours=5), timedelta(days=9)):
        if failed_for:
            clinic.set(failed_at=timezone.now() - failed_for)
        clinic.sweep()
        due_at = clinic.reload().sweep_due_at
        assert due_at
        pauses.append(round((due_at - timezone.now()).total_seconds() / 60))

    assert pauses == [10, 10, 300, 24 * 60]


def test_withdrawn_access_breaks_the_connection_and_stops_all_calls(
    fetched: ConnectedClinic,
) -> None:
    fetched.google.revoke()

    fetched.sync_changes()

    with tenancy.platform("test"):
        connection = GoogleConnection.objects.get(pk=fetched.connection.pk)
    assert connection.status == ConnectionStatus.BROKEN
    fetched.google.clear_counts()
    fetched.sync_changes()
    assert fetched.google.counts()["total"] == 0


def test_disconnecting_stops_a_sweep_between_two_pages(
    clinic: ConnectedClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.google.add_reviews([{"stars": 5} for _ in range(120)], push=False)
    store = storing.store_reviews

    def disconnect(*args: Any, **values: Any) -> object:
        GoogleConnection.objects.filter(pk=clinic.connection.pk).update(
            status="DISCONNECTED", refresh_token="", access_token=""
        )
        return store(*args, **values)

    monkeypatch.setattr(storing, "store_reviews", disconnect)
    with tenancy.platform("test"):
        clinic.sweep()

    assert clinic.google.counts()["total"] == 1


def test_expired_page_token_is_no_failure_of_the_location(clinic: ConnectedClinic) -> None:
    clinic.google.add_reviews([{"stars": 5} for _ in range(60)], push=False)
    clinic.google.set_faults(rate_expired_page=1)

    clinic.sweep()

    location = clinic.reload()
    assert location.failure == ""
    assert "INVALID_ARGUMENT" in location.last_error
    clinic.google.set_faults(rate_expired_page=0)
    clinic.sweep()
    assert clinic.reload().first_fetched_at


def test_worker_that_dies_leaves_the_location_due_after_its_lease(
    fetched: ConnectedClinic,
) -> None:
    now = timezone.now()
    fetched.set(changes_due_at=now)

    (leased,) = due.lease(Work.CHANGES, now=now, limit=5)

    assert due.lease(Work.CHANGES, now=now, limit=5) == []
    (again,) = due.lease(Work.CHANGES, now=now + due.LEASE, limit=5)
    assert again.id == leased.id


def test_push_during_a_look_makes_the_location_due_again(fetched: ConnectedClinic) -> None:
    now = timezone.now()
    fetched.set(changes_due_at=now)
    (leased,) = due.lease(Work.CHANGES, now=now, limit=1)

    assert due.make_due([fetched.location.name], now=now) == 1
    due.finish_changes(leased, started=now, is_whole=True, total=None, average=None)

    assert fetched.reload().changes_due_at == now


def test_location_that_is_no_longer_followed_stays_so(fetched: ConnectedClinic) -> None:
    now = timezone.now()
    fetched.set(changes_due_at=now, sweep_due_at=now)
    (changing,) = due.lease(Work.CHANGES, now=now, limit=1)
    (sweeping,) = due.lease(Work.SWEEP, now=now, limit=1)
    fetched.set(practice=None, changes_due_at=None, sweep_due_at=None, swept_at=ago(days=3))

    due.finish_changes(changing, started=now, is_whole=True, total=7, average=None)
    due.finish_sweep(
        sweeping, until=sweeping.until, started=now, is_complete=True, total=7, average=5
    )
    due.settle_error(Work.SWEEP, sweeping, ValueError("x"), until=sweeping.until, now=now)

    location = fetched.reload()
    assert (location.changes_due_at, location.sweep_due_at) == (None, None)
