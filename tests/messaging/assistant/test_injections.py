"""Texts of patients that try to instruct the model: none gets anywhere."""

import json
import re
from pathlib import Path

import pytest

from core import tenancy
from dev.doubles.language_model.settings import Mode
from messaging import understanding
from messaging.assistant import month, prompts, suggestions
from messaging.assistant.answers import UnusableAnswerError
from messaging.assistant.masking import mask_text
from messaging.models import (
    Conversation,
    InboundMessage,
    Message,
    Sentiment,
    Topic,
    Urgency,
)
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.factories import PatientFactory
from tests.messaging.assistant.conftest import agree
from workspaces.models import User
from workspaces.vetting.plain_names import carries_address

ESCAPE = re.compile(r"\\(?:n|u[0-9a-f]{4}|U[0-9a-f]{8})")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\U000e0000-\U000e0fff]")
LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){5,}")


def decode(line: str) -> str:
    return ESCAPE.sub(lambda found: found[0].encode().decode("unicode_escape"), line)


INJECTIONS = [
    decode(line)
    for line in Path(__file__).with_name("injections.txt").read_text("utf-8").splitlines()[1:]
]


def test_set_is_large_enough() -> None:
    assert len(set(INJECTIONS)) >= 60


@pytest.mark.parametrize("text", INJECTIONS)
def test_masked_text_has_no_address_number_or_hidden_letter(text: str) -> None:
    masked = mask_text(text)

    assert not carries_address(masked)
    assert not LONG_NUMBER.search(masked)
    assert not INVISIBLE.search(masked)


def test_text_stays_a_string_in_the_data(conversation: Conversation) -> None:
    other = PatientFactory.create(workspace=conversation.workspace, name="Juan Mora Secreto")
    with tenancy.within(conversation.workspace_id):
        for text in INJECTIONS:
            InboundMessage.objects.update(body=text)
            question = suggestions.build_question(conversation.patient)
            data = json.loads(question.data)
            assert question.instructions == prompts.read_prompt(prompts.SUGGEST_ANSWER)
            assert data.keys() == {"language", "stars", "texts"}
            assert [said.keys() for said in data["texts"]] == [{"from", "text"}]
            assert data["texts"][0]["from"] == "patient"
            assert "Secreto" not in question.data
            assert str(other.phone) not in question.data


@pytest.mark.parametrize("text", INJECTIONS)
def test_obedient_answer_is_refused_or_harmless(text: str, conversation: Conversation) -> None:
    """The worst model repeats what the patient wants it to say."""
    try:
        accepted = suggestions.read_answer(json.dumps({"message": text}), conversation.patient)
    except UnusableAnswerError:
        return
    assert not carries_address(accepted)
    assert not LONG_NUMBER.search(accepted)
    assert not INVISIBLE.search(accepted)
    assert "<" not in accepted or not re.search(r"<[a-z/]", accepted)
    assert len(accepted) <= suggestions.MAX_LENGTH


@pytest.mark.parametrize("text", INJECTIONS)
def test_answer_with_the_text_as_json_keeps_the_schema(
    text: str, conversation: Conversation
) -> None:
    for answer in (text, f'{{"message": "{text}"}}', json.dumps({"message": "Hola", "more": text})):
        try:
            accepted = suggestions.read_answer(answer, conversation.patient)
        except UnusableAnswerError:
            continue
        assert isinstance(accepted, str)
        assert not carries_address(accepted)


@pytest.mark.parametrize("text", INJECTIONS)
def test_summary_quotes_only_what_was_written(text: str) -> None:
    answer = {
        "changed": "",
        "praised": [{"point": "Les gusta.", "quotes": [text, "Nadie ha escrito esto jamás."]}],
        "blamed": [],
        "first": [],
    }

    summary = month.read_summary(json.dumps(answer), ["El trato fue muy bueno."])

    assert summary.praised[0].quotes == []


@pytest.mark.parametrize("text", INJECTIONS)
def test_labels_keep_their_schema(text: str) -> None:
    found = understanding.classify(text)

    assert {topic.code for topic in found.topics} <= set(Topic.values)
    assert found.urgency.code in Urgency.values
    assert found.sentiment.code in Sentiment.values


def test_our_instructions_are_not_shown(conversation: Conversation) -> None:
    instructions = prompts.read_prompt(prompts.SUGGEST_ANSWER)
    leak = json.dumps({"message": instructions[:500]})

    with pytest.raises(UnusableAnswerError, match="our instructions"):
        suggestions.read_answer(leak, conversation.patient)


def test_our_instructions_are_not_in_a_summary() -> None:
    instructions = prompts.read_prompt(prompts.SUMMARIZE_MONTH)
    leak = {"changed": instructions[:300], "praised": [], "blamed": [], "first": []}

    with pytest.raises(UnusableAnswerError, match="our instructions"):
        month.read_summary(json.dumps(leak), [])


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_injected_answer_reaches_nobody(
    agreed: LanguageModel, owner: User, conversation: Conversation, provider: str
) -> None:
    with agreed.in_use(provider):
        agree(owner)
        agreed.behave(Mode.INJECTED)
        with tenancy.within(conversation.workspace_id):
            suggestions.order_suggestion(conversation=conversation, by=owner)
        suggestions.write_suggestion(
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.pk,
            user_id=owner.pk,
        )
        found = suggestions.find_suggestion(conversation=conversation, by=owner)

    assert found
    assert not found.text
    assert found.problem
    with tenancy.within(conversation.workspace_id):
        assert not Message.objects.exists()
