import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing import credits
from billing.models import CreditEntry, PaymentEvent
from core import tenancy
from core.models import AuditEvent
from tests.admin_pages import allowed, change_page, choose, filled, last_message, trail
from tests.factories import (
    EntitlementFactory,
    InvitationFactory,
    PracticeFactory,
    StaffFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import (
    Entitlement,
    EntitlementSource,
    Invitation,
    Plan,
    Practice,
    Role,
    User,
    Workspace,
)

pytestmark = pytest.mark.django_db

WORKSPACES = reverse("admin:workspaces_workspace_changelist")
PEOPLE = reverse("admin:workspaces_user_changelist")
NEW_USER = reverse("admin:workspaces_user_add")
PASSWORD = "caballo-correcto"


@pytest.fixture
def staff(client: Client) -> User:
    user = StaffFactory.create()
    client.force_login(user)
    return user


def balance(workspace: Workspace) -> int:
    with tenancy.within(workspace.pk):
        return Workspace.objects.get(pk=workspace.pk).message_credits


def reread(user: User) -> User:
    return User.objects.get(pk=user.pk)


# Credits


def choose_and_grant(client: Client, *workspaces: Workspace) -> dict[str, Any]:
    chosen = {"action": "grant_credits", "_selected_action": [str(w.pk) for w in workspaces]}
    page = client.post(WORKSPACES, chosen)
    grant = re.search(r'name="grant" value="([^"]+)"', page.content.decode())
    assert grant
    return chosen | {"grant": grant[1], "amount": "250", "note": "Por la caída del martes"}


def test_granted_credits_are_in_the_ledger_and_in_the_trail(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()

    client.post(WORKSPACES, choose_and_grant(client, workspace))

    with tenancy.within(workspace.pk):
        entry = CreditEntry.objects.exclude(cause="opening").get()
    assert (entry.amount, entry.by, entry.note) == (250, staff.name, "Por la caída del martes")
    assert balance(workspace) == 300
    (event,) = trail(workspace)
    assert (event.action, event.actor_id, event.new["amount"]) == ("credits.grant", staff.pk, 250)
    assert LogEntry.objects.filter(object_id=workspace.pk, user=staff).exists()


def test_a_page_sent_twice_grants_once(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()
    answer = choose_and_grant(client, workspace)

    client.post(WORKSPACES, answer)
    again = client.post(WORKSPACES, answer, follow=True)

    assert balance(workspace) == 300
    assert last_message(again) == "error"


def test_granted_credits_end_with_the_day_that_was_chosen(client: Client, staff: User) -> None:
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
    (event,) = trail(workspace)
    assert event.new["expires_at"].startswith(tomorrow.isoformat())


def test_several_workspaces_are_granted_at_once(client: Client, staff: User) -> None:
    workspaces = WorkspaceFactory.create_batch(2)

    client.post(WORKSPACES, choose_and_grant(client, *workspaces))

    assert [balance(workspace) for workspace in workspaces] == [300, 300]


@pytest.mark.parametrize("amount", ["", "0", "-5", "100001", "mil", "1.5"])
def test_an_amount_that_is_none_is_asked_for_again(
    client: Client, staff: User, amount: str
) -> None:
    workspace = WorkspaceFactory.create()

    answer = client.post(WORKSPACES, choose_and_grant(client, workspace) | {"amount": amount})

    assert answer.status_code == 200
    assert answer.context["form"].errors["amount"]
    assert balance(workspace) == 50


def test_the_balance_is_not_written_by_the_form(client: Client, staff: User) -> None:
    """It moved while the form was open, as it does all day."""
    workspace = WorkspaceFactory.create()
    sent = filled(client, workspace, name="Otro nombre")
    with tenancy.within(workspace.pk):
        credits.grant_credits(workspace=workspace, amount=7, cause="meanwhile", by=None)

    client.post(change_page(workspace), sent | {"message_credits": "9999"})

    assert balance(workspace) == 57
    with tenancy.within(workspace.pk):
        assert Workspace.objects.get(pk=workspace.pk).name == "Otro nombre"


def test_only_what_was_changed_is_written(client: Client, staff: User) -> None:
    """Else a form would write the balance back that it has read a moment before."""
    workspace = WorkspaceFactory.create()
    sent = filled(client, workspace, name="Otro nombre")

    with CaptureQueriesContext(connection) as queries:
        client.post(change_page(workspace), sent)

    (written,) = (q["sql"] for q in queries if 'UPDATE "workspaces_workspace"' in q["sql"])
    columns = re.findall(r'"(\w+)" = ', written.partition("WHERE")[0])
    assert set(columns) == {"name", "updated_at"}


# The plan


def paying(plan: Plan, *, agreed: Plan = Plan.FREE) -> Workspace:
    workspace = WorkspaceFactory.create(plan=agreed)
    EntitlementFactory.create(workspace=workspace, plan=plan, source=EntitlementSource.PAYMENT)
    return workspace


def test_list_of_workspaces_shows_the_plan_that_is_paid(client: Client, staff: User) -> None:
    workspace = paying(Plan.PROFESSIONAL)

    page = client.get(WORKSPACES)

    (row,) = (row for row in page.context["cl"].result_list if row.pk == workspace.pk)
    assert page.context["cl"].model_admin.plan_in_force(row) == "Profesional"


def test_workspaces_are_filtered_by_the_plan_in_force(client: Client, staff: User) -> None:
    professional = paying(Plan.PROFESSIONAL)
    agreed = paying(Plan.STARTER, agreed=Plan.PROFESSIONAL)
    paying(Plan.STARTER)
    over = paying(Plan.FREE)
    EntitlementFactory.create(
        workspace=over,
        plan=Plan.PROFESSIONAL,
        starts_at=timezone.now() - timedelta(days=9),
        ends_at=timezone.now() - timedelta(days=1),
    )

    page = client.get(WORKSPACES, {"plan_in_force": "PROFESSIONAL"})

    assert {row.pk for row in page.context["cl"].result_list} == {professional.pk, agreed.pk}


def test_page_of_a_workspace_says_which_plan_holds_and_why(client: Client, staff: User) -> None:
    paid = client.get(change_page(paying(Plan.PROFESSIONAL))).content.decode()
    agreed = client.get(change_page(WorkspaceFactory.create(plan=Plan.STARTER))).content.decode()

    assert "Profesional, por: Pago" in paid
    assert "Inicial, según lo acordado" in agreed


# The trail


def test_a_change_is_in_the_trail_with_values_but_for_free_text(
    client: Client, staff: User
) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.STARTER)

    client.post(
        change_page(workspace),
        filled(client, workspace, name="Clínica de Ana", plan=Plan.ENTERPRISE),
    )

    (event,) = trail(workspace)
    assert event.action == "admin.change"
    assert event.actor_id == staff.pk
    assert event.old == {"name": "…", "plan": "STARTER"}
    assert event.new == {"name": "…", "plan": "ENTERPRISE"}


def test_what_changes_nothing_leaves_no_trace(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()

    client.post(change_page(workspace), filled(client, workspace))

    assert trail(workspace) == []


def test_an_entitlement_leaves_a_trace_from_beginning_to_end(client: Client, staff: User) -> None:
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

    client.post(change_page(entitlement), filled(client, entitlement, extra=5))
    client.post(
        reverse("admin:workspaces_entitlement_delete", args=[entitlement.pk]), {"post": "yes"}
    )

    events = trail(workspace)
    assert [event.action for event in events] == ["admin.add", "admin.change", "admin.delete"]
    assert (events[1].old, events[1].new) == ({"extra": 3}, {"extra": 5})


def test_entitlements_deleted_together_leave_a_trace_each(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()
    rows = EntitlementFactory.create_batch(2, workspace=workspace)

    choose(client, "delete_selected", *rows, post="yes")

    assert [event.action for event in trail(workspace)] == ["admin.delete"] * 2


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
def test_an_entitlement_that_says_nothing_sensible_is_asked_for_again(
    client: Client, staff: User, values: dict[str, str]
) -> None:
    workspace = WorkspaceFactory.create()
    base = {"workspace": str(workspace.pk), "source": "ADMIN"}
    base |= {"starts_at_0": "2026-01-01", "starts_at_1": "00:00"}

    answer = client.post(reverse("admin:workspaces_entitlement_add"), base | values)

    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert set(errors) & {"plan", "limit", "ends_at"}


def test_a_practice_stays_in_its_workspace(client: Client, staff: User) -> None:
    practice, other = PracticeFactory.create(), WorkspaceFactory.create()

    client.post(change_page(practice), filled(client, practice, workspace=str(other.pk)))

    with tenancy.platform("test"):
        assert Practice.objects.get(pk=practice.pk).workspace_id == practice.workspace_id


def test_whatever_a_workspace_may_be_told_can_be_told_here(client: Client, staff: User) -> None:
    form = client.get(change_page(WorkspaceFactory.create())).context["adminform"].form
    editable = {field.name for field in Workspace._meta.concrete_fields if field.editable}

    assert editable - {"id", "message_credits"} == set(form.fields)


# What may only be looked at


@pytest.mark.parametrize("model", [AuditEvent, CreditEntry, PaymentEvent])
def test_what_is_written_once_can_be_neither_added_nor_changed_nor_deleted(
    model: Any, client: Client, staff: User
) -> None:
    assert allowed(model, client.get(WORKSPACES).wsgi_request) == {"view"}


def test_a_workspace_begins_and_ends_elsewhere(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()

    assert client.get(reverse("admin:workspaces_workspace_add")).status_code == 403
    delete = reverse("admin:workspaces_workspace_delete", args=[workspace.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_a_workspace_leads_to_its_rows_and_to_nobody_elses(client: Client, staff: User) -> None:
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


# People


def new_user(**values: Any) -> dict[str, Any]:
    return {
        "email": "ana@example.com",
        "name": "Ana",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    } | values


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


def test_staff_are_made_without_a_workspace(client: Client, staff: User) -> None:
    client.post(NEW_USER, new_user(is_staff="on"))

    made = User.objects.get(email="ana@example.com")
    assert (made.is_staff, made.workspace_id, made.role) == (True, None, "")
    assert made.check_password(PASSWORD)


def test_a_member_is_made_with_a_workspace_and_a_role(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()

    client.post(NEW_USER, new_user(workspace=str(workspace.pk), role=Role.DOCTOR))

    made = User.objects.get(email="ana@example.com")
    assert (made.workspace_id, made.role, made.is_staff) == (workspace.pk, Role.DOCTOR, False)
    assert [event.action for event in trail(workspace)] == ["admin.add"]


def test_staff_with_a_workspace_are_a_form_error(client: Client, staff: User) -> None:
    values = new_user(is_staff="on", workspace=str(WorkspaceFactory.create().pk), role=Role.OWNER)

    assert set(errors_of(client.post(NEW_USER, values))) == {"workspace", "role"}


def test_a_member_without_a_workspace_is_a_form_error(client: Client, staff: User) -> None:
    assert set(errors_of(client.post(NEW_USER, new_user()))) == {"workspace", "role"}


def test_a_member_takes_a_seat_of_the_plan(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    UserFactory.create(workspace=workspace)

    values = new_user(workspace=str(workspace.pk), role=Role.DOCTOR)

    assert set(errors_of(client.post(NEW_USER, values))) == {"workspace"}


def test_an_email_in_use_is_a_form_error(client: Client, staff: User) -> None:
    UserFactory.create(email="ana@example.com")

    values = new_user(email="Ana@Example.com", is_staff="on")

    assert "__all__" in errors_of(client.post(NEW_USER, values))


def test_a_weak_password_is_a_form_error(client: Client, staff: User) -> None:
    values = new_user(is_staff="on", password1="demo1234", password2="demo1234")

    assert set(errors_of(client.post(NEW_USER, values))) == {"password2"}


@pytest.mark.parametrize("change", [{"role": Role.DOCTOR}, {"is_active": None}, {"role": ""}])
def test_the_last_owner_stays_one(client: Client, staff: User, change: dict[str, Any]) -> None:
    owner = UserFactory.create()
    UserFactory.create(workspace=owner.workspace, role=Role.OWNER, is_active=False)

    answer = client.post(change_page(owner), filled(client, owner, **change))

    assert errors_of(answer)
    assert (reread(owner).role, reread(owner).is_active) == (Role.OWNER, True)


def test_one_owner_of_two_may_become_something_else(client: Client, staff: User) -> None:
    owner = UserFactory.create()
    UserFactory.create(workspace=owner.workspace)

    client.post(change_page(owner), filled(client, owner, role=Role.RECEPTIONIST))

    assert reread(owner).role == Role.RECEPTIONIST
    (event,) = trail(owner.workspace)
    assert (event.old, event.new) == ({"role": "OWNER"}, {"role": "RECEPTIONIST"})


def test_whoever_is_made_inactive_is_out_at_the_next_request(client: Client, staff: User) -> None:
    member, browser = UserFactory.create(role=Role.DOCTOR), Client()
    browser.force_login(member)

    client.post(change_page(member), filled(client, member, is_active=None))

    assert browser.get("/")["Location"].startswith(reverse("account_login"))


def test_nobody_makes_themselves_inactive(client: Client, staff: User) -> None:
    client.post(change_page(staff), filled(client, staff, is_active=None, name="Yo"))

    assert (reread(staff).is_active, reread(staff).name) == (True, "Yo")


def test_a_changed_email_takes_the_old_address_away(client: Client, staff: User) -> None:
    member = UserFactory.create()

    client.post(change_page(member), filled(client, member, email="nueva@example.com"))

    address = EmailAddress.objects.get(user=member)
    assert (address.email, address.verified, address.primary) == ("nueva@example.com", False, True)


def test_a_password_is_set_anew_and_the_trail_says_so(client: Client, staff: User) -> None:
    member = UserFactory.create()

    client.post(
        reverse("admin:auth_user_password_change", args=[member.pk]),
        {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert reread(member).check_password(PASSWORD)
    (event,) = trail(member.workspace)
    assert (event.action, event.old, event.new) == ("admin.password", {}, {})


def test_no_part_of_a_password_is_shown(client: Client, staff: User) -> None:
    member = UserFactory.create()
    algorithm, *parts = member.password.split("$")

    for page in (change_page(member), PEOPLE):
        shown = client.get(page).content.decode()
        assert not [part for part in (algorithm, *parts) if part[:6] in shown]


def test_nobody_is_found_by_their_password(client: Client, staff: User) -> None:
    member = UserFactory.create()

    found = client.get(PEOPLE, {"password__startswith": member.password[:8]})

    assert found.status_code in (302, 400)


def staff_with(*codenames: str) -> User:
    colleague: User = StaffFactory.create(is_superuser=False)
    colleague.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return colleague


def test_staff_with_few_rights_do_not_come_to_more(client: Client) -> None:
    boss, colleague = StaffFactory.create(), staff_with("view_user", "change_user", "add_user")
    client.force_login(colleague)

    form = client.get(change_page(colleague)).context["adminform"].form
    assert not {"is_superuser", "is_staff", "groups", "is_active"} & set(form.fields)
    assert client.post(change_page(boss), {"email": "mia@example.com"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[boss.pk])
    assert client.get(password).status_code == 403
    client.post(NEW_USER, new_user(is_staff="on"))
    assert not User.objects.filter(email="ana@example.com", is_staff=True).exists()


def test_staff_without_the_right_grant_nothing(client: Client) -> None:
    workspace = WorkspaceFactory.create()
    client.force_login(staff_with("view_workspace"))

    choose(client, "grant_credits", workspace, grant=str(UUID(int=7)), amount="5", note="x")

    assert balance(workspace) == 50


def test_an_invitation_is_withdrawn_by_the_clinics_own_act(client: Client, staff: User) -> None:
    invitation = InvitationFactory.create()

    choose(client, "withdraw", invitation)
    again = choose(client, "withdraw", invitation)

    with tenancy.within(invitation.workspace_id):
        assert Invitation.objects.get().revoked_at
    assert [event.action for event in trail(invitation.workspace)] == ["invitation.withdraw"]
    assert last_message(again) == "error"


def test_the_digest_of_an_invitation_is_not_shown(client: Client, staff: User) -> None:
    invitation = InvitationFactory.create(token_digest="d" * 64)

    assert "d" * 64 not in client.get(change_page(invitation)).content.decode()
