"""What the owner does on the pages, and what nobody else may."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import encryption, tenancy
from integrations.models import WebhookEndpoint
from integrations.webhooks.endpoints import MOST
from tests.admin_pages import trail
from tests.factories import (
    DeliveryAttemptFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WorkspaceFactory,
)
from tests.integrations.webhooks.world import endpoint, happens, log, now, states
from workspaces.models import Plan, Role, Workspace

pytestmark = pytest.mark.django_db

FORM = {"url": "https://hooks.example.com/", "events": ["rating.received", "credits.low"]}


@pytest.fixture
def workspace(client: Client) -> Workspace:
    """The owner of it is signed in."""
    made: Workspace = WorkspaceFactory.create()
    client.force_login(UserFactory.create(workspace=made))
    return made


def text(response: Any) -> str:
    return str(response.content.decode())


def only(workspace: Workspace) -> WebhookEndpoint:
    with tenancy.within(workspace.pk):
        return WebhookEndpoint.objects.get()


def test_an_endpoint_is_added_and_its_secret_shown_once(
    client: Client, workspace: Workspace
) -> None:
    made = client.post(reverse("endpoint_new"), FORM)

    found = only(workspace)
    [secret] = re.findall(r"whsec_[\w+/=]+", text(made))
    assert encryption.unseal(found.secret) == secret
    assert "no-store" in made["Cache-Control"]
    for page in ("endpoint", "endpoint_edit", "endpoint_rotate"):
        assert "whsec_" not in text(client.get(reverse(page, args=[found.pk])))
    [event] = trail(workspace)
    assert (event.action, "whsec_" in str(event.new)) == ("endpoint.create", False)


def test_an_address_that_may_not_be_called_is_refused(client: Client, workspace: Workspace) -> None:
    response = client.post(reverse("endpoint_new"), FORM | {"url": "https://10.0.0.1/"})

    assert response.context["form"].errors["url"]
    with tenancy.within(workspace.pk):
        assert not WebhookEndpoint.objects.exists()


def test_the_same_address_is_not_added_twice_nor_one_too_many(
    client: Client, workspace: Workspace
) -> None:
    client.post(reverse("endpoint_new"), FORM)

    again = client.post(reverse("endpoint_new"), FORM)
    assert again.context["form"].non_field_errors()
    for number in range(MOST):
        last = client.post(reverse("endpoint_new"), FORM | {"url": f"{FORM['url']}{number}"})

    assert last.context["form"].non_field_errors()
    with tenancy.within(workspace.pk):
        assert WebhookEndpoint.objects.count() == MOST


def test_another_choice_of_events_holds_from_then_on(client: Client, workspace: Workspace) -> None:
    told = endpoint(workspace=workspace)
    happens(workspace.pk, 1)

    client.post(reverse("endpoint_edit", args=[told.pk]), FORM | {"events": ["credits.low"]})
    happens(workspace.pk, 2)

    assert (now(told).url, now(told).events) == (FORM["url"], ["credits.low"])
    assert states(told) == [(1, "WAITING")]


@pytest.mark.parametrize(("skip", "status"), [({}, "WAITING"), ({"skip": "1"}, "SKIPPED")])
def test_enabled_again_it_goes_on_or_skips(
    client: Client, workspace: Workspace, skip: dict[str, str], status: str
) -> None:
    told = endpoint(workspace=workspace)
    happens(workspace.pk, 1)
    client.post(reverse("endpoint_disable", args=[told.pk]))
    assert now(told).disabled_because == "BY_HAND"

    client.post(reverse("endpoint_enable", args=[told.pk]), skip)
    happens(workspace.pk, 2)

    assert now(told).disabled_at is None
    assert states(told) == [(1, status), (2, "WAITING")]
    assert [one.action for one in trail(workspace)] == ["endpoint.disable", "endpoint.enable"]


def test_a_test_event_waits_in_the_queue_and_is_shown(client: Client, workspace: Workspace) -> None:
    told = endpoint(workspace=workspace, events=["credits.low"])

    page = client.post(reverse("endpoint_test", args=[told.pk]), follow=True)

    [test] = log(told)
    assert page.request["PATH_INFO"] == reverse("delivery", args=[test.pk])
    assert (test.event, test.status) == ("webhook.test", "WAITING")
    assert 'hx-trigger="every 2s"' in text(page)


def test_one_that_is_disabled_is_not_tested(client: Client, workspace: Workspace) -> None:
    told = endpoint(workspace=workspace, disabled_at=timezone.now(), disabled_because="FAILING")

    assert client.post(reverse("endpoint_test", args=[told.pk])).status_code == 409
    assert log(told) == []


def test_what_was_delivered_is_sent_again_before_what_waits(
    client: Client, workspace: Workspace
) -> None:
    told = endpoint(workspace=workspace, next_attempt_at=timezone.now().replace(year=2100))
    first = WebhookDeliveryFactory.create(
        workspace=workspace, endpoint=told, data={"number": 1}, status="DELIVERED"
    )
    happens(workspace.pk, 2)

    client.post(reverse("delivery_replay", args=[first.pk]))

    assert states(told) == [(1, "WAITING"), (2, "WAITING")]
    assert now(told).next_attempt_at <= timezone.now()


def test_the_log_shows_payload_answer_time_and_attempts(
    client: Client, workspace: Workspace
) -> None:
    told = endpoint(workspace=workspace)
    announced = WebhookDeliveryFactory.create(
        workspace=workspace, endpoint=told, data={"rating": 2}, attempts_made=2
    )
    DeliveryAttemptFactory.create(
        workspace=workspace, delivery=announced, status_code=None, trouble="TIMEOUT"
    )
    DeliveryAttemptFactory.create(
        workspace=workspace, delivery=announced, status_code=503, answer="<b>closed</b>"
    )

    assert announced.event in text(client.get(reverse("endpoint", args=[told.pk])))
    page = text(client.get(reverse("delivery", args=[announced.pk])))
    for words in ("&quot;rating&quot;: 2", "503", "&lt;b&gt;closed&lt;/b&gt;", "12 ms"):
        assert words in page


def test_removed_it_is_gone_with_its_log(client: Client, workspace: Workspace) -> None:
    told = endpoint(workspace=workspace)
    announced = WebhookDeliveryFactory.create(workspace=workspace, endpoint=told)
    DeliveryAttemptFactory.create(workspace=workspace, delivery=announced)

    client.post(reverse("endpoint_remove", args=[told.pk]))

    assert log(told) == []
    assert client.get(reverse("endpoint", args=[told.pk])).status_code == 404


def test_without_the_plan_there_is_the_way_to_it_and_no_form(client: Client) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.STARTER)
    client.force_login(UserFactory.create(workspace=workspace))
    told = endpoint(workspace=workspace)

    assert client.get(reverse("endpoints")).status_code == 200
    assert client.post(reverse("endpoint_new"), FORM).status_code == 409
    assert client.post(reverse("endpoint_test", args=[told.pk])).status_code == 409


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_nobody_but_the_owner_comes_in(client: Client, role: Role) -> None:
    workspace = WorkspaceFactory.create()
    told = endpoint(workspace=workspace)
    client.force_login(UserFactory.create(workspace=workspace, role=role))

    assert client.get(reverse("endpoints")).status_code == 403
    assert client.post(reverse("endpoint_rotate", args=[told.pk])).status_code == 403
