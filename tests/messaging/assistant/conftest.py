from decimal import Decimal

import pytest

from core import tenancy
from messaging.assistant import consent, provider
from messaging.models import AssistantSettings, Conversation
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    InboundMessageFactory,
    PatientFactory,
    UserFactory,
)
from tests.messaging.world import shared_sender
from workspaces.models import Role, User, Workspace


def agree(owner: User, *, budget: str = "5") -> AssistantSettings:
    """Turn the assistant on for the owner's clinic."""
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        return consent.turn_on(
            workspace=owner.workspace,
            budget_usd=Decimal(budget),
            by=owner,
            recipient=provider.recipient(),
        )


@pytest.fixture
def owner(db: None) -> User:
    shared_sender()
    user: User = UserFactory.create(language="en", role=Role.OWNER, name="Ana Ruiz")
    return user


@pytest.fixture
def workspace(owner: User) -> Workspace:
    assert owner.workspace
    return owner.workspace


@pytest.fixture
def conversation(owner: User) -> Conversation:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    patient = PatientFactory.create(
        workspace=owner.workspace,
        campaign=campaign,
        name="Zoila Paz Andrade",
        phone="+593991234567",
        email="zoila@example.com",
        doctor_name="Pedro Salas",
        language="es",
    )
    InboundMessageFactory.create(
        workspace=owner.workspace,
        patient=patient,
        body="Hola, soy Zoila Paz, mi cel es 099 123 4567. ¿Atienden el sábado?",
    )
    found: Conversation = ConversationFactory.create(workspace=owner.workspace, patient=patient)
    return found


@pytest.fixture
def agreed(language_model: LanguageModel, owner: User) -> LanguageModel:
    """The provider, with the clinic's agreement."""
    agree(owner)
    return language_model
