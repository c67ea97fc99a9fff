"""What the reader suggests about a held text, and the examples that decisions leave."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from dev.training.own_examples import load_own_examples
from messaging import understanding
from messaging.models import Conversation, Message, Sender, Topic, Urgency
from messaging.privacy.anonymization import anonymize_patients
from messaging.text_labels.corrections import correct_labels
from tests.factories import TextLabelsFactory
from tests.messaging.doubtful import DOUBTFUL
from tests.messaging.holding.holds import create_ask, decide, owner_of
from tests.messaging.webhooks.calls import receive_text, text_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def set_doubt(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that sets how sure the reader is that a text is an opt-out."""

    def set_share(share: float) -> None:
        none, unclear = understanding.Label("none", 1), understanding.Label("unclear", 0)
        found = understanding.Understanding((), none, unclear, unclear, unclear, share)
        monkeypatch.setattr(understanding, "classify", lambda _text: found)

    monkeypatch.setattr(understanding, "is_available", lambda: True)
    return set_share


def conversation_page(client: Client, ask: Message) -> str:
    client.force_login(owner_of(ask.workspace))
    with tenancy.within(ask.workspace_id):
        talk = Conversation.objects.get(patient=ask.patient)
    return client.get(reverse("inbox_conversation", args=[talk.pk])).content.decode()


def test_conversation_suggests_what_the_reader_finds(
    client: Client, sender: Sender, set_doubt: Callable[[float], None]
) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))

    set_doubt(0.9)
    assert "it sounds like a no" in conversation_page(client, ask)
    set_doubt(0.1)
    assert "it does not sound like a no" in conversation_page(client, ask)


def test_nothing_is_suggested_when_the_reader_cannot_tell(
    client: Client, sender: Sender, set_doubt: Callable[[float], None]
) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    set_doubt(0.5)
    assert "sound" not in conversation_page(client, ask)


@pytest.mark.parametrize(("decision", "intent"), [("stop", "opt_out"), ("go_on", "other")])
def test_decision_of_a_member_is_an_example(sender: Sender, decision: str, intent: str) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    assert load_own_examples() == []

    decide(decision, ask)

    assert [(each.text, each.intent) for each in load_own_examples()] == [(DOUBTFUL, intent)]


def test_decision_taken_back_is_no_example(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    decide("stop", ask)
    decide("undo", ask)
    assert load_own_examples() == []


def test_example_is_erased_with_the_person(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    decide("go_on", ask)
    with tenancy.platform("test"):
        anonymize_patients([ask.patient], now=timezone.now())
    assert load_own_examples() == []


def test_corrected_text_is_an_example(sender: Sender) -> None:
    ask = create_ask(sender, comment="esperé dos horas")
    labels = TextLabelsFactory.create(workspace=ask.workspace, message=ask, language="es")
    with tenancy.within(ask.workspace_id):
        correct_labels(
            labels=labels, topics=[Topic.WAITING], urgency=Urgency.NONE, by=owner_of(ask.workspace)
        )

    [example] = load_own_examples()

    assert (example.text, example.intent) == ("esperé dos horas", None)
    assert (example.topics, example.urgency, example.language) == (
        frozenset({"waiting"}),
        "none",
        "es",
    )
