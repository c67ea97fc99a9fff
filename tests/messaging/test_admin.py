from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from core import tenancy
from messaging.models import Message, Sender
from tests.admin_pages import (
    allowed_permissions,
    audit_events,
    change_page,
    form_data,
    list_page,
    run_action,
)
from tests.factories import MessageFactory, SenderFactory, StaffFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db

CONVERSATION = [m for m in apps.get_app_config("messaging").get_models() if m is not Sender]


@pytest.fixture
def staff(client: Client) -> User:
    user = StaffFactory.create()
    client.force_login(user)
    return user


def reread(sender: Sender) -> Sender:
    with tenancy.platform("test"):
        return Sender.objects.get(pk=sender.pk)


@pytest.mark.parametrize("model", CONVERSATION)
def test_rows_of_a_conversation_are_read_only(model: Any, client: Client, staff: User) -> None:
    assert allowed_permissions(model, client.get(list_page(Message)).wsgi_request) == {"view"}


def test_list_of_messages_does_not_show_texts(client: Client, staff: User) -> None:
    MessageFactory.create(content="Hola Zoraida")

    assert "Zoraida" not in client.get(list_page(Message)).content.decode()


def test_sender_can_be_added_and_changed_but_not_deleted(client: Client, staff: User) -> None:
    new = {"channel": "SMS", "address": "+12025550199", "rate_per_second": "3"}
    client.post(reverse("admin:messaging_sender_add"), new)
    with tenancy.platform("test"):
        sender = Sender.objects.get()

    client.post(change_page(sender), form_data(client, sender, rate_per_second="10", two_way="on"))

    assert reread(sender).rate_per_second == 10
    assert reread(sender).two_way
    request = client.get(list_page(Sender)).wsgi_request
    assert allowed_permissions(Sender, request) == {"view", "add", "change"}


@pytest.mark.parametrize("rate", ["0", "-1", "rápido"])
def test_invalid_rate_is_form_error(client: Client, staff: User, rate: str) -> None:
    new = {"channel": "SMS", "address": "+12025550199", "rate_per_second": rate}

    answer = client.post(reverse("admin:messaging_sender_add"), new)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors


def test_used_address_is_form_error(client: Client, staff: User) -> None:
    sender = SenderFactory.create()
    new = {"channel": sender.channel, "address": sender.address, "rate_per_second": "1"}

    answer = client.post(reverse("admin:messaging_sender_add"), new)

    assert answer.context["adminform"].form.errors


def test_pausing_and_resuming_own_sender_is_audited(client: Client, staff: User) -> None:
    sender = SenderFactory.create()

    run_action(client, "pause", sender)
    assert reread(sender).paused_at
    assert reread(sender).pause_reason

    run_action(client, "resume", sender)
    assert (reread(sender).paused_at, reread(sender).pause_reason) == (None, "")
    assert [event.action for event in audit_events(sender.workspace)] == ["admin.change"] * 2


def test_pausing_shared_sender_is_in_the_log_of_the_admin(client: Client, staff: User) -> None:
    sender = SenderFactory.create(workspace=None)

    run_action(client, "pause", sender)

    assert reread(sender).paused_at
    assert LogEntry.objects.filter(object_id=sender.pk, user=staff).exists()
