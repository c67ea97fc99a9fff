"""The page of what a member is told, and the browsers on it."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from core import tenancy
from core.models import AuditEvent
from tests.background import run_sent_tasks
from tests.dev.doubles.push.stage import PushService
from tests.factories import PushSubscriptionFactory, UserFactory
from workspaces.models import PushSubscription, QuietHours, Role, User
from workspaces.notifications import choices
from workspaces.notifications.kinds import all_kinds

pytestmark = pytest.mark.django_db

CHOICES = {"starts": "22:00", "ends": "06:30"}


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en")
    client.force_login(user)
    return user


def save(client: Client, **choices: str) -> Any:
    data = CHOICES | {name.replace("__", "."): value for name, value in choices.items()}
    return client.post(reverse("notifications"), data)


def chosen(user: User, kind: str) -> tuple[bool, bool]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        channels = choices.channels_of(user, kind)
    return channels.by_mail, channels.by_push


def browsers(user: User) -> list[PushSubscription]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return list(PushSubscription.objects.within(user.workspace).filter(user=user))


def subscribe(client: Client, push_service: PushService) -> Any:
    browser = push_service.subscribe()
    return client.post(reverse("push_subscribe"), vars(browser))


def test_member_chooses_channels_and_quiet_hours(client: Client, owner: User) -> None:
    assert chosen(owner, "reviews.low") == (True, True)

    assert save(client, **{"push__reviews__low": "on", "is_on": "on"}).status_code == 302

    assert chosen(owner, "reviews.low") == (False, True)
    assert chosen(owner, "feedback.unhappy") == (False, False)
    with tenancy.platform("test"):
        hours = QuietHours.objects.get()
        event = AuditEvent.objects.get(action="profile.notifications")
    assert (f"{hours.starts:%H:%M}", f"{hours.ends:%H:%M}") == ("22:00", "06:30")
    assert event.new["quiet_hours"] == "22:00-06:30"
    assert (event.old["reviews.low"], event.new["reviews.low"]) == ("e-mail + push", "push")


def test_saving_the_same_again_changes_nothing(client: Client, owner: User) -> None:
    for _ in range(2):
        save(client)

    with tenancy.platform("test"):
        assert AuditEvent.objects.filter(action="profile.notifications").count() == 1


@pytest.mark.parametrize("bad", [{"ends": "22:00"}, {"starts": "25:00"}, {"ends": ""}])
def test_impossible_quiet_hours_are_explained(
    client: Client, owner: User, bad: dict[str, str]
) -> None:
    response = client.post(reverse("notifications"), CHOICES | bad)

    assert response.status_code == 200
    assert response.context["form"].errors


def test_receptionist_sees_kinds_of_her_permissions_only(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST)
    client.force_login(receptionist)
    names = {kind.name for kind in client.get(reverse("notifications")).context["form"].kinds}
    assert names == {"import.done", "import.failed"}

    save(client, **{"mail__credits__low": "on", "mail__import__done": "on"})

    assert chosen(receptionist, "credits.low") == (False, False)
    assert chosen(receptionist, "import.done") == (True, False)


def test_page_has_every_kind_for_an_owner(client: Client, owner: User) -> None:
    page = client.get(reverse("notifications")).content.decode()

    shown = [name for name, kind in all_kinds().items() if kind.permission]
    assert all(f'name="mail.{name}"' in page for name in shown)


def test_profile_and_search_lead_there(client: Client, owner: User) -> None:
    assert reverse("notifications") in client.get(reverse("profile")).content.decode()
    assert reverse("notifications") in client.get("/search/?q=notif").content.decode()


def test_browser_subscribes_and_gets_a_test(
    client: Client,
    owner: User,
    push_service: PushService,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert subscribe(client, push_service).status_code == 302
    [browser] = browsers(owner)

    with run_sent_tasks(django_capture_on_commit_callbacks):
        client.post(reverse("push_test", args=[browser.pk]))

    [message] = push_service.messages()
    assert message["title"] == "Notifications work"
    assert message["path"] == reverse("notifications")


def test_tests_are_limited(client: Client, owner: User) -> None:
    browser = PushSubscriptionFactory.create(workspace=owner.workspace, user=owner)
    path = reverse("push_test", args=[browser.pk])

    assert [client.post(path).status_code for _ in range(6)] == [302] * 5 + [429]


@pytest.mark.parametrize("act", ["push_test", "push_unsubscribe"])
def test_colleagues_browsers_are_not_found(client: Client, owner: User, act: str) -> None:
    browser = PushSubscriptionFactory.create(workspace=owner.workspace)

    assert client.post(reverse(act, args=[browser.pk])).status_code == 404


def test_browser_is_turned_off(client: Client, owner: User, push_service: PushService) -> None:
    subscribe(client, push_service)

    client.post(reverse("push_unsubscribe", args=[browsers(owner)[0].pk]))

    assert browsers(owner) == []


def test_signing_out_ends_the_push_of_this_browser_only(
    client: Client, owner: User, push_service: PushService
) -> None:
    elsewhere = PushSubscriptionFactory.create(workspace=owner.workspace, user=owner)
    subscribe(client, push_service)

    response = client.post(reverse("account_logout"))

    assert response["Clear-Site-Data"] == '"storage"'
    assert [browser.pk for browser in browsers(owner)] == [elsewhere.pk]


def test_ended_browser_is_shown(client: Client, owner: User) -> None:
    PushSubscriptionFactory.create(
        workspace=owner.workspace, user=owner, ended_at="2026-03-02T12:00:00Z"
    )
    page = client.get(reverse("notifications")).content.decode()

    assert "Its push service stopped taking messages" in page
    assert "Send a test" not in page


def test_without_a_key_the_page_says_that_push_is_off(
    client: Client, owner: User, settings: Any
) -> None:
    assert django_settings.VAPID_PRIVATE_KEY
    settings.VAPID_PRIVATE_KEY = ""

    page = client.get(reverse("notifications")).content.decode()

    assert "Push is not set up in this installation" in page
    assert "push.js" not in page
    assert client.post(reverse("push_subscribe"), {}).status_code == 409
