"""From the button in the inbox to a text in the answer, and everything that can come in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from core import tenancy
from dev.doubles.language_model.settings import Mode
from messaging import tasks
from messaging.assistant import consent, suggestions
from messaging.assistant.ordered_suggestions import Suggestion
from messaging.models import AssistantCall, AssistantSettings, Conversation, Message
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.factories import InboundMessageFactory, MessageFactory, UserFactory
from workspaces.models import Role, User


@pytest.fixture
def owner_client(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def page_of(conversation: Conversation) -> str:
    return f"/inbox/{conversation.pk}/"


def press_button(owner_client: Client, conversation: Conversation) -> str:
    response = owner_client.post(f"{page_of(conversation)}suggest", headers={"HX-Request": "true"})
    return str(response.content.decode())


def write(conversation: Conversation, owner: User) -> Suggestion:
    """What the worker does, and what the member sees then."""
    tasks.write_suggestion(str(conversation.workspace_id), str(conversation.pk), str(owner.pk))
    found = suggestions.find_suggestion(conversation=conversation, by=owner)
    assert found
    return found


def test_button_is_only_there_when_it_is_on(
    owner_client: Client, language_model: LanguageModel, owner: User, conversation: Conversation
) -> None:
    assert "Suggest an answer" not in owner_client.get(page_of(conversation)).content.decode()


def test_member_gets_a_suggestion(
    owner_client: Client, agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    assert "Suggest an answer" in owner_client.get(page_of(conversation)).content.decode()
    assert "is writing" in press_button(owner_client, conversation)

    suggestion = write(conversation, owner)

    assert suggestion.text.startswith("Zoila, gracias por su pregunta")
    fetched = owner_client.get(f"{page_of(conversation)}suggestion").content.decode()
    assert f'data-insert="{suggestion.text}"' in fetched
    assert "every 1s" not in fetched
    with tenancy.within(conversation.workspace_id):
        assert not Message.objects.exists()
        (call,) = AssistantCall.objects.all()
    assert call.patient_ids == [conversation.patient_id]
    assert call.requested_by_name == "Ana Ruiz"


def test_without_javascript_the_page_comes_back(
    owner_client: Client, agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    response = owner_client.post(f"{page_of(conversation)}suggest", follow=True)

    assert "is writing" in response.content.decode()


def test_button_queues_one_task(
    owner_client: Client,
    agreed: LanguageModel,
    conversation: Conversation,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(
        "messaging.task_queue.current_app.send_task",
        lambda name, **options: sent.append((name, options["expires"])),
    )

    with django_capture_on_commit_callbacks(execute=True):
        press_button(owner_client, conversation)
        press_button(owner_client, conversation)

    assert sent == [("messaging.tasks.write_suggestion", 20)]


def test_only_masked_words_stars_and_language_are_sent(
    agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    patient = conversation.patient
    MessageFactory.create(
        workspace=conversation.workspace,
        patient=patient,
        rating=2,
        content="Hola Zoila: https://clinic.example/t/abc",
    )
    MessageFactory.create(
        workspace=conversation.workspace,
        patient=patient,
        type="ANSWER",
        content="Hola Zoila, soy Ana Ruiz. El Dr. Salas le llama.",
        written_by="Ana Ruiz",
    )

    write(conversation, owner)

    sent = agreed.last_request()
    for secret in (
        *(
            "Zoila",
            "Paz",
            "Andrade",
            "Salas",
            "Ruiz",
            "zoila@example.com",
            "4567",
            "clinic.example",
        ),
        str(patient.pk),
        conversation.workspace.name,
        patient.campaign.practice.name,
    ):
        assert secret not in sent
    assert "¿Atienden el sábado?" in sent
    assert '\\"stars\\": 2' in sent


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (Mode.REFUSING, "no usable answer"),
        (Mode.RAMBLING, "no usable answer"),
        (Mode.BROKEN, "no usable answer"),
        (Mode.OTHER_SCHEMA, "no usable answer"),
        (Mode.EMPTY, "no usable answer"),
        (Mode.INJECTED, "no usable answer"),
        (Mode.BUSY, "too slow"),
        (Mode.FAILING, "cannot be reached"),
        (Mode.UNAUTHORIZED, "cannot be reached"),
    ],
)
def test_page_goes_on_without_an_answer(  # noqa: PLR0917
    owner_client: Client,
    agreed: LanguageModel,
    owner: User,
    conversation: Conversation,
    mode: Mode,
    words: str,
) -> None:
    agreed.behave(mode)

    suggestion = write(conversation, owner)

    assert words in suggestion.problem
    page = owner_client.get(page_of(conversation)).content.decode()
    assert words in page
    assert "Send the answer" in page


def test_slow_provider_is_given_up(
    agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    agreed.behave(Mode.SLOW)

    with override_settings(AI_TIMEOUT_SECONDS=0.2):
        assert "too slow" in write(conversation, owner).problem


def test_task_that_no_worker_takes_is_given_up(
    agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    with tenancy.within(conversation.workspace_id):
        suggestions.order_suggestion(conversation=conversation, by=owner)

    with override_settings(AI_TIMEOUT_SECONDS=-60):
        found = suggestions.find_suggestion(conversation=conversation, by=owner)

    assert found
    assert not found.is_waiting
    assert found.problem


def test_used_up_budget_is_said(
    agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    with tenancy.within(conversation.workspace_id):
        AssistantSettings.objects.update(budget_micro_usd=1)

    assert "budget for this month is used up" in write(conversation, owner).problem
    assert not agreed.received


def test_turned_off_meanwhile_shows_nothing(
    owner_client: Client, agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    press_button(owner_client, conversation)
    with tenancy.within(conversation.workspace_id):
        consent.turn_off(workspace=conversation.workspace, by=owner)

    tasks.write_suggestion(str(conversation.workspace_id), str(conversation.pk), str(owner.pk))

    assert not agreed.received
    fetched = owner_client.get(f"{page_of(conversation)}suggestion").content.decode()
    assert "The assistant is off" in fetched


def test_erased_patient_is_not_sent(
    agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    with tenancy.within(conversation.workspace_id):
        conversation.patient.data_deleted_at = timezone.now()
        conversation.patient.save()

    tasks.write_suggestion(str(conversation.workspace_id), str(conversation.pk), str(owner.pk))

    assert not agreed.received


def test_colleague_does_not_see_the_suggestion(
    client: Client, agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    text = write(conversation, owner).text
    colleague = UserFactory.create(workspace=owner.workspace, role=Role.OWNER)
    client.force_login(colleague)

    assert text not in client.get(f"{page_of(conversation)}suggestion").content.decode()


def test_sent_answer_forgets_the_suggestion(
    owner_client: Client, agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    text = write(conversation, owner).text

    owner_client.post(
        f"{page_of(conversation)}answer", {"key": uuid4(), "channel": "SMS", "text": f"{text} ¡Ok!"}
    )

    with tenancy.within(conversation.workspace_id):
        (message,) = Message.objects.filter(type="ANSWER")
    assert message.content.endswith("¡Ok!")
    assert message.written_by == "Ana Ruiz"
    assert suggestions.find_suggestion(conversation=conversation, by=owner) is None


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("Zoila Paz", "Zoila, gracias. Saludos, Zoila."),
        ("", "gracias. Saludos,."),
    ],
)
def test_name_is_inserted_here(conversation: Conversation, name: str, suggested: str) -> None:
    conversation.patient.name = name
    answer = '{"message": "[PATIENT], gracias. Saludos, [PATIENT]."}'

    assert suggestions.read_answer(answer, conversation.patient) == suggested


def test_only_the_newest_texts_are_sent(
    agreed: LanguageModel, owner: User, conversation: Conversation
) -> None:
    for number in range(20):
        InboundMessageFactory.create(
            workspace=conversation.workspace,
            patient=conversation.patient,
            body=f"texto {number} " + "x" * 3_000,
            received_at=timezone.now() + timedelta(seconds=number),
        )

    write(conversation, owner)

    sent = agreed.last_request()
    assert "texto 19" in sent
    assert "texto 7 " not in sent
    assert len(sent) < 20_000


def test_owners_are_told_of_trouble_once_a_day(  # noqa: PLR0917
    agreed: LanguageModel,
    owner: User,
    conversation: Conversation,
    mailoutbox: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    def run(name: str, args: list[str], **_: object) -> None:
        getattr(tasks, name.rpartition(".")[2])(*args)

    monkeypatch.setattr("messaging.task_queue.current_app.send_task", run)
    monkeypatch.setattr("messaging.assistant.provider.SECONDS_BEFORE_RETRY", 0)
    agreed.behave(Mode.FAILING)

    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            write(conversation, owner)

    (mail,) = [mail for mail in mailoutbox if mail.to == [owner.email]]
    assert mail.subject == "The assistant does not work at the moment"
    assert "Zoila" not in mail.body
    assert "/assistant/" in mail.body


def test_one_bad_answer_mails_nobody(
    agreed: LanguageModel,
    owner: User,
    conversation: Conversation,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    agreed.behave(Mode.REFUSING)

    with django_capture_on_commit_callbacks(execute=True) as queued:
        write(conversation, owner)

    assert not queued
    assert not mailoutbox


def test_log_has_no_words(
    agreed: LanguageModel,
    owner: User,
    conversation: Conversation,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("DEBUG"):
        agreed.behave(Mode.INJECTED)
        write(conversation, owner)
        agreed.behave(Mode.GOOD)
        write(conversation, owner)

    ours = [record for record in caplog.records if record.name == "assistant"]
    assert ours
    for word in ("sábado", "Zoila", "gracias", "evil.example", "lamentamos"):
        assert word not in "".join(record.getMessage() for record in ours)
