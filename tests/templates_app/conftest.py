from typing import Any

import pytest
from django.test import Client

from core import tenancy
from core.models import AuditEvent
from templates_app.models import Template, TemplateVersion
from tests.factories import UserFactory
from workspaces.models import User


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", name="Dra. Dueña")
    client.force_login(user)
    return user


def texts_of(user: User, **filters: Any) -> list[Template]:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return list(Template.objects.filter(**filters).order_by("pk"))


def versions_of(template: Template) -> list[TemplateVersion]:
    with tenancy.within(template.workspace_id):
        return list(template.versions.order_by("version"))


def actions_of(user: User) -> list[str]:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
