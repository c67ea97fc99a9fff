from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from integrations.models import WebhookDelivery
from reviews.models import Review
from reviews.sync import changes
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import NotificationChoiceFactory, UserFactory, WebhookEndpointFactory
from tests.reviews.clinics import ConnectedClinic, ago, connect
from workspaces.models import Notification

EMOJI = "🦷" * 4000


def test_first_fetch_stores_everything_and_alerts_nobody(clinic: ConnectedClinic) -> None:
    clinic.google.add_reviews([{"stars": 1, "comment": f"Mala {n}"} for n in range(60)], push=False)

    clinic.sweep()

    stored, location = clinic.reviews(), clinic.reload()
    assert len(stored) == len(clinic.google.state.reviews_of(clinic.google.location))
    assert all(review.alerted_at for review in stored)
    assert location.first_fetched_at
    assert location.review_count == len(stored)
    assert location.changes_due_at
    assert location.changes_due_at > timezone.now() + timedelta(minutes=50)
    assert location.sweep_due_at
    assert location.sweep_due_at > timezone.now() + timedelta(days=6)


def test_new_review_is_stored_and_told_once(fetched: ConnectedClinic) -> None:
    endpoint = WebhookEndpointFactory.create(
        workspace=fetched.connection.workspace, events=["review.received"]
    )
    name = fetched.google.add_review(stars=2, comment="Esperé mucho", author="Ana Torres")

    fetched.sync_changes()
    fetched.sync_changes()

    review = fetched.review(name)
    assert (review.stars, review.comment, review.reviewer_name) == (2, "Esperé mucho", "Ana Torres")
    assert review.language == "es"
    assert review.alerted_at is None
    with tenancy.platform("test"):
        (delivery,) = WebhookDelivery.objects.filter(endpoint=endpoint)
    assert delivery.data["id"] == str(review.pk)
    assert "Ana" not in str(delivery.data)


def test_new_good_reviews_of_a_page_are_told_once_without_names(fetched: ConnectedClinic) -> None:
    member = UserFactory.create(workspace=fetched.connection.workspace)
    NotificationChoiceFactory.create(
        workspace=member.workspace, user=member, kind="reviews.new", by_mail=True
    )
    for name in ("Ana Torres", "Luis Vega"):
        fetched.google.add_review(stars=5, comment="Excelente", author=name)

    fetched.sync_changes()
    fetched.sync_changes()

    with tenancy.platform("test"):
        (told,) = Notification.objects.filter(user=member)
    assert (told.kind, told.facts["count"]) == ("reviews.new", 2)
    assert "Ana" not in str(told.facts)


def test_look_without_changes_takes_one_request_and_writes_no_review(
    fetched: ConnectedClinic,
) -> None:
    fetched.google.add_reviews([{"stars": 5, "created": 1e9 + n} for n in range(120)], push=False)
    fetched.sweep()
    before = fetched.reviews()
    fetched.google.clear_counts()

    fetched.sync_changes()

    assert fetched.google.counts()["total"] == 1
    assert [review.fetched_at for review in fetched.reviews()] == [
        review.fetched_at for review in before
    ]


def test_pages_are_read_until_nothing_more_is_new(fetched: ConnectedClinic) -> None:
    fetched.look_back(timedelta(days=1))
    names = fetched.google.add_reviews([{"stars": 4} for _ in range(130)], push=False)

    fetched.sync_changes()

    assert len(names) == 130
    assert len(fetched.reviews()) == len(fetched.google.state.reviews_of(fetched.google.location))


def test_review_edited_to_few_stars_is_to_be_told_again(clinic: ConnectedClinic) -> None:
    name = clinic.google.add_review(stars=5, comment="Bien")
    clinic.sweep()

    clinic.google.edit_review(name, stars=1, comment="Me arrepiento")
    clinic.sync_changes()

    review = clinic.review(name)
    assert (review.stars, review.comment) == (1, "Me arrepiento")
    assert review.was_edited
    assert review.alerted_at is None


def test_translated_anonymous_and_media_bearing_reviews_are_read(fetched: ConnectedClinic) -> None:
    name = fetched.google.add_review(
        stars=5,
        comment="(Translated by Google) Very kind\n\n(Original)\nMuy amables con mi hijo",
        is_anonymous=True,
    )
    emoji = fetched.google.add_review(stars=5, comment=EMOJI)

    fetched.sync_changes()

    review = fetched.review(name)
    assert (review.comment, review.translation) == ("Muy amables con mi hijo", "Very kind")
    assert (review.is_anonymous, review.reviewer_name) == (True, "")
    assert fetched.review(emoji).comment == EMOJI
    assert fetched.review(emoji).language == ""


def test_deletion_while_paging_makes_the_next_look_begin_again(
    fetched: ConnectedClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The review that moves to the page before is not lost until the sweep of next week."""
    fetched.look_back(timedelta(days=1))
    names = fetched.google.add_reviews(
        [{"stars": 4, "created": ago(minutes=90 - n).timestamp()} for n in range(80)], push=False
    )
    before = fetched.reload().changes_fetched_at
    whole = changes._store_page

    async def deleting(*args: object) -> object:
        page = await whole(*args)  # type: ignore[arg-type]
        if page[0].next_page_token:
            fetched.google.delete_review(names[-1])
        return page

    monkeypatch.setattr(changes, "_store_page", deleting)
    fetched.sync_changes()
    monkeypatch.undo()
    location = fetched.reload()
    assert location.changes_fetched_at == before
    assert location.changes_due_at
    assert location.changes_due_at < timezone.now() + timedelta(minutes=2)

    fetched.sync_changes()

    stored = {review.review_id for review in fetched.reviews()}
    assert {name.rpartition("/")[2] for name in names} <= stored


def test_same_location_in_two_workspaces_is_fetched_for_each(
    clinic: ConnectedClinic, google_double: GoogleDouble
) -> None:
    other = connect(google_double)
    name = google_double.add_review(stars=5, comment="Bien")

    clinic.sweep()
    other.sweep()

    assert clinic.review(name).workspace_id != other.review(name).workspace_id
    assert len(clinic.reviews()) == len(other.reviews())


def test_older_page_does_not_bring_back_an_older_text(fetched: ConnectedClinic) -> None:
    """Two workers at once: the one that asked first stores last."""
    name = fetched.google.add_review(stars=5, comment="Primera")
    fetched.sync_changes()
    with tenancy.platform("test"):
        Review.objects.filter(pk=fetched.review(name).pk).update(
            comment="Más nueva", fetched_at=timezone.now() + timedelta(minutes=1)
        )

    fetched.sync_changes()

    assert fetched.review(name).comment == "Más nueva"


def test_changed_words_or_stars_delete_the_labels(fetched: ConnectedClinic) -> None:
    names = [
        fetched.google.add_review(stars=2, comment=f"Esperé mucho {number}") for number in range(3)
    ]
    fetched.sync_changes()
    label_all()

    fetched.google.edit_review(names[0], comment="Ahora es mejor")
    fetched.google.edit_review(names[1], stars=4)
    fetched.look_back(timedelta(minutes=5))
    fetched.sync_changes()

    assert [fetched.review(name).topics for name in names] == [[], [], ["waiting"]]
    assert [bool(fetched.review(name).labelled_at) for name in names] == [False, False, True]
    assert fetched.review(names[0]).urgency == "none"


def label_all() -> None:
    with tenancy.platform("test"):
        Review.objects.exclude(comment="").update(
            topics=["waiting"], urgency="harm", labelled_at=timezone.now()
        )
