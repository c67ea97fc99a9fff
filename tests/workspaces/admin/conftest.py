import pytest
from django.test import Client

from tests.factories import StaffFactory
from workspaces.models import User


@pytest.fixture
def staff(client: Client) -> User:
    """A signed-in user of the platform staff."""
    user = StaffFactory.create()
    client.force_login(user)
    return user
