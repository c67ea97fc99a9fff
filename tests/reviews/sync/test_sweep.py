from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from core import tenancy
from reviews import google
from reviews.google_payloads import ReviewPage, parse_review_page
from reviews.models import Review
from reviews.sync import due, sweep
from tests.dev.doubles.google.stage import GoogleDouble
from tests.reviews.clinics import ConnectedClinic, ago


def add_old_reviews(google: GoogleDouble, number: int) -> list[str]:
    """Add reviews of the last weeks, the newest last."""
    return google.add_reviews(
        [
            {"stars": 4, "comment": f"N.º {n}", "created": ago(days=40, minutes=-n).timestamp()}
            for n in range(number)
        ],
        push=False,
    )


def test_deleted_review_loses_its_words_and_keeps_stars_and_dates(clinic: ConnectedClinic) -> None:
    kept, deleted = add_old_reviews(clinic.google, 2)
    clinic.sweep()
    before = clinic.review(deleted)
    with tenancy.platform("test"):
        Review.objects.filter(pk=before.pk).update(
            topics=["care"], urgency="harm", labelled_at=timezone.now()
        )

    clinic.google.delete_review(deleted)
    clinic.sweep()

    review = clinic.review(deleted)
    assert review.vanished_at
    assert (review.reviewer_name, review.comment, review.translation) == ("", "", "")
    assert (review.topics, review.urgency, review.labelled_at) == ([], "none", None)
    assert (review.stars, review.posted_at) == (before.stars, before.posted_at)
    assert clinic.review(kept).comment == "N.º 0"


def test_sweep_proves_that_everything_was_fetched_again(clinic: ConnectedClinic) -> None:
    add_old_reviews(clinic.google, 70)
    clinic.sweep()
    with tenancy.platform("test"):
        Review.objects.update(fetched_at=ago(days=7), updated_at=ago(days=7))
    started = timezone.now()

    clinic.sweep()

    assert all(review.fetched_at >= started for review in clinic.reviews())
    assert all(review.updated_at < started for review in clinic.reviews())


def test_review_that_reappears_has_its_words_again(clinic: ConnectedClinic) -> None:
    (name,) = add_old_reviews(clinic.google, 1)
    clinic.sweep()
    hidden = clinic.google.state.reviews[name.rpartition("/")[2]]
    clinic.google.delete_review(name)
    clinic.sweep()
    assert clinic.review(name).vanished_at

    clinic.google.state.add_review(hidden, notify=False)
    clinic.sweep()

    review = clinic.review(name)
    assert review.vanished_at is None
    assert review.comment == "N.º 0"


def test_nothing_vanishes_when_the_count_contradicts_the_listing(
    clinic: ConnectedClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = add_old_reviews(clinic.google, 3)
    clinic.sweep()
    clinic.google.delete_review(names[0])
    change_pages(monkeypatch, total_count=50)
    clinic.google.clear_counts()

    clinic.sweep()

    assert clinic.review(names[0]).vanished_at is None
    counts = clinic.google.counts()["requests"]
    assert [path for path in counts if path.endswith("{review}")] == []
    due_at = clinic.reload().sweep_due_at
    assert due_at
    assert due_at < timezone.now() + timedelta(days=1)


def test_review_whose_proof_is_old_is_asked_for_although_the_count_never_agrees(
    clinic: ConnectedClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = add_old_reviews(clinic.google, 3)
    clinic.sweep()
    clinic.google.delete_review(names[0])
    change_pages(monkeypatch, total_count=50)
    with tenancy.platform("test"):
        Review.objects.update(fetched_at=ago(days=26))

    clinic.sweep()

    assert clinic.review(names[0]).vanished_at


def test_listing_that_forgets_a_review_deletes_nothing(
    clinic: ConnectedClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google lists none and counts none, for a moment. Each review is asked for and is there."""
    add_old_reviews(clinic.google, 3)
    clinic.sweep()
    change_pages(monkeypatch, total_count=0, reviews=())

    clinic.sweep()

    assert all(review.vanished_at is None for review in clinic.reviews())


def test_location_taken_over_during_a_sweep_deletes_nothing(
    clinic: ConnectedClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = add_old_reviews(clinic.google, 3)
    clinic.sweep()
    clinic.google.delete_review(names[0])
    find = sweep._find_unseen

    def take_over(*args: Any) -> list[str]:
        clinic.google.change_location(clinic.google.location, lost="NOT_FOUND")
        return find(*args)

    monkeypatch.setattr(sweep, "_find_unseen", take_over)
    clinic.sweep()

    assert all(review.vanished_at is None for review in clinic.reviews())
    assert clinic.reload().failure == "GONE"


def test_deleted_review_is_noticed_within_a_day_by_the_count(clinic: ConnectedClinic) -> None:
    names = add_old_reviews(clinic.google, 3)
    clinic.sweep()
    clinic.set(swept_at=ago(days=2))
    clinic.google.delete_review(names[0])

    clinic.sync_changes()

    due_at = clinic.reload().sweep_due_at
    assert due_at
    assert due_at <= timezone.now()
    sweep.sweep_locations()
    assert clinic.review(names[0]).vanished_at


def test_title_and_verification_are_read_once_a_day(clinic: ConnectedClinic) -> None:
    clinic.sweep()
    clinic.set(title="Antes", is_verified=False)

    clinic.sweep()

    location = clinic.reload()
    assert (location.title, location.is_verified) == ("Consultorio Centro", True)
    clinic.set(title="Antes")
    clinic.sweep()
    assert clinic.reload().title == "Antes"


def test_one_run_at_a_time(clinic: ConnectedClinic) -> None:
    cache.set(sweep.RUNNING, 1)

    assert clinic.sweep().locations == 0

    cache.delete(sweep.RUNNING)
    assert clinic.sweep().locations == 1


def test_sweep_that_lost_its_lease_ends(
    clinic: ConnectedClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner stops following the location while its pages are read."""
    add_old_reviews(clinic.google, 60)
    monkeypatch.setattr(due, "LEASE", timedelta(0))
    monkeypatch.setattr(due, "renew_sweep", lambda *_args, **_values: None)

    clinic.sweep()

    assert len(clinic.reviews()) == 50
    assert clinic.reload().first_fetched_at is None


def change_pages(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Change what each listed page says."""

    def parse(data: Any) -> ReviewPage:
        return replace(parse_review_page(data), **changes)

    monkeypatch.setattr(google, "parse_review_page", parse)
