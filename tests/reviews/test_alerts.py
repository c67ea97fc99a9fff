"""Mails about reviews with few stars: once each, many in one, to those who want them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging import understanding
from reviews.alerts import alert_low_reviews
from reviews.models import Review
from tests.factories import NotificationChoiceFactory, ReviewFactory, UserFactory
from tests.notifications import deliver_all
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return UserFactory.create(role=Role.OWNER, language="en")


def tell(now: datetime | None = None) -> int:
    """Store the news and send them. Return of how many reviews."""
    count = alert_low_reviews(now=now)
    deliver_all()
    return count


def add(owner: User, **values: Any) -> Review:
    """Create a review whose words were read."""
    read_at = timezone.now() if values.get("comment", "x") else None
    defaults = {"stars": 2, "labelled_at": read_at}
    return ReviewFactory.create(workspace=owner.workspace, **defaults | values)


def test_low_review_is_told_once_without_name_and_words(owner: User) -> None:
    review = add(owner, reviewer_name="Zenaida Mora", comment="Me dolió mucho")

    assert tell() == 1
    assert tell() == 0

    (letter,) = mail.outbox
    assert letter.to == [owner.email]
    text = f"{letter.subject} {letter.body} {letter.message()}"
    assert reverse("review", args=[review.pk]) in letter.body
    assert "Zenaida" not in text
    assert "dolió" not in text


def test_many_reviews_are_one_mail(owner: User) -> None:
    first = add(owner, stars=1)
    for stars in (2, 3):
        add(owner, stars=stars, location=first.location)

    assert tell() == 3

    (letter,) = mail.outbox
    assert letter.subject.startswith("3 reviews")
    assert "?stars=low&state=open" in letter.body


@pytest.mark.parametrize(
    ("urgencies", "subject", "says"),
    [
        (["harm"], "Urgent: a review", "It sounds urgent: Says they were harmed."),
        (["none", "legal"], "Urgent: a review", "1 of them sounds urgent: Legal steps."),
        (["legal", "emergency", "none"], "Urgent: a review", "2 of them sound urgent."),
        (["none"], "A review with few stars", ""),
    ],
)
def test_mail_says_how_urgent_the_words_sound(
    urgencies: list[str], subject: str, says: str, owner: User
) -> None:
    for urgency in urgencies:
        add(owner, urgency=urgency)

    tell()

    (letter,) = mail.outbox
    assert letter.subject.startswith(subject)
    assert says in letter.body
    assert bool(says) == ("urgent" in letter.body)


def test_alert_waits_for_the_reader_but_not_for_long(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: True)
    add(owner, labelled_at=None)

    assert tell() == 0
    assert tell(now=timezone.now() + timedelta(minutes=3)) == 1


def test_without_the_reader_no_alert_waits(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: False)
    add(owner, labelled_at=None)

    assert tell() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"stars": 4},
        {"stars": None},
        {"alerted_at": timezone.now()},
        {"reviewer_name": "", "comment": "", "vanished_at": timezone.now()},
    ],
)
def test_other_reviews_alert_nobody(owner: User, values: dict[str, Any]) -> None:
    add(owner, **values)

    assert tell() == 0
    assert mail.outbox == []


def test_old_review_is_no_news_and_is_not_looked_at_again(owner: User) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    review = add(owner, posted_at=long_ago, changed_at=long_ago)

    assert tell() == 0

    with tenancy.platform("test"):
        review.refresh_from_db()
    assert review.alerted_at
    assert mail.outbox == []


@pytest.mark.parametrize(
    "values",
    [{}, {"is_active": False}, {"role": Role.RECEPTIONIST}],
)
def test_who_does_not_want_or_may_not_see_gets_no_mail(owner: User, values: dict[str, Any]) -> None:
    other = UserFactory.create(workspace=owner.workspace, **{"role": Role.DOCTOR} | values)
    if not values:
        NotificationChoiceFactory.create(
            workspace=owner.workspace, user=other, kind="reviews.low", by_mail=False
        )
    add(owner)

    tell()

    assert [letter.to for letter in mail.outbox] == [[owner.email]]
    assert other.email != owner.email
