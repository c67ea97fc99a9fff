"""Topics and urgency of reviews: read in seconds, again after a change, deleted with the words."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core import tenancy
from messaging import understanding
from messaging.models import Topic, Urgency
from messaging.understanding import Understanding
from reviews.labelling import label_reviews
from reviews.models import Review
from tests.factories import ReviewFactory
from tests.messaging.text_labels.conftest import FixedReader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> FixedReader:
    fixed = FixedReader()
    monkeypatch.setattr(understanding, "is_available", lambda: True)
    monkeypatch.setattr(understanding, "classify", fixed.classify)
    return fixed


def reload(review: Review) -> Review:
    with tenancy.platform("test"):
        return Review.objects.get(pk=review.pk)


def change(review: Review, **values: Any) -> None:
    with tenancy.platform("test"):
        Review.objects.filter(pk=review.pk).update(**values)


def test_words_get_topics_and_urgency_once(reader: FixedReader) -> None:
    reader.learn("demandar", topics=("outcome", "price"), urgency="legal")
    review = ReviewFactory.create(comment="Los voy a demandar", stars=1)

    assert label_reviews() == 1
    assert label_reviews() == 0

    labels = reload(review).labels
    assert labels.topics == [Topic.OUTCOME, Topic.PRICE]
    assert labels.urgency == Urgency.LEGAL
    assert reload(review).labelled_at


@pytest.mark.parametrize(
    "values", [{"comment": ""}, {"comment": "", "reviewer_name": "", "vanished_at": timezone.now()}]
)
def test_reviews_without_words_are_not_read(values: dict[str, Any], reader: FixedReader) -> None:
    review = ReviewFactory.create(**values)

    assert label_reviews() == 0
    assert reload(review).labelled_at is None


def test_words_that_say_nothing_are_not_read_again(reader: FixedReader) -> None:
    ReviewFactory.create(comment="🦷" * 4000)

    assert [label_reviews(), label_reviews()] == [1, 0]


def test_without_the_reader_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: False)
    review = ReviewFactory.create()

    assert label_reviews() == 0
    assert reload(review).labelled_at is None


def test_newest_of_a_backlog_is_read_first_and_few_in_a_run(reader: FixedReader) -> None:
    now = timezone.now()
    reviews = [ReviewFactory.create(changed_at=now - timedelta(days=days)) for days in (9, 1, 5)]

    assert label_reviews(limit=2) == 2

    assert [bool(reload(review).labelled_at) for review in reviews] == [False, True, True]
    assert label_reviews(limit=2) == 1


@pytest.mark.parametrize("values", [{"comment": "Otra cosa"}, {"stars": 2}, {"comment": ""}])
def test_words_that_change_while_they_are_read_are_not_labelled(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch, reader: FixedReader
) -> None:
    reader.learn("cara", topics=("price",))
    review = ReviewFactory.create(comment="Muy cara", stars=4)

    def classify(text: str, *, rating: int | None = None) -> Understanding:
        change(review, **values)
        return reader.classify(text, rating=rating)

    monkeypatch.setattr(understanding, "classify", classify)
    label_reviews()

    assert reload(review).labelled_at is None
    assert reload(review).topics == []


@pytest.mark.skipif(not understanding.is_available(), reason="the reader has no wheel here")
def test_real_reader_understands_a_review() -> None:
    review = ReviewFactory.create(
        comment="Esperé dos horas en la sala y nadie me explicó por qué.", stars=2
    )

    label_reviews()

    assert Topic.WAITING in reload(review).labels.topics
