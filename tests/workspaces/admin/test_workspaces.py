import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing import credits
from billing.models import CreditEntry, PaymentEvent
from core import tenancy
from core.models import AuditEvent
from tests.admin_pages import (
    allowed_permissions,
    audit_events,
    change_page,
    form_data,
    last_message_level,
    run_action,
)
from tests.factories import (
    EntitlementFactory,
    PracticeFactory,
    WorkspaceFactory,
)
from workspaces.models import (
    Entitlement,
    EntitlementSource,
    Plan,
    Practice,
    User,
    Workspace,
)

pytestmark = pytest.mark.django_db

WORKSPACES = reverse("admin:workspaces_workspace_changelist")


def balance(workspace: Workspace) -> int:
    with tenancy.within(workspace.pk):
        return Workspace.objects.get(pk=workspace.pk).message_credits


# Credits


def choose_and_grant(client: Client, *workspaces: Workspace) -> dict[str, Any]:
    chosen = {"action": "grant_credits", "_selected_action": [str(w.pk) for w in workspaces]}
    page = client.post(WORKSPACES, chosen)
    grant = re.search(r'name="grant" value="([^"]+)"', page.content.decode())
    assert grant
    return chosen | {"grant": grant[1], "amount": "250", "note": "Por la caída del martes"}


def test_granted_credits_are_in_ledger_and_trail(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()

    client.post(WORKSPACES, choose_and_grant(client, workspace))

    with tenancy.within(workspace.pk):
        entry = CreditEntry.objects.exclude(cause="opening").get()
    assert (entry.amount, entry.by, entry.note) == (250, staff.name, "Por la caída del martes")
    assert balance(workspace) == 300
    (event,) = audit_events(workspace)
    assert (event.action, event.actor_id, event.new["amount"]) == ("credits.grant", staff.pk, 250)
    assert LogEntry.objects.filter(object_id=workspace.pk, user=staff).exists()


def test_form_submitted_twice_grants_once(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()
    answer = choose_and_grant(client, workspace)

    client.post(WORKSPACES, answer)
    again = client.post(WORKSPACES, answer, follow=True)

    assert balance(workspace) == 300
    assert last_message_level(again) == "error"


def test_granted_credits_expire_after_chosen_day(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()
    answer = choose_and_grant(client, workspace)
    tomorrow = timezone.localdate() + timedelta(days=1)

    refused = client.post(WORKSPACES, answer | {"until": "2020-01-01"})
    client.post(WORKSPACES, answer | {"until": tomorrow.isoformat()})

    assert "until" in refused.context["form"].errors
    with tenancy.within(workspace.pk):
        entry = CreditEntry.objects.exclude(cause="opening").get()
    assert entry.expires_at
    assert timezone.localtime(entry.expires_at).date() == tomorrow
    (event,) = audit_events(workspace)
    assert event.new["expires_at"].startswith(tomorrow.isoformat())


def test_credits_can_be_granted_to_several_workspaces(client: Client, staff: User) -> None:
    workspaces = WorkspaceFactory.create_batch(2)

    client.post(WORKSPACES, choose_and_grant(client, *workspaces))

    assert [balance(workspace) for workspace in workspaces] == [300, 300]


@pytest.mark.parametrize("amount", ["", "0", "-5", "100001", "mil", "1.5"])
def test_invalid_amount_is_refused(client: Client, staff: User, amount: str) -> None:
    workspace = WorkspaceFactory.create()

    answer = client.post(WORKSPACES, choose_and_grant(client, workspace) | {"amount": amount})

    assert answer.status_code == 200
    assert answer.context["form"].errors["amount"]
    assert balance(workspace) == 50


def test_form_does_not_overwrite_balance(client: Client, staff: User) -> None:
    """The balance changed while the form was open."""
    workspace = WorkspaceFactory.create()
    sent = form_data(client, workspace, name="Otro nombre")
    with tenancy.within(workspace.pk):
        credits.grant_credits(workspace=workspace, amount=7, cause="meanwhile", by=None)

    client.post(change_page(workspace), sent | {"message_credits": "9999"})

    assert balance(workspace) == 57
    with tenancy.within(workspace.pk):
        assert Workspace.objects.get(pk=workspace.pk).name == "Otro nombre"


def test_only_changed_fields_are_saved(client: Client, staff: User) -> None:
    """Otherwise the form would overwrite the balance with an old value."""
    workspace = WorkspaceFactory.create()
    sent = form_data(client, workspace, name="Otro nombre")

    with CaptureQueriesContext(connection) as queries:
        client.post(change_page(workspace), sent)

    (written,) = (q["sql"] for q in queries if 'UPDATE "workspaces_workspace"' in q["sql"])
    columns = re.findall(r'"(\w+)" = ', written.partition("WHERE")[0])
    assert set(columns) == {"name", "updated_at"}


# Plan


def create_paying_workspace(plan: Plan, *, agreed: Plan = Plan.FREE) -> Workspace:
    workspace = WorkspaceFactory.create(plan=agreed)
    EntitlementFactory.create(workspace=workspace, plan=plan, source=EntitlementSource.PAYMENT)
    return workspace


def test_list_of_workspaces_shows_the_plan_that_is_paid(client: Client, staff: User) -> None:
    workspace = create_paying_workspace(Plan.PROFESSIONAL)

    page = client.get(WORKSPACES)

    (row,) = (row for row in page.context["cl"].result_list if row.pk == workspace.pk)
    assert page.context["cl"].model_admin.plan_in_force(row) == "Profesional"


def test_workspaces_are_filtered_by_the_plan_in_force(client: Client, staff: User) -> None:
    professional = create_paying_workspace(Plan.PROFESSIONAL)
    agreed = create_paying_workspace(Plan.STARTER, agreed=Plan.PROFESSIONAL)
    create_paying_workspace(Plan.STARTER)
    over = create_paying_workspace(Plan.FREE)
    EntitlementFactory.create(
        workspace=over,
        plan=Plan.PROFESSIONAL,
        starts_at=timezone.now() - timedelta(days=9),
        ends_at=timezone.now() - timedelta(days=1),
    )

    page = client.get(WORKSPACES, {"plan_in_force": "PROFESSIONAL"})

    assert {row.pk for row in page.context["cl"].result_list} == {professional.pk, agreed.pk}


def test_page_shows_plan_in_force_and_its_source(client: Client, staff: User) -> None:
    paid = client.get(change_page(create_paying_workspace(Plan.PROFESSIONAL))).content.decode()
    agreed = client.get(change_page(WorkspaceFactory.create(plan=Plan.STARTER))).content.decode()

    assert "Profesional, por: Pago" in paid
    assert "Inicial, según lo acordado" in agreed


# Audit trail


def test_change_is_recorded_without_free_text(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.STARTER)

    client.post(
        change_page(workspace),
        form_data(client, workspace, name="Clínica de Ana", plan=Plan.ENTERPRISE),
    )

    (event,) = audit_events(workspace)
    assert event.action == "admin.change"
    assert event.actor_id == staff.pk
    assert event.old == {"name": "…", "plan": "STARTER"}
    assert event.new == {"name": "…", "plan": "ENTERPRISE"}


def test_unchanged_form_is_not_recorded(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()

    client.post(change_page(workspace), form_data(client, workspace))

    assert audit_events(workspace) == []


def test_changes_of_entitlement_are_recorded(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()
    client.post(
        reverse("admin:workspaces_entitlement_add"),
        {
            "workspace": str(workspace.pk),
            "source": "ADMIN",
            "limit": "users",
            "extra": "3",
            "starts_at_0": "2026-01-01",
            "starts_at_1": "00:00",
        },
    )
    with tenancy.within(workspace.pk):
        entitlement = Entitlement.objects.get()

    client.post(change_page(entitlement), form_data(client, entitlement, extra=5))
    client.post(
        reverse("admin:workspaces_entitlement_delete", args=[entitlement.pk]), {"post": "yes"}
    )

    events = audit_events(workspace)
    assert [event.action for event in events] == ["admin.add", "admin.change", "admin.delete"]
    assert (events[1].old, events[1].new) == ({"extra": 3}, {"extra": 5})


def test_each_of_several_deleted_entitlements_is_recorded(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()
    rows = EntitlementFactory.create_batch(2, workspace=workspace)

    run_action(client, "delete_selected", *rows, post="yes")

    assert [event.action for event in audit_events(workspace)] == ["admin.delete"] * 2


@pytest.mark.parametrize(
    "values",
    [
        {"plan": "", "limit": "", "extra": "0"},
        {"plan": "FREE", "limit": "users", "extra": "2"},
        {"plan": "", "limit": "users", "extra": "0"},
        {
            "plan": "FREE",
            "limit": "",
            "extra": "0",
            "ends_at_0": "2025-12-31",
            "ends_at_1": "00:00",
        },
    ],
)
def test_invalid_entitlement_is_refused(
    client: Client, staff: User, values: dict[str, str]
) -> None:
    workspace = WorkspaceFactory.create()
    base = {"workspace": str(workspace.pk), "source": "ADMIN"}
    base |= {"starts_at_0": "2026-01-01", "starts_at_1": "00:00"}

    answer = client.post(reverse("admin:workspaces_entitlement_add"), base | values)

    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert set(errors) & {"plan", "limit", "ends_at"}


def test_workspace_of_practice_cannot_be_changed(client: Client, staff: User) -> None:
    practice, other = PracticeFactory.create(), WorkspaceFactory.create()

    client.post(change_page(practice), form_data(client, practice, workspace=str(other.pk)))

    with tenancy.platform("test"):
        assert Practice.objects.get(pk=practice.pk).workspace_id == practice.workspace_id


def test_every_editable_setting_is_in_the_form(client: Client, staff: User) -> None:
    form = client.get(change_page(WorkspaceFactory.create())).context["adminform"].form
    editable = {field.name for field in Workspace._meta.concrete_fields if field.editable}

    assert editable - {"id", "message_credits"} == set(form.fields)


# Read-only models


@pytest.mark.parametrize("model", [AuditEvent, CreditEntry, PaymentEvent])
def test_append_only_models_are_read_only(model: Any, client: Client, staff: User) -> None:
    assert allowed_permissions(model, client.get(WORKSPACES).wsgi_request) == {"view"}


def test_workspace_cannot_be_added_or_deleted(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()

    assert client.get(reverse("admin:workspaces_workspace_add")).status_code == 403
    delete = reverse("admin:workspaces_workspace_delete", args=[workspace.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_workspace_links_only_to_its_own_rows(client: Client, staff: User) -> None:
    ours, theirs = PracticeFactory.create_batch(2)

    page = client.get(change_page(ours.workspace)).content.decode()
    links = re.findall(r'href="([^"]+\?workspace_id=[^"]+)"', page)

    assert len(links) > 15
    for link in links:
        found = client.get(link).context["cl"].result_list
        assert {row.workspace_id for row in found} <= {ours.workspace_id}
    practices = client.get(next(link for link in links if "/practice/" in link))
    assert list(practices.context["cl"].result_list) == [ours]
    assert theirs.workspace_id != ours.workspace_id
