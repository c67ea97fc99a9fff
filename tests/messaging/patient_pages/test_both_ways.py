"""What a rating on the page leads to: form and review, a second thought, no text on top."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging import ratings
from messaging.dispatch.claiming import claim_batch
from messaging.inbox import thread
from messaging.models import Conversation, Message
from messaging.patient_texts.pages import PAGE_TEXTS
from patients.models import Hold
from tests.factories import UserFactory
from tests.messaging.doubtful import DOUBTFUL
from tests.messaging.patient_pages.test_pages import BROWSER, again, ask, rate
from tests.messaging.world import messages, shared_sender
from workspaces.models import Role

pytestmark = pytest.mark.django_db

__all__ = ["ask"]  # the fixture

QUESTION = "¿Me pueden reagendar para el jueves?"
Use = Callable[[Client, Message], Any]


def write_the_form(client: Client, ask: Message) -> None:
    client.post(f"/f/{ask.patient.token}", {"comment": "Esperé dos horas."})


def open_the_review(client: Client, ask: Message) -> None:
    client.get(f"/v/{ask.patient.token}", headers=BROWSER)


def taken(after: timedelta) -> list[str]:
    sender = shared_sender(address=f"+1500555{int(after.total_seconds()):04d}")
    out = claim_batch(sender=sender, limit=10, now=timezone.now() + after)
    return [one.type for one in messages(pk__in=[message.id for message in out])]


def test_star_tapped_by_mistake_is_changed_within_half_an_hour(
    client: Client, ask: Message
) -> None:
    page = rate(client, ask, 1).content.decode()
    assert PAGE_TEXTS["es"]["change"] in page

    stars = client.get(f"/r/{ask.patient.token}?change=1").content.decode()
    assert 'name="rating" value="5"' in stars
    page = rate(client, ask, 5).content.decode()

    assert again(ask).rating == 5
    assert PAGE_TEXTS["es"]["sorry_title"] not in page
    assert [one.type for one in messages(type__startswith="FOLLOWUP")] == ["FOLLOWUP_HAPPY"]


@pytest.mark.parametrize("how", ["half an hour", "the form", "the review"])
def test_star_cannot_be_changed_later_or_once_the_page_was_used(
    client: Client, ask: Message, how: str
) -> None:
    rate(client, ask, 1)
    if how == "the form":
        write_the_form(client, ask)
    elif how == "the review":
        open_the_review(client, ask)
    else:
        with tenancy.platform("test"):
            early = timezone.now() - ratings.MAY_CHANGE_THEIR_MIND - timedelta(seconds=1)
            Message.objects.filter(pk=ask.pk).update(replied_at=early)

    page = client.get(f"/r/{ask.patient.token}?change=1").content.decode()
    assert PAGE_TEXTS["es"]["change"] not in page
    assert 'name="rating"' not in page
    rate(client, ask, 5)

    assert again(ask).rating == 1


@pytest.mark.parametrize("rating", [5, 2])
@pytest.mark.parametrize("use", [write_the_form, open_the_review])
def test_who_used_the_page_gets_no_follow_up(
    client: Client, ask: Message, rating: int, use: Use
) -> None:
    rate(client, ask, rating)
    use(client, ask)

    assert taken(ratings.PAGE_FOLLOW_UP_DELAY + timedelta(seconds=1)) == []
    [dropped] = messages(type__startswith="FOLLOWUP")
    assert (dropped.status, dropped.error) == ("CANCELLED", "not needed")


def test_follow_up_of_the_page_waits_and_then_goes(client: Client, ask: Message) -> None:
    rate(client, ask, 2)

    assert taken(ratings.PAGE_FOLLOW_UP_DELAY - timedelta(seconds=30)) == []
    assert taken(ratings.PAGE_FOLLOW_UP_DELAY + timedelta(seconds=1)) == ["FOLLOWUP_UNHAPPY"]


@pytest.mark.parametrize(("page", "rating"), [("f", 2), ("w", 5)])
def test_question_in_a_comment_box_goes_to_the_inbox(
    client: Client, ask: Message, page: str, rating: int
) -> None:
    rate(client, ask, rating)
    client.post(f"/{page}/{ask.patient.token}", {"comment": QUESTION})

    with tenancy.within(ask.workspace_id):
        talk = Conversation.objects.get(patient=ask.patient)
        assert talk.waiting_since
        assert QUESTION in [entry.text for entry in thread.build_thread(talk.patient)]
        assert thread.last_words([talk]) == {ask.patient_id: QUESTION}
        assert not Hold.objects.exists()
    client.force_login(UserFactory.create(workspace=ask.workspace, role=Role.OWNER))
    assert "reagendar" in client.get(reverse("inbox")).content.decode()


def test_plain_praise_in_a_comment_box_waits_for_nobody(client: Client, ask: Message) -> None:
    rate(client, ask, 5)
    client.post(f"/w/{ask.patient.token}", {"comment": "La doctora fue muy amable."})

    with tenancy.within(ask.workspace_id):
        assert not Conversation.objects.exists()


@pytest.mark.parametrize("words", [DOUBTFUL, "No me escriban más, por favor"])
def test_words_against_our_messages_in_a_form_hold_them_back(
    client: Client, ask: Message, words: str
) -> None:
    rate(client, ask, 2)
    client.post(f"/f/{ask.patient.token}", {"comment": words})

    with tenancy.within(ask.workspace_id):
        assert [one.address for one in Hold.objects.undecided()] == [ask.patient.phone]
        assert Conversation.objects.get(patient=ask.patient).waiting_since
