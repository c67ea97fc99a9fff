from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from core import tenancy
from tests.admin_pages import audit_events, change_page, form_data, last_message_level, run_action
from tests.factories import (
    InvitationFactory,
    StaffFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import (
    Invitation,
    Plan,
    Role,
    User,
    Workspace,
)

pytestmark = pytest.mark.django_db

PEOPLE = reverse("admin:workspaces_user_changelist")
NEW_USER = reverse("admin:workspaces_user_add")
PASSWORD = "caballo-correcto"


def reload(user: User) -> User:
    return User.objects.get(pk=user.pk)


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


def test_staff_are_created_without_workspace(client: Client, staff: User) -> None:
    client.post(NEW_USER, new_user(is_staff="on"))

    made = User.objects.get(email="ana@example.com")
    assert (made.is_staff, made.workspace_id, made.role) == (True, None, "")
    assert made.check_password(PASSWORD)


def test_member_is_created_with_workspace_and_role(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create()

    client.post(NEW_USER, new_user(workspace=str(workspace.pk), role=Role.DOCTOR))

    made = User.objects.get(email="ana@example.com")
    assert (made.workspace_id, made.role, made.is_staff) == (workspace.pk, Role.DOCTOR, False)
    assert [event.action for event in audit_events(workspace)] == ["admin.add"]


def test_staff_with_workspace_is_form_error(client: Client, staff: User) -> None:
    values = new_user(is_staff="on", workspace=str(WorkspaceFactory.create().pk), role=Role.OWNER)

    assert set(errors_of(client.post(NEW_USER, values))) == {"workspace", "role"}


def test_member_without_workspace_is_form_error(client: Client, staff: User) -> None:
    assert set(errors_of(client.post(NEW_USER, new_user()))) == {"workspace", "role"}


def test_member_needs_free_seat(client: Client, staff: User) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    UserFactory.create(workspace=workspace)

    values = new_user(workspace=str(workspace.pk), role=Role.DOCTOR)

    assert set(errors_of(client.post(NEW_USER, values))) == {"workspace"}


def test_used_email_is_form_error(client: Client, staff: User) -> None:
    UserFactory.create(email="ana@example.com")

    values = new_user(email="Ana@Example.com", is_staff="on")

    assert "__all__" in errors_of(client.post(NEW_USER, values))


def test_weak_password_is_form_error(client: Client, staff: User) -> None:
    values = new_user(is_staff="on", password1="demo1234", password2="demo1234")

    assert set(errors_of(client.post(NEW_USER, values))) == {"password2"}


@pytest.mark.parametrize("change", [{"role": Role.DOCTOR}, {"is_active": None}, {"role": ""}])
def test_last_owner_cannot_be_changed(client: Client, staff: User, change: dict[str, Any]) -> None:
    owner = UserFactory.create()
    UserFactory.create(workspace=owner.workspace, role=Role.OWNER, is_active=False)

    answer = client.post(change_page(owner), form_data(client, owner, **change))

    assert errors_of(answer)
    assert (reload(owner).role, reload(owner).is_active) == (Role.OWNER, True)


def test_one_of_two_owners_can_be_changed(client: Client, staff: User) -> None:
    owner = UserFactory.create()
    UserFactory.create(workspace=owner.workspace)

    client.post(change_page(owner), form_data(client, owner, role=Role.RECEPTIONIST))

    assert reload(owner).role == Role.RECEPTIONIST
    (event,) = audit_events(owner.workspace)
    assert (event.old, event.new) == ({"role": "OWNER"}, {"role": "RECEPTIONIST"})


def test_deactivated_member_is_signed_out(client: Client, staff: User) -> None:
    member, browser = UserFactory.create(role=Role.DOCTOR), Client()
    browser.force_login(member)

    client.post(change_page(member), form_data(client, member, is_active=None))

    assert browser.get(reverse("campaigns"))["Location"].startswith(reverse("account_login"))


def test_staff_cannot_deactivate_themselves(client: Client, staff: User) -> None:
    client.post(change_page(staff), form_data(client, staff, is_active=None, name="Yo"))

    assert (reload(staff).is_active, reload(staff).name) == (True, "Yo")


def test_changed_email_removes_old_address(client: Client, staff: User) -> None:
    member = UserFactory.create()

    client.post(change_page(member), form_data(client, member, email="nueva@example.com"))

    address = EmailAddress.objects.get(user=member)
    assert (address.email, address.verified, address.primary) == ("nueva@example.com", False, True)


def test_new_password_is_recorded(client: Client, staff: User) -> None:
    member = UserFactory.create()

    client.post(
        reverse("admin:auth_user_password_change", args=[member.pk]),
        {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert reload(member).check_password(PASSWORD)
    (event,) = audit_events(member.workspace)
    assert (event.action, event.old, event.new) == ("admin.password", {}, {})


def test_password_hash_is_not_shown(client: Client, staff: User) -> None:
    member = UserFactory.create()
    algorithm, *parts = member.password.split("$")

    for page in (change_page(member), PEOPLE):
        shown = client.get(page).content.decode()
        assert not [part for part in (algorithm, *parts) if part[:6] in shown]


def test_search_does_not_find_password_hash(client: Client, staff: User) -> None:
    member = UserFactory.create()

    found = client.get(PEOPLE, {"password__startswith": member.password[:8]})

    assert found.status_code in (302, 400)


def staff_with(*codenames: str) -> User:
    colleague: User = StaffFactory.create(is_superuser=False)
    colleague.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return colleague


def test_staff_with_few_rights_cannot_gain_more(client: Client) -> None:
    boss, colleague = StaffFactory.create(), staff_with("view_user", "change_user", "add_user")
    client.force_login(colleague)

    form = client.get(change_page(colleague)).context["adminform"].form
    assert not {"is_superuser", "is_staff", "groups", "is_active"} & set(form.fields)
    assert client.post(change_page(boss), {"email": "mia@example.com"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[boss.pk])
    assert client.get(password).status_code == 403
    client.post(NEW_USER, new_user(is_staff="on"))
    assert not User.objects.filter(email="ana@example.com", is_staff=True).exists()


def test_staff_without_permission_cannot_grant_credits(client: Client) -> None:
    workspace = WorkspaceFactory.create()
    client.force_login(staff_with("view_workspace"))

    run_action(client, "grant_credits", workspace, grant=str(UUID(int=7)), amount="5", note="x")

    with tenancy.within(workspace.pk):
        assert Workspace.objects.get(pk=workspace.pk).message_credits == 50


def test_withdrawing_invitation_uses_the_clinics_action(client: Client, staff: User) -> None:
    invitation = InvitationFactory.create()

    run_action(client, "withdraw", invitation)
    again = run_action(client, "withdraw", invitation)

    with tenancy.within(invitation.workspace_id):
        assert Invitation.objects.get().revoked_at
    assert [event.action for event in audit_events(invitation.workspace)] == ["invitation.withdraw"]
    assert last_message_level(again) == "error"


def test_digest_of_invitation_is_not_shown(client: Client, staff: User) -> None:
    invitation = InvitationFactory.create(token_digest="d" * 64)

    assert "d" * 64 not in client.get(change_page(invitation)).content.decode()
