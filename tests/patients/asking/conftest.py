import pytest
from django.test import Client

from campaigns.models import Campaign
from tests.factories import UserFactory
from tests.messaging.world import running_campaign, shared_sender
from workspaces.models import Plan, Role, User


@pytest.fixture
def receptionist(client: Client) -> User:
    shared_sender()
    user: User = UserFactory.create(
        role=Role.RECEPTIONIST,
        language="en",
        name="Rosa Recibe",
        workspace__plan=Plan.PROFESSIONAL,
    )
    client.force_login(user)
    return user


@pytest.fixture
def campaign(receptionist: User) -> Campaign:
    """The practice of this campaign sends at any hour."""
    return running_campaign(receptionist.workspace, name="Consulta general")
