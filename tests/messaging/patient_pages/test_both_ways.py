"""What follows a rating on the page: form, review link, a changed rating, no extra message."""

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
from tests.messaging.patient_pages.test_pages import BROWSER, ask, rate, reload
from tests.messaging.world import find_messages, shared_sender
from workspaces.models import Role

pytestmark = pytest.mark.django_db

__all__ = ["ask"]  # the fixture

QUESTION = "¿Me pueden reagendar para el jueves?"
PageUse = Callable[[Client, Message], Any]


def send_feedback(client: Client, ask: Message) -> None:
    client.post(f"/f/{ask.patient.token}", {"comment": "Esperé dos horas."})


def open_review_link(client: Client, ask: Message) -> None:
    client.get(f"/v/{ask.patient.token}", headers=BROWSER)


def claim_after(after: timedelta) -> list[str]:
    sender = shared_sender(address=f"+1500555{int(after.total_seconds()):04d}")
    out = claim_batch(sender=sender, limit=10, now=timezone.now() + after)
    return [one.type for one in find_messages(pk__in=[message.id for message in out])]


def test_rating_can_be_changed_within_half_an_hour(client: Client, ask: Message) -> None:
    page = rate(client, ask, 1).content.decode()
    assert PAGE_TEXTS["es"]["change"] in page

    stars = client.get(f"/r/{ask.patient.token}?change=1").content.decode()
    assert 'name="rating" value="5"' in stars
    page = rate(client, ask, 5).content.decode()

    assert reload(ask).rating == 5
    assert PAGE_TEXTS["es"]["sorry_title"] not in page
    assert [one.type for one in find_messages(type__startswith="FOLLOWUP")] == ["FOLLOWUP_HAPPY"]


@pytest.mark.parametrize("how", ["half an hour", "the form", "the review"])
def test_rating_cannot_be_changed_later_or_after_using_the_page(
    client: Client, ask: Message, how: str
) -> None:
    rate(client, ask, 1)
    if how == "the form":
        send_feedback(client, ask)
    elif how == "the review":
        open_review_link(client, ask)
    else:
        with tenancy.platform("test"):
            early = timezone.now() - ratings.MAY_CHANGE_THEIR_MIND - timedelta(seconds=1)
            Message.objects.filter(pk=ask.pk).update(replied_at=early)

    page = client.get(f"/r/{ask.patient.token}?change=1").content.decode()
    assert PAGE_TEXTS["es"]["change"] not in page
    assert 'name="rating"' not in page
    rate(client, ask, 5)

    assert reload(ask).rating == 1


@pytest.mark.parametrize("rating", [5, 2])
@pytest.mark.parametrize("use", [send_feedback, open_review_link])
def test_patient_who_used_the_page_gets_no_follow_up(
    client: Client, ask: Message, rating: int, use: PageUse
) -> None:
    rate(client, ask, rating)
    use(client, ask)

    assert claim_after(ratings.PAGE_FOLLOW_UP_DELAY + timedelta(seconds=1)) == []
    [dropped] = find_messages(type__startswith="FOLLOWUP")
    assert (dropped.status, dropped.error) == ("CANCELLED", "not needed")


def test_follow_up_after_a_page_rating_is_sent_later(client: Client, ask: Message) -> None:
    rate(client, ask, 2)

    assert claim_after(ratings.PAGE_FOLLOW_UP_DELAY - timedelta(seconds=30)) == []
    assert claim_after(ratings.PAGE_FOLLOW_UP_DELAY + timedelta(seconds=1)) == ["FOLLOWUP_UNHAPPY"]


@pytest.mark.parametrize(("page", "rating"), [("f", 2), ("w", 5)])
def test_question_in_a_comment_opens_a_conversation(
    client: Client, ask: Message, page: str, rating: int
) -> None:
    rate(client, ask, rating)
    client.post(f"/{page}/{ask.patient.token}", {"comment": QUESTION})

    with tenancy.within(ask.workspace_id):
        talk = Conversation.objects.get(patient=ask.patient)
        assert talk.waiting_since
        assert QUESTION in [entry.text for entry in thread.build_thread(talk.patient)]
        assert thread.last_words([talk])[ask.patient_id].text == QUESTION
        assert not Hold.objects.exists()
    client.force_login(UserFactory.create(workspace=ask.workspace, role=Role.OWNER))
    assert "reagendar" in client.get(reverse("inbox")).content.decode()


def test_praise_in_a_comment_opens_no_conversation(client: Client, ask: Message) -> None:
    rate(client, ask, 5)
    client.post(f"/w/{ask.patient.token}", {"comment": "La doctora fue muy amable."})

    with tenancy.within(ask.workspace_id):
        assert not Conversation.objects.exists()


@pytest.mark.parametrize("words", [DOUBTFUL, "No me escriban más, por favor"])
def test_possible_opt_out_in_a_form_holds_messages_back(
    client: Client, ask: Message, words: str
) -> None:
    rate(client, ask, 2)
    client.post(f"/f/{ask.patient.token}", {"comment": words})

    with tenancy.within(ask.workspace_id):
        assert [one.address for one in Hold.objects.undecided()] == [ask.patient.phone]
        assert Conversation.objects.get(patient=ask.patient).waiting_since
