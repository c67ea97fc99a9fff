"""What the owner does on the pages, and what nobody else may."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import encryption, tenancy
from integrations.models import WebhookEndpoint
from integrations.webhooks.endpoints import MAX_ENDPOINTS
from tests.admin_pages import audit_events
from tests.factories import (
    DeliveryAttemptFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WorkspaceFactory,
)
from tests.integrations.webhooks.world import (
    create_endpoint,
    enqueue_numbers,
    list_deliveries,
    list_states,
    reload,
)
from workspaces.models import Plan, Role, Workspace

pytestmark = pytest.mark.django_db

FORM = {"url": "https://hooks.example.com/", "events": ["rating.received", "credits.low"]}


@pytest.fixture
def workspace(client: Client) -> Workspace:
    """The owner of it is signed in."""
    clinic: Workspace = WorkspaceFactory.create()
    client.force_login(UserFactory.create(workspace=clinic))
    return clinic


def text_of(response: Any) -> str:
    return str(response.content.decode())


def get_endpoint(workspace: Workspace) -> WebhookEndpoint:
    with tenancy.within(workspace.pk):
        return WebhookEndpoint.objects.get()


def test_new_endpoint_shows_its_secret_once(client: Client, workspace: Workspace) -> None:
    response = client.post(reverse("endpoint_new"), FORM)

    endpoint = get_endpoint(workspace)
    [secret] = re.findall(r"whsec_[\w+/=]+", text_of(response))
    assert encryption.unseal(endpoint.secret) == secret
    assert "no-store" in response["Cache-Control"]
    for page in ("endpoint", "endpoint_edit", "endpoint_rotate"):
        assert "whsec_" not in text_of(client.get(reverse(page, args=[endpoint.pk])))
    [event] = audit_events(workspace)
    assert (event.action, "whsec_" in str(event.new)) == ("endpoint.create", False)


def test_private_address_is_refused_by_the_form(client: Client, workspace: Workspace) -> None:
    response = client.post(reverse("endpoint_new"), FORM | {"url": "https://10.0.0.1/"})

    assert response.context["form"].errors["url"]
    with tenancy.within(workspace.pk):
        assert not WebhookEndpoint.objects.exists()


def test_duplicate_endpoint_and_one_too_many_are_refused(
    client: Client, workspace: Workspace
) -> None:
    client.post(reverse("endpoint_new"), FORM)

    again = client.post(reverse("endpoint_new"), FORM)
    assert again.context["form"].non_field_errors()
    for number in range(MAX_ENDPOINTS):
        last = client.post(reverse("endpoint_new"), FORM | {"url": f"{FORM['url']}{number}"})

    assert last.context["form"].non_field_errors()
    with tenancy.within(workspace.pk):
        assert WebhookEndpoint.objects.count() == MAX_ENDPOINTS


def test_changed_events_apply_to_later_events(client: Client, workspace: Workspace) -> None:
    endpoint = create_endpoint(workspace=workspace)
    enqueue_numbers(workspace.pk, 1)

    client.post(reverse("endpoint_edit", args=[endpoint.pk]), FORM | {"events": ["credits.low"]})
    enqueue_numbers(workspace.pk, 2)

    assert (reload(endpoint).url, reload(endpoint).events) == (FORM["url"], ["credits.low"])
    assert list_states(endpoint) == [(1, "WAITING")]


@pytest.mark.parametrize(("skip", "status"), [({}, "WAITING"), ({"skip": "1"}, "SKIPPED")])
def test_enabled_endpoint_continues_or_skips(
    client: Client, workspace: Workspace, skip: dict[str, str], status: str
) -> None:
    endpoint = create_endpoint(workspace=workspace)
    enqueue_numbers(workspace.pk, 1)
    client.post(reverse("endpoint_disable", args=[endpoint.pk]))
    assert reload(endpoint).disabled_because == "BY_HAND"

    client.post(reverse("endpoint_enable", args=[endpoint.pk]), skip)
    enqueue_numbers(workspace.pk, 2)

    assert reload(endpoint).disabled_at is None
    assert list_states(endpoint) == [(1, status), (2, "WAITING")]
    assert [event.action for event in audit_events(workspace)] == [
        "endpoint.disable",
        "endpoint.enable",
    ]


def test_test_event_is_enqueued_and_shown(client: Client, workspace: Workspace) -> None:
    endpoint = create_endpoint(workspace=workspace, events=["credits.low"])

    page = client.post(reverse("endpoint_test", args=[endpoint.pk]), follow=True)

    [test] = list_deliveries(endpoint)
    assert page.request["PATH_INFO"] == reverse("delivery", args=[test.pk])
    assert (test.event, test.status) == ("webhook.test", "WAITING")
    assert 'hx-trigger="every 2s"' in text_of(page)


def test_disabled_endpoint_refuses_a_test_event(client: Client, workspace: Workspace) -> None:
    endpoint = create_endpoint(
        workspace=workspace, disabled_at=timezone.now(), disabled_because="FAILING"
    )

    assert client.post(reverse("endpoint_test", args=[endpoint.pk])).status_code == 409
    assert list_deliveries(endpoint) == []


def test_replayed_delivery_goes_before_waiting_ones(client: Client, workspace: Workspace) -> None:
    endpoint = create_endpoint(
        workspace=workspace, next_attempt_at=timezone.now().replace(year=2100)
    )
    first = WebhookDeliveryFactory.create(
        workspace=workspace, endpoint=endpoint, data={"number": 1}, status="DELIVERED"
    )
    enqueue_numbers(workspace.pk, 2)

    client.post(reverse("delivery_replay", args=[first.pk]))

    assert list_states(endpoint) == [(1, "WAITING"), (2, "WAITING")]
    assert reload(endpoint).next_attempt_at <= timezone.now()


def test_delivery_page_shows_payload_answer_and_attempts(
    client: Client, workspace: Workspace
) -> None:
    endpoint = create_endpoint(workspace=workspace)
    announced = WebhookDeliveryFactory.create(
        workspace=workspace, endpoint=endpoint, data={"rating": 2}, attempts_made=2
    )
    DeliveryAttemptFactory.create(
        workspace=workspace, delivery=announced, status_code=None, trouble="TIMEOUT"
    )
    DeliveryAttemptFactory.create(
        workspace=workspace, delivery=announced, status_code=503, answer="<b>closed</b>"
    )

    assert announced.event in text_of(client.get(reverse("endpoint", args=[endpoint.pk])))
    page = text_of(client.get(reverse("delivery", args=[announced.pk])))
    for words in ("&quot;rating&quot;: 2", "503", "&lt;b&gt;closed&lt;/b&gt;", "12 ms"):
        assert words in page


def test_removed_endpoint_is_deleted_with_its_log(client: Client, workspace: Workspace) -> None:
    endpoint = create_endpoint(workspace=workspace)
    announced = WebhookDeliveryFactory.create(workspace=workspace, endpoint=endpoint)
    DeliveryAttemptFactory.create(workspace=workspace, delivery=announced)

    client.post(reverse("endpoint_remove", args=[endpoint.pk]))

    assert list_deliveries(endpoint) == []
    assert client.get(reverse("endpoint", args=[endpoint.pk])).status_code == 404


def test_plan_without_webhooks_shows_the_list_and_refuses_the_rest(client: Client) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.STARTER)
    client.force_login(UserFactory.create(workspace=workspace))
    endpoint = create_endpoint(workspace=workspace)

    assert client.get(reverse("endpoints")).status_code == 200
    assert client.post(reverse("endpoint_new"), FORM).status_code == 409
    assert client.post(reverse("endpoint_test", args=[endpoint.pk])).status_code == 409


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_other_roles_are_refused(client: Client, role: Role) -> None:
    workspace = WorkspaceFactory.create()
    endpoint = create_endpoint(workspace=workspace)
    client.force_login(UserFactory.create(workspace=workspace, role=role))

    assert client.get(reverse("endpoints")).status_code == 403
    assert client.post(reverse("endpoint_rotate", args=[endpoint.pk])).status_code == 403
