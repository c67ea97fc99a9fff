from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import credits
from core import tenancy
from core.models import AuditEvent
from tests.factories import CampaignFactory, PatientFactory, UserFactory
from workspaces.models import Plan, Role, User, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en", workspace__name="Clínica Sol")
    client.force_login(user)
    return user


def form_data(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Clínica Sol",
        "language": "es",
        "ask_again_after_days": 30,
        "undo_minutes": 5,
        "review_invites": "everyone",
        "replies_need_approval": "on",
        "reminder_after_hours": "",
        "sms_fallback": "on",
        "resend_unknown": "on",
        "keep_messages_days": 90,
        "keep_patients_days": 730,
        **changes,
    }


def workspace_of(user: User) -> Workspace:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return Workspace.objects.get()


def test_change_is_recorded_with_old_values(client: Client, owner: User) -> None:
    client.post(
        reverse("workspace_settings"), form_data(ask_again_after_days=60, plain_letters="on")
    )

    workspace = workspace_of(owner)
    assert (workspace.ask_again_after_days, workspace.plain_letters) == (60, True)
    with tenancy.within(workspace.pk):
        event = AuditEvent.objects.get()
    assert event.action == "workspace.change"
    assert event.old == {"ask_again_after_days": 30, "plain_letters": False}
    assert event.new == {"ask_again_after_days": 60, "plain_letters": True}


def test_owner_changes_fallback_and_resend(client: Client, owner: User) -> None:
    page = client.get(reverse("workspace_settings")).content.decode()
    assert "Send an SMS when WhatsApp does not reach the patient" in page
    assert "Off: nobody is asked twice" in page

    client.post(reverse("workspace_settings"), form_data(sms_fallback="", resend_unknown=""))

    workspace = workspace_of(owner)
    assert (workspace.sms_fallback, workspace.resend_unknown) == (False, False)


def test_settings_and_texts_show_same_price_of_long_text(client: Client, owner: User) -> None:
    price = "A message costs one credit, by SMS, WhatsApp or e-mail, however long."

    for name in ("workspace_settings", "templates", "pricing", "help"):
        assert price in client.get(reverse(name)).content.decode(), name


def test_page_warns_about_inviting_only_happy_patients(client: Client, owner: User) -> None:
    page = client.get(reverse("workspace_settings")).content.decode()

    assert "Google forbids inviting only happy patients" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("language", "xx"),
        ("ask_again_after_days", 0),
        ("ask_again_after_days", 366),
        ("ask_again_after_days", -1),
        ("ask_again_after_days", "many"),
        ("review_invites", "nobody"),
        ("reminder_after_hours", 0),
        ("reminder_after_hours", 169),
        ("undo_minutes", -1),
        ("undo_minutes", 1_441),
        ("keep_messages_days", 0),
        ("keep_patients_days", 6),
        ("keep_patients_days", 999_999_999),
    ],
)
def test_invalid_field_shows_error(client: Client, owner: User, field: str, value: Any) -> None:
    response = client.post(
        reverse("workspace_settings"), form_data(**{"plain_letters": "on", field: value})
    )

    assert list(response.context["form"].errors) == [field]
    assert workspace_of(owner).plain_letters is False


def test_retention_below_a_week_is_refused(client: Client, owner: User) -> None:
    page = client.post(reverse("workspace_settings"), form_data(keep_patients_days=1))

    assert "Keep patients for at least 7 days" in page.content.decode()
    assert workspace_of(owner).keep_patients_days == 730


@pytest.mark.parametrize("field", ["keep_messages_days", "keep_patients_days"])
def test_shorter_retention_needs_confirmation(client: Client, owner: User, field: str) -> None:
    shorter = form_data(**{field: 30})
    page = client.post(reverse("workspace_settings"), shorter).content.decode()

    assert "This erases data that is kept today." in page
    assert reverse("retention_loss") in page
    assert getattr(workspace_of(owner), field) != 30
    client.post(reverse("workspace_settings"), shorter | {"confirms_loss": "on"})
    assert getattr(workspace_of(owner), field) == 30


def test_retention_shorter_than_reminder_is_refused(client: Client, owner: User) -> None:
    CampaignFactory.create(
        workspace=owner.workspace, name="Limpiezas", reminder_after_hours=168, created_by=owner
    )
    wished = form_data(keep_patients_days=10, confirms_loss="on")
    page = client.post(reverse("workspace_settings"), wished).content.decode()

    assert "“Limpiezas” reminds patients until 11 days" in page
    assert workspace_of(owner).keep_patients_days == 730


def test_page_counts_what_would_be_erased(client: Client, owner: User) -> None:
    PatientFactory.create(
        workspace=owner.workspace, appointment_time=timezone.now() - timedelta(days=20)
    )
    address = reverse("retention_loss")

    page = client.get(address, {"messages": 90, "patients": 10}).content.decode()
    assert "1 patient would be forgotten" in page
    assert "0 patients" in client.get(address, {"messages": 90, "patients": 30}).content.decode()
    assert client.get(address, {"messages": "x"}).content == b""


def test_plan_and_credits_are_not_settings(client: Client, owner: User) -> None:
    before = workspace_of(owner)

    client.post(
        reverse("workspace_settings"), form_data(plan=Plan.ENTERPRISE, message_credits=9_999)
    )

    after = workspace_of(owner)
    assert (after.plan, after.message_credits) == (before.plan, before.message_credits)


def test_saving_does_not_overwrite_credits(client: Client, owner: User) -> None:
    client.get(reverse("workspace_settings"))
    workspace = workspace_of(owner)
    with tenancy.platform("test"):
        credits.grant_credits(workspace=workspace, amount=7, cause="meanwhile", by=None)

    client.post(reverse("workspace_settings"), form_data(name="Clínica Luna"))

    assert workspace_of(owner).message_credits == workspace.message_credits
    assert workspace_of(owner).name == "Clínica Luna"


def test_refused_name_is_not_shown_in_menu(client: Client, owner: User) -> None:
    response = client.post(
        reverse("workspace_settings"), form_data(name="Otra", ask_again_after_days=0)
    )

    assert '<span class="masthead-clinic">Clínica Sol</span>' in response.content.decode()


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_only_owner_can_open_settings(client: Client, role: Role) -> None:
    user = UserFactory.create(role=role)
    client.force_login(user)

    assert client.get(reverse("workspace_settings")).status_code == 403
    assert client.post(reverse("workspace_settings"), form_data(name="Mía")).status_code == 403
    assert workspace_of(user).name != "Mía"
