"""Push: what the browser reads, what happens when its push service refuses, who is called."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from tests.dev.doubles.push.stage import PushService
from tests.factories import PracticeFactory, UserFactory
from workspaces.models import (
    Notification,
    NotificationOutcome,
    PushSubscription,
    User,
    Workspace,
)
from workspaces.notifications import delivery
from workspaces.notifications.notifying import notify
from workspaces.notifications.push import checks, keys, subscriptions
from workspaces.notifications.push.services import is_push_service
from workspaces.notifications.push.subscriptions import MAX_BROWSERS, BrowserKeys

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(push_service: PushService) -> User:
    """An owner who gets pushes on a phone, and no mail about credits."""
    practice = PracticeFactory.create(timezone="America/Guayaquil")
    user: User = UserFactory.create(workspace=practice.workspace, language="en")
    subscriptions.subscribe(user=user, browser=push_service.subscribe(), device="Chrome")
    return user


def tell(user: User) -> None:
    workspace = user.workspace
    assert workspace
    with tenancy.within(workspace.pk):
        notify(
            "credits.low",
            workspace=workspace,
            cause="c",
            path="/billing/",
            facts={"credits": 0, "none_left": True},
        )


def pushes(workspace: Workspace | None) -> list[Notification]:
    assert workspace
    with tenancy.within(workspace.pk):
        rows = Notification.objects.within(workspace).select_related("subscription")
        return list(rows.exclude(subscription=None))


def browsers(user: User) -> list[PushSubscription]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return list(PushSubscription.objects.within(user.workspace).filter(user=user))


def deliver(**later: float) -> int:
    return delivery.deliver_due(now=timezone.now() + timedelta(**later))


def test_browser_reads_the_text_and_where_it_leads(owner: User, push_service: PushService) -> None:
    tell(owner)
    deliver()

    [push] = pushes(owner.workspace)
    assert push_service.messages() == [
        {
            "title": "There are no message credits left",
            "body": "No message is lost: what waits leaves by itself after a top-up.",
            "path": "/billing/",
            "tag": str(push.pk),
        }
    ]
    assert push_service.last_header("Urgency") == "high"
    assert push.outcome == NotificationOutcome.SENT
    assert browsers(owner)[0].delivered_at


def test_each_browser_is_told(owner: User, push_service: PushService) -> None:
    subscriptions.subscribe(user=owner, browser=push_service.subscribe("laptop"), device="Edge")
    tell(owner)
    deliver()

    assert len(push_service.messages()) == len(push_service.messages("laptop")) == 1


def test_forgotten_browser_is_shown_as_ended(owner: User, push_service: PushService) -> None:
    push_service.forget()
    tell(owner)
    deliver()

    assert pushes(owner.workspace)[0].outcome == NotificationOutcome.GIVEN_UP
    assert browsers(owner)[0].ended_at


def test_ended_browser_comes_back_when_it_subscribes_again(
    owner: User, push_service: PushService
) -> None:
    with tenancy.platform("test"):
        PushSubscription.objects.update(ended_at=timezone.now())

    subscriptions.subscribe(user=owner, browser=push_service.subscribe(), device="Chrome")

    assert [browser.ended_at for browser in browsers(owner)] == [None]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_service_is_tried_again(owner: User, push_service: PushService, status: int) -> None:
    push_service.answer(status, retry_after=600)
    tell(owner)

    assert deliver() == 1  # the mail
    assert deliver(minutes=9) == 0
    assert deliver(minutes=11) == 1
    assert len(push_service.messages()) == 1
    assert not browsers(owner)[0].ended_at


def test_retry_after_of_weeks_is_cut(owner: User, push_service: PushService) -> None:
    push_service.answer(503, retry_after=90 * 24 * 3600)
    tell(owner)
    deliver()

    assert deliver(hours=7) == 1


def test_refused_push_is_not_tried_again(owner: User, push_service: PushService) -> None:
    push_service.answer(413)
    tell(owner)
    deliver()

    assert deliver(hours=12) == 0
    assert pushes(owner.workspace)[0].outcome == NotificationOutcome.GIVEN_UP
    assert not browsers(owner)[0].delivered_at


def test_second_delivery_of_a_push_is_seen_once(owner: User, push_service: PushService) -> None:
    """As after a worker that was killed between sending and settling."""
    tell(owner)
    deliver()
    with tenancy.platform("test"):
        Notification.objects.update(
            outcome=NotificationOutcome.WAITING, done_at=None, due_at=timezone.now()
        )
    deliver()

    assert len(push_service.messages()) == 2
    assert len(push_service.shown()) == 1


def test_browser_that_changes_its_account_tells_the_new_one_only(
    owner: User, push_service: PushService
) -> None:
    newcomer = UserFactory.create()
    subscriptions.subscribe(user=newcomer, browser=push_service.subscribe(), device="Chrome")

    assert browsers(owner) == []
    assert len(browsers(newcomer)) == 1


def test_oldest_browser_makes_room(owner: User, push_service: PushService) -> None:
    for number in range(MAX_BROWSERS):
        browser = push_service.subscribe(f"browser-{number}")
        subscriptions.subscribe(user=owner, browser=browser, device=f"{number}")

    devices = [browser.device for browser in browsers(owner)]
    assert len(devices) == MAX_BROWSERS
    assert "Chrome" not in devices


def test_subscribing_is_audited_without_the_address(owner: User) -> None:
    with tenancy.within(owner.workspace_id):  # type: ignore[arg-type]  # a member's
        [event] = AuditEvent.objects.filter(action="push.subscribe")

    assert (event.entity_name, event.new) == ("Chrome", {})


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/push/1",
        "https://evilfcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://169.254.169.254/latest",
        "http://fcm.googleapis.com/x",
        "https://user:pass@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:22/x",
        "ftp://fcm.googleapis.com/x",
        "//fcm.googleapis.com",
        "push",
        "",
    ],
)
def test_only_known_push_services_are_called(endpoint: str) -> None:
    assert not is_push_service(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-bl2p.notify.windows.com/w/?token=abc%2b",
    ],
)
def test_push_services_of_the_browsers_are_known(endpoint: str) -> None:
    assert is_push_service(endpoint)


def test_local_service_is_called_in_development_only(
    push_service: PushService, settings: Any
) -> None:
    endpoint = push_service.subscribe().endpoint
    assert is_push_service(endpoint)

    settings.WEBHOOKS_MAY_STAY_HERE = False
    assert not is_push_service(endpoint)


@pytest.mark.parametrize(
    "change",
    [
        {"public_key": "short"},
        {"public_key": "!" * 87},
        {"public_key": "B" * 87},
        {"secret": "AAAA"},
        {"endpoint": "https://evil.example/"},
    ],
)
def test_broken_keys_of_a_browser_are_refused(
    owner: User, push_service: PushService, change: dict[str, str]
) -> None:
    broken = BrowserKeys(**vars(push_service.subscribe("other")) | change)

    with pytest.raises(ProblemError):
        subscriptions.subscribe(user=owner, browser=broken, device="x")


def test_service_that_is_no_longer_known_is_not_called(
    owner: User, push_service: PushService, settings: Any
) -> None:
    settings.WEBHOOKS_MAY_STAY_HERE = False
    tell(owner)
    deliver()

    assert push_service.messages() == []
    assert pushes(owner.workspace)[0].outcome == NotificationOutcome.GIVEN_UP


def test_without_a_key_push_is_off(owner: User, push_service: PushService, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    tell(owner)
    deliver()

    assert keys.public_key() == ""
    assert push_service.messages() == []
    assert pushes(owner.workspace)[0].outcome == NotificationOutcome.NOT_WANTED


def test_broken_key_of_ours_stops_no_mail(
    owner: User, push_service: PushService, settings: Any
) -> None:
    settings.VAPID_PRIVATE_KEY = "AAAA"
    tell(owner)

    assert deliver() == 1
    assert push_service.messages() == []


@pytest.mark.parametrize(("key", "errors"), [("", 0), ("AAAA", 1), ("no key!", 1), ("á", 1)])
def test_key_is_checked_at_the_start(key: str, errors: int, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = key

    assert len(checks.check_key()) == errors


def test_command_makes_a_key_that_signs(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("vapid_key")
    settings.VAPID_PRIVATE_KEY = capsys.readouterr().out.strip()

    assert checks.check_key() == []
    assert keys.authorization("https://push.example").startswith("vapid t=")
