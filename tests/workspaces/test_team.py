from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from core import tenancy
from core.errors import RoleTooWeak
from core.models import AuditEvent
from tests.concurrency import run_concurrently
from tests.factories import (
    CampaignFactory,
    EntitlementFactory,
    InvitationFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces import team
from workspaces.models import Invitation, Plan, Role, User, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en", name="Dra. Dueña")
    client.force_login(user)
    return user


def workspace_of(user: User) -> Workspace:
    assert user.workspace
    return user.workspace


def invitations_of(user: User) -> list[Invitation]:
    with tenancy.within(workspace_of(user).pk):
        return list(Invitation.objects.order_by("pk"))


def actions_of(user: User) -> list[str]:
    with tenancy.within(workspace_of(user).pk):
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def role_of(user: User) -> str:
    return User.objects.get(pk=user.pk).role


def test_team_lists_people_and_open_invitations(client: Client, owner: User) -> None:
    UserFactory.create(workspace=workspace_of(owner), name="Rosa Recepción", role=Role.RECEPTIONIST)
    InvitationFactory.create(workspace=workspace_of(owner), email="abierta@example.com")
    InvitationFactory.create(
        workspace=workspace_of(owner), email="usada@example.com", accepted_at=timezone.now()
    )
    InvitationFactory.create(
        workspace=workspace_of(owner), email="vencida@example.com", expires_at=timezone.now()
    )
    UserFactory.create(name="Ajena")

    page = client.get(reverse("team")).content.decode()

    for shown in ("Dra. Dueña", "Rosa Recepción", "abierta@example.com", "3 of 10 places"):
        assert shown in page
    for hidden in ("usada@example.com", "vencida@example.com", "Ajena"):
        assert hidden not in page


def test_invitation_is_mailed(
    client: Client, owner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("invite"), {"email": "Nueva@Example.COM", "role": "DOCTOR"})

    (invitation,) = invitations_of(owner)
    assert (invitation.email, invitation.role) == ("nueva@example.com", Role.DOCTOR)
    (message,) = mail.outbox
    assert message.to == ["nueva@example.com"]
    assert "Dra. Dueña" in message.subject
    assert workspace_of(owner).name in message.subject
    (link,) = [line for line in message.body.splitlines() if "/invitation/" in line]
    token = link.rstrip("/").rpartition("/")[2]
    assert team.hash_token(token) == invitation.token_digest
    assert token not in str(vars(invitation))
    assert actions_of(owner) == ["invitation.create"]


def test_name_with_address_is_left_out_of_mail(
    client: Client, owner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Forms refuse such a name, but an old row may have one."""
    with tenancy.within(workspace_of(owner).pk):
        Workspace.objects.filter(pk=workspace_of(owner).pk).update(name="Gane en evil.example")
    User.objects.filter(pk=owner.pk).update(name="https://evil.example")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("invite"), {"email": "nueva@example.com", "role": "DOCTOR"})

    [sent] = mail.outbox
    assert "evil" not in f"{sent.subject} {sent.body}"


def test_html_in_name_is_escaped_in_mail(
    client: Client, owner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with tenancy.within(workspace_of(owner).pk):
        Workspace.objects.filter(pk=workspace_of(owner).pk).update(name="<b>O'Higgins</b>")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("invite"), {"email": "nueva@example.com", "role": "DOCTOR"})

    (message,) = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert "<b>O'Higgins</b>" in message.subject
    assert "<b>O'Higgins</b>" in message.body
    assert "&lt;b&gt;O&#x27;Higgins&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "nueva@example.com\nBcc: x@evil.test", "role": "DOCTOR"}, "email"),
        ({"email": "nueva", "role": "DOCTOR"}, "email"),
        ({"email": "", "role": "DOCTOR"}, "email"),
        ({"email": "nueva@example.com", "role": "ADMIN"}, "role"),
    ],
)
def test_invalid_invitation_shows_error(
    client: Client, owner: User, typed: dict[str, str], field: str
) -> None:
    response = client.post(reverse("invite"), typed)

    assert list(response.context["form"].errors) == [field]
    assert invitations_of(owner) == []


def test_second_invitation_to_same_address_is_refused(client: Client, owner: User) -> None:
    InvitationFactory.create(workspace=workspace_of(owner), email="Nueva@example.com")

    response = client.post(reverse("invite"), {"email": "nueva@example.com", "role": "DOCTOR"})

    assert "invited already" in response.context["form"].errors["email"][0]
    assert len(invitations_of(owner)) == 1


def test_expired_invitation_can_be_replaced(client: Client, owner: User) -> None:
    InvitationFactory.create(
        workspace=workspace_of(owner), email="nueva@example.com", expires_at=timezone.now()
    )

    client.post(reverse("invite"), {"email": "nueva@example.com", "role": "DOCTOR"})

    assert len(invitations_of(owner)) == 2


def test_existing_user_cannot_be_invited(client: Client, owner: User) -> None:
    UserFactory.create(email="alguien@example.com")

    response = client.post(reverse("invite"), {"email": "ALGUIEN@example.com", "role": "DOCTOR"})

    assert "already signs in" in response.context["form"].errors["email"][0]


def test_second_address_of_user_cannot_be_invited(client: Client, owner: User) -> None:
    EmailAddress.objects.create(
        user=UserFactory.create(), email="segunda@example.com", verified=True, primary=False
    )

    response = client.post(reverse("invite"), {"email": "segunda@example.com", "role": "DOCTOR"})

    assert "already signs in" in response.context["form"].errors["email"][0]


def test_full_plan_refuses_without_revealing_accounts(client: Client) -> None:
    owner = UserFactory.create(workspace__plan=Plan.FREE, language="en")
    UserFactory.create(email="alguien@example.com")
    client.force_login(owner)

    page = client.get(reverse("team")).content.decode()
    answers = [
        client.post(reverse("invite"), {"email": email, "role": "DOCTOR"}).context["form"].errors
        for email in ("alguien@example.com", "nadie@example.com")
    ]

    assert "1 of 1 place" in page
    assert reverse("invite") not in page
    assert "The Free plan has room for 1" in answers[0]["email"][0]
    assert answers[0] == answers[1]


def test_invitation_is_kept_if_mail_server_is_down(
    client: Client,
    owner: User,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("invite"), {"email": "nueva@example.com", "role": "DOCTOR"})

    assert response.status_code == 302
    assert len(invitations_of(owner)) == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_invitations_do_not_exceed_plan() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.STARTER)
    owners = UserFactory.create_batch(2, workspace=workspace, language="en")
    clients = [Client(), Client()]
    for client, user in zip(clients, owners, strict=True):
        client.force_login(user)

    def invite(client: Client, email: str) -> int:
        return client.post(reverse("invite"), {"email": email, "role": "DOCTOR"}).status_code

    statuses = run_concurrently(
        partial(invite, clients[0], "una@example.com"),
        partial(invite, clients[1], "otra@example.com"),
    )

    assert sorted(statuses) == [200, 302]
    assert len(invitations_of(owners[0])) == 1


def test_invitation_can_be_withdrawn_once(client: Client, owner: User) -> None:
    invitation = InvitationFactory.create(workspace=workspace_of(owner))
    address = reverse("invitation_withdraw", args=[invitation.pk])

    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    assert invitations_of(owner)[0].revoked_at
    assert actions_of(owner) == ["invitation.withdraw"]


def test_owner_changes_role(client: Client, owner: User) -> None:
    someone = UserFactory.create(workspace=workspace_of(owner), role=Role.RECEPTIONIST)
    address = reverse("member_role", args=[someone.pk])

    assert "checked" in client.get(address).content.decode()
    response = client.post(address, {"role": "DOCTOR"}, follow=True)

    assert "is now: Doctor." in response.content.decode()
    assert role_of(someone) == Role.DOCTOR
    with tenancy.within(workspace_of(owner).pk):
        event = AuditEvent.objects.get()
    assert (event.old, event.new) == ({"role": "RECEPTIONIST"}, {"role": "DOCTOR"})


@pytest.mark.parametrize(
    ("name", "typed"), [("member_role", {"role": "DOCTOR"}), ("member_remove", {})]
)
def test_owner_cannot_change_or_remove_themselves(
    client: Client, owner: User, name: str, typed: dict[str, Any]
) -> None:
    UserFactory.create(workspace=workspace_of(owner))

    response = client.post(reverse(name, args=[owner.pk]), typed)

    assert "ask another owner" in response.content.decode()
    assert role_of(owner) == Role.OWNER


def test_last_owner_cannot_be_changed_or_removed(owner: User) -> None:
    doctor = UserFactory.create(workspace=workspace_of(owner), role=Role.DOCTOR)

    with tenancy.within(workspace_of(owner).pk):
        with pytest.raises(RoleTooWeak):
            team.change_role(
                workspace=workspace_of(owner), member=owner, role=Role.DOCTOR, by=doctor
            )
        with pytest.raises(RoleTooWeak):
            team.remove_member(workspace=workspace_of(owner), member=owner, by=doctor)

    assert role_of(owner) == Role.OWNER


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["member_role", "member_remove"])
def test_concurrent_removals_leave_one_owner(name: str) -> None:
    workspace = WorkspaceFactory.create()
    owners = UserFactory.create_batch(2, workspace=workspace)
    clients = [Client(), Client()]
    for client, user in zip(clients, owners, strict=True):
        client.force_login(user)

    def press(client: Client, other: User) -> int:
        return client.post(reverse(name, args=[other.pk]), {"role": "DOCTOR"}).status_code

    run_concurrently(partial(press, clients[0], owners[1]), partial(press, clients[1], owners[0]))

    assert User.objects.filter(workspace=workspace, role=Role.OWNER).count() == 1


def test_removed_member_is_signed_out(client: Client, owner: User) -> None:
    someone = UserFactory.create(workspace=workspace_of(owner), role=Role.DOCTOR, name="Dr. Adiós")
    theirs = Client()
    theirs.force_login(someone)
    assert theirs.get(reverse("home")).status_code == 200
    address = reverse("member_remove", args=[someone.pk])

    assert "Who takes over" not in client.get(address).content.decode()
    client.post(address)

    assert theirs.get(reverse("campaigns"))["Location"].startswith(reverse("account_login"))
    assert actions_of(owner) == ["member.remove"]


def test_campaigns_of_removed_member_are_visible_to_owner(client: Client, owner: User) -> None:
    leaving = UserFactory.create(workspace=workspace_of(owner), role=Role.DOCTOR)
    staying = UserFactory.create(workspace=workspace_of(owner), role=Role.DOCTOR)
    campaign = CampaignFactory.create(workspace=workspace_of(owner), created_by=leaving)
    address = reverse("campaign", args=[campaign.pk])

    client.post(reverse("member_remove", args=[leaving.pk]))

    assert client.get(address).status_code == 200
    client.force_login(staying)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_only_owner_can_manage_team(client: Client, role: Role) -> None:
    someone = UserFactory.create(role=role)
    other = UserFactory.create(workspace=workspace_of(someone), role=Role.DOCTOR)
    invitation = InvitationFactory.create(workspace=workspace_of(someone))
    client.force_login(someone)

    for address in [
        reverse("team"),
        reverse("invite"),
        reverse("member_role", args=[other.pk]),
        reverse("member_remove", args=[other.pk]),
        reverse("invitation_withdraw", args=[invitation.pk]),
    ]:
        assert client.get(address).status_code == 403
        assert client.post(address, {"role": "OWNER"}).status_code == 403
    assert role_of(other) == Role.DOCTOR


def test_people_of_another_workspace_are_not_found(client: Client, owner: User) -> None:
    someone = UserFactory.create(role=Role.DOCTOR)
    invitation = InvitationFactory.create()

    for address in [
        reverse("member_role", args=[someone.pk]),
        reverse("member_remove", args=[someone.pk]),
        reverse("invitation_withdraw", args=[invitation.pk]),
    ]:
        assert client.post(address, {"role": "OWNER"}).status_code == 404
    assert role_of(someone) == Role.DOCTOR
    with tenancy.within(invitation.workspace_id):
        assert Invitation.objects.get().revoked_at is None


def test_granted_seats_count(client: Client) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    client.force_login(UserFactory.create(workspace=workspace, language="en"))
    EntitlementFactory.create(workspace=workspace, plan="", limit="users", extra=2)
    EntitlementFactory.create(
        workspace=workspace,
        plan="",
        limit="users",
        extra=5,
        ends_at=timezone.now() - timedelta(hours=1),
    )

    assert "1 of 3 places" in client.get(reverse("team")).content.decode()
