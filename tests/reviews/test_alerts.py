"""Mails about reviews with few stars: once each, many in one, to those who want them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging import understanding
from reviews.alerts import alert_low_reviews
from reviews.models import Review
from tests.factories import ReviewFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return UserFactory.create(role=Role.OWNER, language="en")


def add(owner: User, **values: Any) -> Review:
    """Create a review whose words were read."""
    read_at = timezone.now() if values.get("comment", "x") else None
    defaults = {"stars": 2, "labelled_at": read_at}
    return ReviewFactory.create(workspace=owner.workspace, **defaults | values)


def test_low_review_is_told_once_without_name_and_words(owner: User) -> None:
    review = add(owner, reviewer_name="Zenaida Mora", comment="Me dolió mucho")

    assert alert_low_reviews() == 1
    assert alert_low_reviews() == 0

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

    assert alert_low_reviews() == 3

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

    alert_low_reviews()

    (letter,) = mail.outbox
    assert letter.subject.startswith(subject)
    assert says in letter.body
    assert bool(says) == ("urgent" in letter.body)


def test_alert_waits_for_the_reader_but_not_for_long(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: True)
    add(owner, labelled_at=None)

    assert alert_low_reviews() == 0
    assert alert_low_reviews(now=timezone.now() + timedelta(minutes=3)) == 1


def test_without_the_reader_no_alert_waits(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: False)
    add(owner, labelled_at=None)

    assert alert_low_reviews() == 1


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

    assert alert_low_reviews() == 0
    assert mail.outbox == []


def test_old_review_is_no_news_and_is_not_looked_at_again(owner: User) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    review = add(owner, posted_at=long_ago, changed_at=long_ago)

    assert alert_low_reviews() == 0

    with tenancy.platform("test"):
        review.refresh_from_db()
    assert review.alerted_at
    assert mail.outbox == []


@pytest.mark.parametrize(
    "values",
    [{"wants_review_alerts": False}, {"is_active": False}, {"role": Role.RECEPTIONIST}],
)
def test_who_does_not_want_or_may_not_see_gets_no_mail(owner: User, values: dict[str, Any]) -> None:
    other = UserFactory.create(workspace=owner.workspace, **{"role": Role.DOCTOR} | values)
    add(owner)

    alert_low_reviews()

    assert [letter.to for letter in mail.outbox] == [[owner.email]]
    assert other.email != owner.email


def test_mail_server_that_is_away_delays_the_alert(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(owner)

    def fail(*_args: Any, **_options: Any) -> None:
        raise OSError

    with monkeypatch.context() as away:
        away.setattr("workspaces.mail.send_mail", fail)
        assert alert_low_reviews() == 0
    assert alert_low_reviews() == 1


def test_member_turns_the_alerts_off(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert "wants_review_alerts" in client.get(reverse("profile")).content.decode()

    client.post(reverse("profile"), {"name": owner.name, "density": "COMFORTABLE"})

    owner.refresh_from_db()
    assert not owner.wants_review_alerts


def test_receptionist_has_no_such_field_and_keeps_the_wish(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST)
    client.force_login(receptionist)
    assert "wants_review_alerts" not in client.get(reverse("profile")).content.decode()

    client.post(reverse("profile"), {"name": "Otra", "density": "COMFORTABLE"})

    receptionist.refresh_from_db()
    assert receptionist.wants_review_alerts
