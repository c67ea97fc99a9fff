from datetime import timedelta
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from tests.concurrency import run_concurrently
from tests.factories import InvitationFactory, UserFactory, WorkspaceFactory
from workspaces import team
from workspaces.models import Invitation, Plan, Role, User, Workspace

pytestmark = pytest.mark.django_db

TOKEN = "un-secreto-que-nadie-adivina"
ADDRESS = f"/invitation/{TOKEN}/"
TYPED = {"name": "Dra. Nueva", "password": "tres-gatos-verdes"}
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def invitation() -> Invitation:
    row: Invitation = InvitationFactory.create(
        workspace=WorkspaceFactory.create(name="Clínica Sol"),
        email="nueva@example.com",
        invited_by_name="Dra. Dueña",
        token_digest=team.hash_token(TOKEN),
    )
    return row


def change(invitation: Invitation, **values: object) -> None:
    with tenancy.within(invitation.workspace_id):
        Invitation.objects.filter(pk=invitation.pk).update(**values)


def test_page_shows_inviter_address_and_clinic(client: Client, invitation: Invitation) -> None:
    response = client.get(ADDRESS, headers=ENGLISH)

    page = response.content.decode()
    for text in ("Clínica Sol", "Dra. Dueña", "Doctor", "nueva@example.com"):
        assert text in page
    assert "no-store" in response["Cache-Control"]


def test_accepting_signs_newcomer_in(client: Client, invitation: Invitation) -> None:
    response = client.post(ADDRESS, TYPED, follow=True, headers=ENGLISH)

    assert response.redirect_chain == [(reverse("home"), 302)]
    assert "Welcome, Dra. Nueva." in response.content.decode()
    user = User.objects.get(email="nueva@example.com")
    assert (user.workspace_id, user.role, user.name) == (
        invitation.workspace_id,
        Role.DOCTOR,
        "Dra. Nueva",
    )
    assert user.check_password("tres-gatos-verdes")
    assert EmailAddress.objects.get(user=user).verified
    with tenancy.within(invitation.workspace_id):
        assert Invitation.objects.get().accepted_at
        assert AuditEvent.objects.get().action == "member.join"


def test_newcomer_signs_in_with_any_case_of_address(client: Client, invitation: Invitation) -> None:
    client.post(ADDRESS, TYPED)
    client.logout()

    response = client.post(
        reverse("account_login"), {"login": "nueva@EXAMPLE.com", "password": TYPED["password"]}
    )

    assert response["Location"] == reverse("home")


def test_visitor_cannot_choose_email(client: Client, invitation: Invitation) -> None:
    client.post(ADDRESS, {**TYPED, "email": "otra@example.com", "role": "OWNER"})

    user = User.objects.get()
    assert (user.email, user.role) == ("nueva@example.com", Role.DOCTOR)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "too short"), ("es", "demasiado corta")],
)
def test_weak_password_is_refused_in_readers_language(
    client: Client, invitation: Invitation, language: str, sentence: str
) -> None:
    response = client.post(
        ADDRESS, {**TYPED, "password": "corta1"}, headers={"accept-language": language}
    )

    assert sentence in " ".join(response.context["form"].errors["password"])
    page = response.content.decode()
    assert "Dra. Nueva" in page
    assert "corta1" not in page
    assert not User.objects.exists()


def test_password_like_own_address_is_refused(client: Client, invitation: Invitation) -> None:
    response = client.post(ADDRESS, {**TYPED, "password": "nueva@example.com"}, headers=ENGLISH)

    assert "too similar" in response.context["form"].errors["password"][0]


@pytest.mark.parametrize("column", ["accepted_at", "revoked_at", "expires_at"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_spent_invitation_reveals_nothing(
    client: Client, invitation: Invitation, column: str, method: str
) -> None:
    change(invitation, **{column: timezone.now() - timedelta(seconds=1)})

    response = getattr(client, method)(ADDRESS, TYPED, headers=ENGLISH)

    page = response.content.decode()
    assert response.status_code == 410
    assert "used, withdrawn or has expired" in page
    for word in ("Clínica Sol", "Dra. Dueña", "nueva@example.com"):
        assert word not in page
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["x", "../../etc", "%00", "🐈", "a" * 2000])
def test_unknown_token_is_not_found(client: Client, invitation: Invitation, token: str) -> None:
    response = client.get(f"/invitation/{token}/", headers=ENGLISH)

    assert response.status_code == 404
    assert "Clínica Sol" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_signed_in_user_must_sign_out_first(
    client: Client, invitation: Invitation, method: str
) -> None:
    client.force_login(UserFactory.create(email="otra@example.com", language="en"))

    response = getattr(client, method)(ADDRESS, TYPED)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Sign out first" in page
    assert f'name="next" value="{ADDRESS}"' in page
    assert "Clínica Sol" not in page
    assert not User.objects.filter(email="nueva@example.com").exists()


def test_signing_out_returns_to_invitation(client: Client, invitation: Invitation) -> None:
    client.force_login(UserFactory.create())

    response = client.post(reverse("account_logout"), {"next": ADDRESS}, follow=True)

    assert "Clínica Sol" in response.content.decode()


@pytest.mark.parametrize("as_what", ["their account", "their second address"])
def test_address_taken_meanwhile_is_refused(
    client: Client, invitation: Invitation, as_what: str
) -> None:
    if as_what == "their account":
        UserFactory.create(email="NUEVA@example.com")
    else:
        EmailAddress.objects.create(
            user=UserFactory.create(), email="nueva@example.com", verified=True, primary=False
        )

    response = client.post(ADDRESS, TYPED, headers=ENGLISH)

    assert "already signs in" in response.content.decode()
    with tenancy.within(invitation.workspace_id):
        assert Invitation.objects.get().accepted_at is None


def test_invitation_needs_seat_in_present_plan(client: Client, invitation: Invitation) -> None:
    UserFactory.create(workspace=invitation.workspace)
    with tenancy.within(invitation.workspace_id):
        Workspace.objects.update(plan=Plan.FREE)

    response = client.post(ADDRESS, TYPED, headers=ENGLISH)

    assert "ask Dra. Dueña to make room" in response.content.decode()
    assert not User.objects.filter(email="nueva@example.com").exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_accepts_create_one_user(invitation: Invitation) -> None:
    def join(client: Client) -> int:
        return client.post(ADDRESS, TYPED).status_code

    statuses = run_concurrently(partial(join, Client()), partial(join, Client()))

    assert statuses.count(302) == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize("path", [ADDRESS, "/invitation/guess/"])
def test_token_is_kept_out_of_referrers(client: Client, invitation: Invitation, path: str) -> None:
    assert client.get(path)["Referrer-Policy"] == "strict-origin"
