import pytest
from django.test import Client

from tests.factories import (
    UserFactory,
)
from workspaces.models import Plan, User


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", workspace__plan=Plan.FREE)
    client.force_login(user)
    return user
