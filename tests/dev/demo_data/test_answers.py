"""Replies, ratings, cases and opt-outs of the history."""

from collections import Counter
from datetime import timedelta

import pytest

from dev.demo_data import words
from dev.demo_data.story import DEMO
from insights.home.changes import ChangeKind
from insights.home.hero import read_hero
from messaging import understanding
from messaging.models import Conversation, Feedback, InboundMessage, Message, MessageStatus, Topic
from messaging.replies.reading import read
from patients.models import Suppression
from tests.dev.demo_data.rows import NOON, ZONE, asks, share
from workspaces.models import User, Workspace


def test_share_and_delay_of_answers_are_realistic() -> None:
    for channel in ("SMS", "WHATSAPP", "EMAIL"):
        sent = asks().filter(channel=channel).exclude(sent_at=None)
        assert 35 < share(sent.filter(rating__isnull=False).count(), sent.count()) < 58
    for ask in asks().filter(rating__isnull=False):
        assert timedelta() < ask.replied_at - ask.sent_at < timedelta(hours=36)
        assert ask.status == MessageStatus.REPLIED
        assert 7 <= ask.replied_at.astimezone(ZONE).hour < 22


def test_few_replies_have_no_rating() -> None:
    """A STOP or a question answers the ask, so the two rates of the first page differ."""
    others = asks().filter(status=MessageStatus.REPLIED, rating=None)

    assert 0 < share(others.count(), asks().filter(status=MessageStatus.REPLIED).count()) < 15


def test_most_ratings_are_high_and_they_improve() -> None:
    rated = list(asks().filter(rating__isnull=False).order_by("sent_at"))
    ratings = Counter(ask.rating for ask in rated)

    for rating, expected in {5: 58, 4: 22, 3: 10, 2: 6, 1: 4}.items():
        assert abs(share(ratings[rating], len(rated)) - expected) < 6
    half = len(rated) // 2
    early, late = (sum(ask.rating for ask in part) for part in (rated[:half], rated[-half:]))
    assert late > early


@pytest.mark.skipif(not understanding.is_available(), reason="texts have no topics")
def test_home_says_that_waiting_got_worse_at_one_practice() -> None:
    workspace = Workspace.objects.get(pk=DEMO.id)
    owner = User.objects.get(email="demo@reputationmanager.com")

    hero = read_hero(workspace, visible_to=owner, today=NOON.date())

    clearest = hero.changed.clearest
    assert clearest
    assert (clearest.kind, clearest.topic) == (ChangeKind.TOPIC_SHARE, Topic.WAITING)
    assert clearest.of.practice == "Consultorio Norte"
    assert clearest.shift > 0
    now, before = clearest.of.now.average, clearest.of.before.average
    assert now
    assert before
    assert now < before


def test_each_rating_has_a_follow_up_and_each_low_one_a_case() -> None:
    followed = dict(Message.objects.exclude(type="INITIAL").values_list("patient_id", "type"))
    cases = set(Feedback.objects.values_list("message_id", flat=True))

    for ask in asks().filter(rating__isnull=False):
        happy = ask.rating >= 4
        kind = "FOLLOWUP_HAPPY" if happy else "FOLLOWUP_UNHAPPY"
        assert followed[ask.patient_id] == kind
        assert (ask.pk in cases) is not happy


def test_cases_are_open_in_progress_and_resolved() -> None:
    cases = Feedback.objects.filter(workspace_id=DEMO.id)
    states = Counter(cases.values_list("status", flat=True))

    assert min(states[state] for state in ("OPEN", "IN_PROGRESS", "RESOLVED")) >= 3
    assert not cases.exclude(status="OPEN").filter(assignee=None).exists()
    assert not cases.exclude(status="OPEN").filter(steps=None).exists()
    assert not cases.filter(assignee__role="RECEPTIONIST").exists()
    assert cases.exclude(comment="").count() > cases.count() / 2


def test_patients_opt_out_or_wait_for_a_member() -> None:
    leaving = InboundMessage.objects.filter(workspace_id=DEMO.id, intent="opt_out")
    waiting = Conversation.objects.filter(workspace_id=DEMO.id, waiting_since__isnull=False)

    assert leaving.count() >= 3
    for inbound in leaving.select_related("patient"):
        assert inbound.patient.opted_out_at == inbound.received_at
        assert Suppression.objects.filter(address=inbound.patient.phone).exists()
    assert waiting.count() == 3


def test_inbound_messages_are_all_by_whatsapp() -> None:
    assert set(InboundMessage.objects.values_list("channel", flat=True)) == {"WHATSAPP"}


@pytest.mark.parametrize(
    ("body", "rating", "comment"),
    [
        (body, rating, said)
        for replies in (words.REPLIES, words.REPLIES_AFTER_LONG_WAIT)
        for rating, all in replies.items()
        for body, said in all
    ],
)
def test_replies_are_read_with_the_stored_rating_and_comment(
    body: str, rating: int, comment: str
) -> None:
    found = read(body)

    assert (found.intent, found.rating, found.comment) == ("rating", rating, comment)


def test_opt_outs_and_questions_are_read_as_such() -> None:
    assert {read(body).intent for body in words.LEAVING} == {"opt_out"}
    assert {read(body).intent for body in words.QUESTIONS} == {"other"}
