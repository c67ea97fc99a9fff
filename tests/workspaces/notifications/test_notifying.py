"""Who is told of what, how and when."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail

from core import tenancy
from tests.concurrency import run_concurrently
from tests.factories import (
    NotificationChoiceFactory,
    PracticeFactory,
    PushSubscriptionFactory,
    QuietHoursFactory,
    UserFactory,
)
from tests.notifications import deliver_all
from workspaces.models import Notification, NotificationOutcome, Role, User, Workspace
from workspaces.notifications import delivery
from workspaces.notifications.kinds import all_kinds, kinds_for
from workspaces.notifications.notifying import notify

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)  # in Quito, where quiet hours end at 7
MIDNIGHT = datetime(2026, 3, 2, 5, tzinfo=UTC)
FEW = {"credits": 5, "none_left": False}
NONE_LEFT = {"credits": 0, "none_left": True}


@pytest.fixture
def owner() -> User:
    practice = PracticeFactory.create(timezone="America/Guayaquil")
    user: User = UserFactory.create(workspace=practice.workspace, language="en")
    return user


def tell(user: User, *, now: datetime = NOON, facts: Any = FEW, cause: str = "c") -> int:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return notify(
            "credits.low", workspace=user.workspace, cause=cause, path="/", facts=facts, now=now
        )


def stored(workspace: Workspace | None) -> list[Notification]:
    assert workspace
    with tenancy.within(workspace.pk):
        return list(Notification.objects.within(workspace).order_by("pk"))


def test_only_members_with_the_permission_are_told(owner: User) -> None:
    for role in (Role.DOCTOR, Role.RECEPTIONIST):
        UserFactory.create(workspace=owner.workspace, role=role)
    UserFactory.create(workspace=owner.workspace, is_active=False)
    UserFactory.create()

    assert tell(owner) == 1
    assert [row.user_id for row in stored(owner.workspace)] == [owner.pk]


def test_same_cause_is_told_once(owner: User) -> None:
    assert [tell(owner), tell(owner), tell(owner, cause="another")] == [1, 0, 1]

    assert deliver_all() == 2
    assert deliver_all() == 0
    assert len(mail.outbox) == 2


@pytest.mark.django_db(transaction=True)
def test_concurrent_deliveries_send_once(owner: User) -> None:
    tell(owner)

    assert sorted(run_concurrently(deliver_all, deliver_all)) == [0, 1]
    assert len(mail.outbox) == 1


def test_killed_worker_leaves_the_notification_to_the_next(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(owner)

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(delivery, "_send_all", die)
        with pytest.raises(KeyboardInterrupt):
            delivery.deliver_due(now=NOON)
    assert delivery.deliver_due(now=NOON + delivery.LEASE / 2) == 0
    assert delivery.deliver_due(now=NOON + delivery.LEASE) == 1


@pytest.mark.parametrize(
    ("facts", "due"), [(FEW, MIDNIGHT + timedelta(hours=7)), (NONE_LEFT, MIDNIGHT)]
)
def test_only_what_is_urgent_comes_in_quiet_hours(
    owner: User, facts: dict[str, Any], due: datetime
) -> None:
    tell(owner, now=MIDNIGHT, facts=facts)

    assert [row.due_at for row in stored(owner.workspace)] == [due]


def test_without_quiet_hours_everything_comes_at_once(owner: User) -> None:
    QuietHoursFactory.create(workspace=owner.workspace, user=owner, is_on=False)
    tell(owner, now=MIDNIGHT)

    assert [row.due_at for row in stored(owner.workspace)] == [MIDNIGHT]


def test_choices_decide_the_channels(owner: User) -> None:
    browser = PushSubscriptionFactory.create(workspace=owner.workspace, user=owner)
    PushSubscriptionFactory.create(workspace=owner.workspace, user=owner, ended_at=NOON)
    NotificationChoiceFactory.create(
        workspace=owner.workspace, user=owner, kind="credits.low", by_mail=False, by_push=True
    )

    tell(owner)

    assert [row.subscription_id for row in stored(owner.workspace)] == [browser.pk]


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.DOCTOR}])
def test_member_who_may_no_longer_be_told_gets_nothing(owner: User, change: dict[str, Any]) -> None:
    UserFactory.create(workspace=owner.workspace)
    tell(owner)
    with tenancy.platform("test"):
        User.objects.filter(pk=owner.pk).update(**change)

    assert deliver_all() == 1
    assert owner.email not in mail.outbox[0].to
    outcomes = {row.user_id: row.outcome for row in stored(owner.workspace)}
    assert outcomes[owner.pk] == NotificationOutcome.NOT_WANTED


def test_removed_member_takes_everything_along(owner: User) -> None:
    other: User = UserFactory.create(workspace=owner.workspace)
    PushSubscriptionFactory.create(workspace=owner.workspace, user=owner)
    QuietHoursFactory.create(workspace=owner.workspace, user=owner)
    tell(owner)
    with tenancy.platform("test"):
        owner.delete()

    assert {row.user_id for row in stored(other.workspace)} == {other.pk}


def test_old_news_is_given_up(owner: User) -> None:
    tell(owner)
    [row] = stored(owner.workspace)

    assert delivery.deliver_due(now=row.created_at + delivery.NEWS_FOR + timedelta(hours=1)) == 0
    assert [row.outcome for row in stored(owner.workspace)] == [NotificationOutcome.GIVEN_UP]


def test_mail_says_where_to_choose(owner: User) -> None:
    tell(owner)
    deliver_all()

    [letter] = mail.outbox
    assert "/profile/notifications/" in letter.body
    assert str(stored(owner.workspace)[0].pk) in letter.extra_headers["Message-ID"]


def test_every_kind_has_a_page_for_some_role() -> None:
    users = [User(role=role) for role in Role]
    shown = {kind.name for user in users for kind in kinds_for(user)}

    assert shown == {name for name, kind in all_kinds().items() if kind.permission}


def test_broken_notification_does_not_stop_the_others(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cause in ("broken", "fine"):
        tell(owner, cause=cause)
    compose = delivery._compose

    def fail_once(notification: Notification) -> Any:
        if notification.cause == "broken":
            raise ValueError
        return compose(notification)

    monkeypatch.setattr(delivery, "_compose", fail_once)

    assert deliver_all() == 1


class Clock:
    """Stands for `timezone` in the delivery. Sending a batch takes most of its lease."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = NOON
        self.results: list[delivery.Result] = []
        monkeypatch.setattr(delivery, "timezone", self)
        monkeypatch.setattr(delivery, "BATCH", 1)
        monkeypatch.setattr(delivery, "_send_all", self.send_slowly)

    def now(self) -> datetime:
        return self.time

    def send_slowly(self, parcels: Mapping[UUID, delivery.Parcel]) -> dict[UUID, delivery.Result]:
        self.time += delivery.LEASE * 0.8
        if len(self.results) == 1:  # the last batch, so that another worker finds nothing
            assert delivery._claim(self.time) == []
        return {pk: self.results.pop(0) for pk in parcels}


def test_batch_of_a_long_run_is_not_claimed_twice(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cause in ("first", "second", "third"):
        tell(owner, cause=cause)
    clock = Clock(monkeypatch)
    clock.results = [delivery.SENT] * 3

    assert delivery.deliver_due() == 3
    assert [row.attempts for row in stored(owner.workspace)] == [1, 1, 1]


def test_pause_after_a_failure_starts_when_it_failed(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(owner)
    clock = Clock(monkeypatch)
    clock.results = [delivery.Result(NotificationOutcome.WAITING, retry_after=timedelta())]

    assert delivery.deliver_due() == 0
    assert [row.due_at for row in stored(owner.workspace)] == [clock.time + delivery.PAUSES[0]]
