"""The page on which an owner turns the assistant on, and what it says."""

from decimal import Decimal

import pytest
from django.test import Client
from django.test.utils import override_settings

from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from messaging.assistant import consent, provider
from messaging.models import AssistantSettings
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.factories import (
    AssistantCallFactory,
    PatientFactory,
    UnvettedWorkspaceFactory,
    UserFactory,
)
from tests.messaging.assistant.conftest import agree
from workspaces.models import Role, User, Workspace

PAGE = "/assistant/"


@pytest.fixture
def owner_client(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def read_settings(workspace: Workspace) -> AssistantSettings:
    with tenancy.within(workspace.pk):
        return AssistantSettings.objects.get()


def actions_of(workspace: Workspace) -> list[str]:
    with tenancy.within(workspace.pk):
        recorded = AuditEvent.objects.filter(action__startswith="assistant.")
        return list(recorded.order_by("pk").values_list("action", flat=True))


def test_installation_without_a_provider_says_that_nothing_is_sent(owner_client: Client) -> None:
    page = owner_client.get(PAGE).content.decode()

    assert "no words of your patients go to another company" in page
    assert "Turn it on" not in page


def test_page_names_recipient_and_model(
    owner_client: Client, language_model: LanguageModel
) -> None:
    with override_settings(AI_BASE_URL=""):
        page = owner_client.get(PAGE).content.decode()

    assert "Anthropic" in page
    assert "double-1" in page
    assert "What is never sent" in page


def test_owner_turns_it_on_and_off(
    owner_client: Client, workspace: Workspace, language_model: LanguageModel
) -> None:
    agreement = {"budget": "3.50", "agrees": "on", "recipient": provider.recipient()}
    owner_client.post(f"{PAGE}on", agreement)

    chosen = read_settings(workspace)
    assert consent.is_on(chosen)
    assert (chosen.budget_micro_usd, chosen.enabled_by_name) == (3_500_000, "Ana Ruiz")
    assert "Turn it off at once" in owner_client.get(PAGE).content.decode()

    owner_client.post(f"{PAGE}off")

    assert not consent.is_on(read_settings(workspace))
    assert actions_of(workspace) == ["assistant.on", "assistant.off"]


@pytest.mark.parametrize(
    "answers",
    [
        {"budget": "3"},
        {"budget": "20.01", "agrees": "on"},
        {"budget": "0", "agrees": "on"},
        {"budget": "3", "agrees": "on", "recipient": "another provider"},
        {},
    ],
)
def test_incomplete_agreement_turns_nothing_on(
    owner_client: Client,
    workspace: Workspace,
    language_model: LanguageModel,
    answers: dict[str, str],
) -> None:
    assert owner_client.post(f"{PAGE}on", answers).status_code == 200

    with tenancy.within(workspace.pk):
        assert not AssistantSettings.objects.exists()


def test_budget_can_be_changed_without_agreeing_again(
    owner_client: Client, workspace: Workspace, agreed: LanguageModel
) -> None:
    since = read_settings(workspace).enabled_at

    owner_client.post(f"{PAGE}on", {"budget": "7"})

    chosen = read_settings(workspace)
    assert (chosen.budget_micro_usd, chosen.enabled_at) == (7_000_000, since)


def test_another_model_needs_a_new_agreement(owner_client: Client, agreed: LanguageModel) -> None:
    with override_settings(AI_MODEL="another"):
        page = owner_client.get(PAGE).content.decode()

    assert "until you agree again" in page
    assert "I agree" in page


def test_page_shows_calls_and_what_is_spent(
    owner_client: Client, workspace: Workspace, agreed: LanguageModel
) -> None:
    AssistantCallFactory.create(
        workspace=workspace, cost_micro_usd=1_250_000, requested_by_name="Pedro"
    )

    page = owner_client.get(PAGE).content.decode()

    assert "1.25 USD of 5.00 USD" in page
    assert "Pedro" in page


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_only_owners_decide(
    client: Client, workspace: Workspace, language_model: LanguageModel, role: Role
) -> None:
    client.force_login(UserFactory.create(workspace=workspace, role=role))

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}on", {"budget": "3", "agrees": "on"}).status_code == 403


@pytest.mark.parametrize("budget", ["0.09", "20.01"])
def test_budget_has_limits(language_model: LanguageModel, owner: User, budget: str) -> None:
    with pytest.raises(ProblemError):
        agree(owner, budget=budget)


def test_clinic_without_trust_cannot_turn_it_on(db: None, language_model: LanguageModel) -> None:
    owner = UserFactory.create(workspace=UnvettedWorkspaceFactory.create(), role=Role.OWNER)

    with pytest.raises(ProblemError):
        agree(owner)


def test_privacy_page_names_the_recipient(owner_client: Client, agreed: LanguageModel) -> None:
    assert "double-1" in owner_client.get("/privacy/").content.decode()

    owner_client.post(f"{PAGE}off")

    page = owner_client.get("/privacy/").content.decode()
    assert "double-1" not in page
    assert "No words of your patients are sent" in page


def test_export_names_the_calls_with_a_persons_words(
    owner_client: Client, workspace: Workspace
) -> None:
    patient = PatientFactory.create(workspace=workspace)
    AssistantCallFactory.create(workspace=workspace, patient_ids=[patient.pk])
    AssistantCallFactory.create(workspace=workspace)

    exported = owner_client.post(f"/privacy/{patient.pk}/export", {"rows": [patient.pk]}).json()

    (call,) = exported["appointments"][0]["sent_to_assistant"]
    assert (call["for"], call["provider"]) == ("SUGGEST_ANSWER", "Anthropic")
    page = owner_client.get(f"/privacy/{patient.pk}/").content.decode()
    assert "Words of this visit were sent to a language model" in page


def test_budget_is_kept_in_micro_dollars(language_model: LanguageModel, owner: User) -> None:
    assert agree(owner, budget="0.10").budget_micro_usd == int(Decimal("0.10") * 1_000_000)
