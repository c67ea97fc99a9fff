"""The expiry of sessions, and a clinic's own rules for signing in."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from core import tenancy
from core.models import AuditEvent
from tests.background import run_sent_tasks
from tests.core.api.calling import token_of
from tests.factories import ApiKeyFactory, StaffFactory, UserFactory
from workspaces.models import Role, User, Workspace
from workspaces.sign_in.session_policy import BACKGROUND_HEADER, LET_IN_FROM

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MINUTE = 60
HERE, ELSEWHERE = "190.15.128.7", "203.0.113.9"
BY_ITSELF = {"HX-Request": "true", BACKGROUND_HEADER: "1"}


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create()
    client.force_login(user)
    return user


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock for the session policy that the test can move."""

    class Clock:
        now = time.time()

        def forward(self, minutes: float) -> None:
            self.now += minutes * MINUTE

    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


def change(user: User, **values: Any) -> None:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        Workspace.objects.update(**values)


def last_event(user: User) -> AuditEvent:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return AuditEvent.objects.latest("pk")


def save_security(client: Client, **changes: Any) -> Any:
    typed = {"idle_minutes": 720, "allowed_networks": "", **changes}
    return client.post(reverse("security_settings"), typed, REMOTE_ADDR=HERE)


# Expiry


def test_idle_session_ends_and_returns_to_its_page(client: Client, owner: User, clock: Any) -> None:
    change(owner, idle_minutes=30)
    client.get("/profile/")
    clock.forward(29)
    assert client.get("/profile/").status_code == 200
    clock.forward(31)

    answer = client.get("/audit/?action=x")

    assert answer["Location"] == f"{reverse('account_login')}?next=/audit/%3Faction%3Dx"
    page = client.get(answer["Location"]).content.decode()
    assert "Su sesión se cerró después de 30 minutos sin actividad" in page
    assert "_auth_user_id" not in client.session


def test_background_requests_do_not_keep_session_alive(
    client: Client, owner: User, clock: Any
) -> None:
    change(owner, idle_minutes=30)
    client.get("/inbox/")
    for _ in range(4):
        clock.forward(8)
        answer = client.get(
            "/inbox/",
            headers={**BY_ITSELF, "HX-Current-URL": "http://testserver/inbox/?mine=1"},
        )

    assert answer["HX-Redirect"] == f"{reverse('account_login')}?next=/inbox/%3Fmine%3D1"
    assert "_auth_user_id" not in client.session


def test_activity_keeps_session_alive_for_two_weeks(
    client: Client, owner: User, clock: Any
) -> None:
    for _ in range(2 * 14):
        assert client.get("/profile/").status_code == 200
        clock.forward(11.9 * 60)

    clock.forward(60 * 5)

    assert client.get("/profile/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_platform_staff_are_signed_out_after_an_hour(client: Client, clock: Any) -> None:
    client.force_login(StaffFactory.create())
    client.get("/admin/")
    clock.forward(61)

    client.get("/admin/")

    assert "_auth_user_id" not in client.session


def test_public_page_neither_ends_nor_prolongs_a_session(
    client: Client, owner: User, clock: Any
) -> None:
    change(owner, idle_minutes=30)
    client.get("/profile/")
    clock.forward(31)

    assert client.get(reverse("pricing")).status_code == 200
    assert client.get("/profile/").status_code == 302


# Required second step


def test_member_without_second_step_is_redirected_to_set_up(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    change(owner, requires_second_step=True)
    client.force_login(doctor)

    for path in ("/", "/campaigns/", reverse("account_email"), reverse("account_change_password")):
        assert client.get(path)["Location"] == reverse("mfa_activate_totp")
    assert client.get("/", headers=BY_ITSELF)["HX-Redirect"] == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_index")).status_code == 200

    TOTP.activate(doctor, SECRET)

    assert client.get("/").status_code == 200


def test_second_step_cannot_be_removed_while_it_is_required(client: Client, owner: User) -> None:
    TOTP.activate(owner, SECRET)
    change(owner, requires_second_step=True)
    client.post(reverse("account_reauthenticate"), {"password": "correcto-caballo"})

    answer = client.post(reverse("mfa_deactivate_totp"))

    assert "Su clínica exige un segundo paso" in answer.content.decode()
    assert Authenticator.objects.filter(user=owner).exists()

    change(owner, requires_second_step=False)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=owner).exists()


def test_owner_needs_a_second_step_before_requiring_it(client: Client, owner: User) -> None:
    answer = save_security(client, requires_second_step="on")
    assert "Configure primero su propio segundo paso" in answer.content.decode()

    TOTP.activate(owner, SECRET)
    assert save_security(client, requires_second_step="on").status_code == 302

    event = last_event(owner)
    assert (event.action, event.new) == ("workspace.security", {"requires_second_step": True})


def test_other_clinics_are_not_affected(client: Client, owner: User) -> None:
    change(UserFactory.create(), requires_second_step=True, allowed_networks=HERE)

    assert client.get("/", REMOTE_ADDR=ELSEWHERE).status_code == 200


# Allowed networks


def test_member_works_only_from_the_clinics_addresses(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    change(owner, allowed_networks="190.15.128.0/24\n2001:db8:1::/64")
    client.force_login(doctor)

    for address in (HERE, "::ffff:190.15.128.9", "2001:db8:1::77"):
        assert client.get("/campaigns/", REMOTE_ADDR=address).status_code == 200
    for path in ("/", "/campaigns/", reverse("account_email"), reverse("mfa_index")):
        answer = client.get(path, REMOTE_ADDR=ELSEWHERE)
        assert answer.status_code == 403
        assert ELSEWHERE in answer.content.decode()
    answer = client.get("/inbox/", headers=BY_ITSELF, REMOTE_ADDR=ELSEWHERE)
    assert answer["HX-Redirect"]
    assert client.post(reverse("elsewhere"), REMOTE_ADDR=ELSEWHERE).status_code == 403
    assert client.post(reverse("account_logout"), REMOTE_ADDR=ELSEWHERE).status_code == 302


def test_owner_elsewhere_gets_in_with_a_code_by_mail(
    client: Client, owner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    change(owner, allowed_networks=HERE)
    page = client.get("/", REMOTE_ADDR=ELSEWHERE)
    assert page.status_code == 403
    assert reverse("elsewhere") in page.content.decode()

    with run_sent_tasks(django_capture_on_commit_callbacks):
        client.post(reverse("elsewhere"), REMOTE_ADDR=ELSEWHERE)
    found = re.search(r"(?m)^ {4}(\S+)$", str(mail.outbox[-1].body))
    assert found
    client.post(reverse("elsewhere_code"), {"code": found[1]}, REMOTE_ADDR=ELSEWHERE)

    assert client.get("/", REMOTE_ADDR=ELSEWHERE).status_code == 200
    assert client.get("/", REMOTE_ADDR="203.0.113.10").status_code == 403
    assert last_event(owner).action == "sign_in.elsewhere"


def test_list_without_the_owners_present_address_is_refused(client: Client, owner: User) -> None:
    answer = save_security(client, allowed_networks="10.0.0.0/8")
    assert f"{HERE} no está en esta lista" in answer.content.decode()

    assert save_security(client, allowed_networks="10.0.0.0/8, 190.15.128.9/24").status_code == 302

    with tenancy.platform("test"):
        assert Workspace.objects.get().allowed_networks == "10.0.0.0/8\n190.15.128.0/24"


def test_owner_let_in_from_elsewhere_may_change_the_rest(client: Client, owner: User) -> None:
    change(owner, allowed_networks="10.0.0.0/8")
    session = client.session
    session[LET_IN_FROM] = HERE
    session.save()

    answer = save_security(client, allowed_networks="10.0.0.0/8", idle_minutes=30)

    assert answer.status_code == 302
    assert last_event(owner).new == {"idle_minutes": 30}


@pytest.mark.parametrize("typed", ["190.15.128", "clinica.ec", "190.15.128.0/33", "::1/129", "💉"])
def test_invalid_address_is_refused(client: Client, owner: User, typed: str) -> None:
    answer = save_security(client, allowed_networks=typed)

    assert "no es una dirección" in answer.content.decode()


def test_only_owners_change_how_the_team_signs_in(client: Client, owner: User) -> None:
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR))

    assert save_security(client, idle_minutes=30).status_code == 403


def test_staff_can_clear_addresses_and_it_is_recorded(client: Client, owner: User) -> None:
    change(owner, allowed_networks=HERE)
    client.force_login(StaffFactory.create())
    path = reverse("admin:workspaces_workspace_change", args=[owner.workspace_id])
    form = client.get(path).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None}

    client.post(path, values | {"allowed_networks": ""})

    event = last_event(owner)
    assert (event.action, event.old) == ("admin.change", {"allowed_networks": "…"})


def test_api_keys_are_not_affected(owner: User) -> None:
    change(owner, allowed_networks=HERE, requires_second_step=True)
    key = ApiKeyFactory.create(workspace=owner.workspace)

    answer = Client(headers={"Authorization": f"Bearer {token_of(key)}"}).get(
        "/api/v1/me/", REMOTE_ADDR=ELSEWHERE
    )

    assert answer.status_code == 200
