"""Open the pages of billing, and change a workspace behind them."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from core import tenancy
from workspaces.models import User, Workspace

DAY = timedelta(days=1)


def workspace_of(user: User) -> Workspace:
    assert user.workspace
    return user.workspace


def open_page(client: Client, name: str = "billing", **query: str) -> str:
    return client.get(reverse(name), query).content.decode()


def update_workspace(workspace: Workspace, **fields: Any) -> None:
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=workspace.pk).update(**fields)
