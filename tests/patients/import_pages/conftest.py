from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from campaigns.models import Campaign, CampaignStatus
from tests.factories import (
    CampaignFactory,
    UserFactory,
)
from workspaces.models import Role, User


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def receptionist(client: Client) -> User:
    user = UserFactory.create(role=Role.RECEPTIONIST, language="en", name="Rosa Recibe")
    client.force_login(user)
    return user


@pytest.fixture
def campaign(receptionist: User) -> Campaign:
    return CampaignFactory.create(
        workspace=receptionist.workspace, status=CampaignStatus.ACTIVE, name="Consulta general"
    )
