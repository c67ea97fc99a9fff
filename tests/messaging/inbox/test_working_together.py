"""Two members at one conversation: presence, live updates, and answers at the same time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging import live_pages
from messaging.inbox import conversations
from messaging.live_pages import LivePage
from messaging.models import Conversation, Message
from tests.factories import ConversationFactory, PatientFactory, UserFactory
from tests.messaging.world import shared_sender
from workspaces.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def ana() -> User:
    shared_sender()
    user: User = UserFactory.create(name="Ana Ruiz", language="en")
    return user


@pytest.fixture
def luis(ana: User) -> User:
    user: User = UserFactory.create(workspace=ana.workspace, name="Luis Paz", language="en")
    return user


@pytest.fixture
def conversation(ana: User) -> Conversation:
    patient = PatientFactory.create(workspace=ana.workspace)
    found: Conversation = ConversationFactory.create(workspace=ana.workspace, patient=patient)
    return found


def ask(
    user: User, conversation: Conversation, *, seen: str = "", writing: bool = False
) -> tuple[int, dict[str, object]]:
    """Ask as the script of the page does: with the token, without cookies."""
    with tenancy.within(conversation.workspace_id):
        token = LivePage.of(user, patient=conversation.patient_id).token
    response = Client().get(
        reverse("inbox_live"),
        {"seen": seen, "writing": "1" if writing else "0"},
        headers={"X-Live-Page": token},
    )
    return response.status_code, response.json() if response.status_code == 200 else {}


def open_page(client: Client, user: User, conversation: Conversation) -> str:
    client.force_login(user)
    return client.get(reverse("inbox_conversation", args=[conversation.pk])).content.decode()


def send_form(client: Client, user: User, conversation: Conversation, *, seen: int) -> str:
    client.force_login(user)
    form = {"key": uuid4(), "channel": "SMS", "text": f"De {user.name}", "seen": seen}
    address = reverse("inbox_answer", args=[conversation.pk])
    return client.post(address, form, follow=True).content.decode()


def find_answers(conversation: Conversation) -> list[str]:
    with tenancy.within(conversation.workspace_id):
        return list(Message.objects.filter(type="ANSWER").values_list("content", flat=True))


def test_live_update_without_news_needs_no_query(
    ana: User, conversation: Conversation, django_assert_num_queries: object
) -> None:
    with tenancy.within(conversation.workspace_id):
        page = LivePage.of(ana, patient=conversation.patient_id)
    headers = {"X-Live-Page": page.token}
    seen = page.state(version=page.version)
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = Client().get(reverse("inbox_live"), {"seen": seen}, headers=headers)

    assert response.status_code == 204


def test_change_reaches_the_pages_of_the_clinic_and_of_no_other(
    ana: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: object,
) -> None:
    stranger = UserFactory.create()
    other: Conversation = ConversationFactory.create(workspace=stranger.workspace)
    _status, before = ask(ana, conversation)
    _status, elsewhere = ask(stranger, other)
    with (
        django_capture_on_commit_callbacks(execute=True),  # type: ignore[operator]
        tenancy.within(conversation.workspace_id),
    ):
        conversations.add_note(conversation=conversation, text="Llamar", by=ana)

    status, after = ask(ana, conversation, seen=str(before["state"]))
    assert status == 200
    assert after["version"] != before["version"]
    assert ask(stranger, other, seen=str(elsewhere["state"]))[0] == 204


@pytest.mark.parametrize("token", ["", "made up", "W10:x:y"])
def test_made_up_token_is_refused(token: str) -> None:
    response = Client().get(reverse("inbox_live"), headers={"X-Live-Page": token})

    assert response.status_code == 410


def test_old_token_makes_the_page_load_anew(
    ana: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_pages, "LONGEST_SECONDS", -1)

    assert ask(ana, conversation)[0] == 410


def test_page_loads_anew_when_the_next_snooze_ends(ana: User, conversation: Conversation) -> None:
    soon = timezone.now() + timedelta(seconds=40)
    with tenancy.within(conversation.workspace_id):
        conversations.snooze_conversation(conversation=conversation, until=soon, by=ana)
        page = LivePage.of(ana)

    assert page.until == int(soon.timestamp()) + 1


def test_colleague_sees_who_is_answering(ana: User, luis: User, conversation: Conversation) -> None:
    ask(ana, conversation, writing=True)

    assert ask(luis, conversation)[1]["writing"] == ["Ana Ruiz"]
    assert ask(ana, conversation)[1]["writing"] == []
    assert ask(luis, conversation)[1]["writing"] == []


def test_only_those_at_the_same_patient_see_it(
    ana: User, luis: User, conversation: Conversation
) -> None:
    patient = PatientFactory.create(workspace=ana.workspace)
    other: Conversation = ConversationFactory.create(workspace=ana.workspace, patient=patient)
    ask(ana, conversation, writing=True)

    assert ask(luis, other)[1]["writing"] == []


def test_who_has_sent_no_longer_writes(
    client: Client, ana: User, luis: User, conversation: Conversation
) -> None:
    ask(ana, conversation, writing=True)
    send_form(client, ana, conversation, seen=0)

    assert ask(luis, conversation)[1]["writing"] == []


def test_second_answer_waits_until_the_first_one_is_read(
    client: Client, ana: User, luis: User, conversation: Conversation
) -> None:
    open_page(client, luis, conversation)
    send_form(client, ana, conversation, seen=0)
    page = send_form(client, luis, conversation, seen=0)

    assert "Ana Ruiz sent an answer while you wrote yours" in page
    assert "De Ana Ruiz" in page[page.index('class="thread"') :]
    assert ">De Luis Paz</textarea>" in page.replace("\n", "")
    assert 'name="seen" value="1"' in page
    assert find_answers(conversation) == ["De Ana Ruiz"]

    send_form(client, luis, conversation, seen=1)
    assert find_answers(conversation) == ["De Ana Ruiz", "De Luis Paz"]


def test_form_sent_twice_is_no_second_answer(
    client: Client, ana: User, conversation: Conversation
) -> None:
    client.force_login(ana)
    form = {"key": uuid4(), "channel": "SMS", "text": "Hola", "seen": 0}
    address = reverse("inbox_answer", args=[conversation.pk])
    client.post(address, form)
    page = client.post(address, form, follow=True).content.decode()

    assert "while you wrote" not in page
    assert find_answers(conversation) == ["Hola"]
