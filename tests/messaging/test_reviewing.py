"""Our staff see new senders with samples, and decide with one press."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from messaging.dispatch import new_senders
from messaging.models import Message
from tests.factories import (
    MessageFactory,
    SenderFlagFactory,
    StaffFactory,
    TemplateFactory,
    UnvettedWorkspaceFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import SenderFlag, Workspace

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def staff(client: Client, settings: Any) -> Client:
    settings.ADMIN_REQUIRES_MFA = False
    client.force_login(StaffFactory.create())
    return client


def press(client: Client, workspace: Workspace, act: str, **more: str) -> Any:
    said = {"workspace": str(workspace.pk), "act": act, **more}
    return client.post(reverse("admin:new_senders"), said, follow=True, headers=ENGLISH)


def now_of(workspace: Workspace) -> Workspace:
    with tenancy.platform("test"):
        return Workspace.objects.get(pk=workspace.pk)


@pytest.fixture
def suspect() -> Workspace:
    workspace: Workspace = UnvettedWorkspaceFactory.create(name="Clínica Dudosa")
    UserFactory.create(workspace=workspace, email="tirada@example.com")
    TemplateFactory.create(workspace=workspace, content="Su cuenta fue bloqueada")
    MessageFactory.create(
        workspace=workspace,
        status="SENT",
        sent_at=timezone.now(),
        content="Hola Rosa, ¿del 1 al 5?",
    )
    MessageFactory.create(workspace=workspace, error=new_senders.OWN_WORDS)
    SenderFlagFactory.create(workspace=workspace, about="https://evil.example")
    return workspace


def test_page_shows_new_senders_with_samples(staff: Client, suspect: Workspace) -> None:
    WorkspaceFactory.create(name="Clínica De Siempre")

    page = staff.get(reverse("admin:new_senders"), headers=ENGLISH).content.decode()

    for shown in (
        "Clínica Dudosa",
        "tirada@example.com",
        "Su cuenta fue bloqueada",
        "Hola Rosa",
        "https://evil.example",
        "1 sent",
    ):
        assert shown in page
    assert "Clínica De Siempre" not in page


def test_buttons_stop_and_allow_a_clinic(staff: Client, suspect: Workspace) -> None:
    press(staff, suspect, "stop", because="Phishing")
    stopped = now_of(suspect)
    press(staff, suspect, "allow")

    assert (stopped.sending_stopped_because, stopped.sending_stopped_at is None) == (
        "Phishing",
        False,
    )
    assert now_of(suspect).sending_stopped_at is None
    with tenancy.platform("test"):
        assert AuditEvent.objects.filter(action__startswith="sending.").count() == 2
        assert not SenderFlag.objects.filter(seen_at=None).exists()


def test_vetting_sends_waiting_messages(staff: Client, suspect: Workspace) -> None:
    press(staff, suspect, "vet")

    assert now_of(suspect).vetted_at
    with tenancy.platform("test"):
        assert not Message.objects.filter(error=new_senders.OWN_WORDS).exists()


def test_flags_can_be_marked_as_seen_without_a_decision(staff: Client, suspect: Workspace) -> None:
    press(staff, suspect, "seen")

    assert now_of(suspect).vetted_at is None
    with tenancy.platform("test"):
        assert not SenderFlag.objects.filter(seen_at=None).exists()


@pytest.mark.parametrize("said", [{}, {"act": "vet"}, {"act": "vet", "workspace": "x"}])
def test_post_without_known_clinic_does_nothing(staff: Client, said: dict[str, str]) -> None:
    assert staff.post(reverse("admin:new_senders"), said).status_code == 302


def test_member_does_not_see_the_page(client: Client, suspect: Workspace) -> None:
    client.force_login(UserFactory.create(workspace=suspect))

    assert client.get(reverse("admin:new_senders")).status_code == 403
