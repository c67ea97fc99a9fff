import pytest
from django.test import Client

from tests.factories import StaffFactory
from workspaces.models import User


@pytest.fixture
def staff(client: Client) -> User:
    """A member of the platform's staff who is signed in."""
    user = StaffFactory.create()
    client.force_login(user)
    return user
