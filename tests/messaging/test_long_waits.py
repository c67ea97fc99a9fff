"""Members are told of patients who wait too long: once for each hour, and only of their own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from core import tenancy
from messaging import long_waits
from messaging.models import Conversation
from tests.dev.doubles.push.stage import PushService
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    NotificationChoiceFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
)
from tests.notifications import deliver_all
from workspaces.models import Notification, NotificationOutcome, Role, User
from workspaces.notifications.push import subscriptions

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 18, 10, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=4, minutes=30)  # 13:40


@pytest.fixture
def owner() -> User:
    practice = PracticeFactory.create(timezone="America/Guayaquil")
    user: User = UserFactory.create(workspace=practice.workspace, language="en")
    return user


def wait_since(since: datetime | None, user: User, *, by: User | None = None) -> Conversation:
    campaign = CampaignFactory.create(workspace=user.workspace, created_by=by or user)
    patient = PatientFactory.create(workspace=user.workspace, campaign=campaign, name="Ana Secreta")
    conversation: Conversation = ConversationFactory.create(
        workspace=user.workspace, patient=patient, waiting_since=since
    )
    return conversation


def snooze(conversation: Conversation, *, until: datetime) -> None:
    with tenancy.platform("test"):
        Conversation.objects.filter(pk=conversation.pk).update(snoozed_until=until)


def answer(conversation: Conversation, *, tell_before: bool = False) -> None:
    if tell_before:
        assert long_waits.tell_of_long_waits(now=NOW)
    with tenancy.platform("test"):
        Conversation.objects.filter(pk=conversation.pk).update(waiting_since=None)


def test_patients_of_one_hour_are_one_mail_without_names(owner: User) -> None:
    for minutes in (0, 10):
        wait_since(LONG_AGO + timedelta(minutes=minutes), owner)
    for later in (0, 5, 50):
        long_waits.tell_of_long_waits(now=NOW + timedelta(minutes=later))
    deliver_all()

    [letter] = mail.outbox
    assert "2 patients have waited for more than 4 hours." in letter.body
    assert "Secreta" not in letter.body


@pytest.mark.parametrize(
    "since", [None, NOW - timedelta(hours=3), NOW - timedelta(hours=4), NOW - timedelta(days=2)]
)
def test_others_are_no_news(owner: User, since: datetime | None) -> None:
    """Also not those of an hour that is not over yet, and those of days ago."""
    wait_since(since, owner)

    assert long_waits.tell_of_long_waits(now=NOW) == 0


def test_hour_that_was_missed_is_told_later(owner: User) -> None:
    wait_since(LONG_AGO, owner)

    assert long_waits.tell_of_long_waits(now=NOW + timedelta(hours=2)) == 1


def test_answered_patient_is_not_told_of(owner: User) -> None:
    answer(wait_since(LONG_AGO, owner))

    assert long_waits.tell_of_long_waits(now=NOW) == 0


def test_patient_put_aside_is_neither_told_of_nor_counted(owner: User) -> None:
    aside = wait_since(LONG_AGO, owner)
    snooze(aside, until=timezone.now() + timedelta(hours=1))
    assert long_waits.tell_of_long_waits(now=NOW) == 0

    cache.clear()
    wait_since(LONG_AGO, owner)
    snooze(wait_since(LONG_AGO, owner), until=timezone.now() - timedelta(minutes=1))
    long_waits.tell_of_long_waits(now=NOW)
    deliver_all()

    [letter] = mail.outbox
    assert "2 patients have waited" in letter.body


def test_doctor_is_told_of_own_patients_only(owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    NotificationChoiceFactory.create(
        workspace=owner.workspace, user=doctor, kind="inbox.waiting", by_mail=True
    )
    wait_since(LONG_AGO, owner)
    wait_since(LONG_AGO, owner, by=doctor)
    long_waits.tell_of_long_waits(now=NOW)
    deliver_all()

    bodies = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "1 patient has waited" in bodies[doctor.email]
    assert "2 patients have waited" in bodies[owner.email]


def test_patients_are_counted_again_after_the_quiet_hours(
    owner: User, push_service: PushService
) -> None:
    """By mail and by push."""
    subscriptions.subscribe(user=owner, browser=push_service.subscribe(), device="Chrome")
    answer(wait_since(LONG_AGO, owner), tell_before=True)
    wait_since(LONG_AGO, owner)
    deliver_all()

    [letter] = mail.outbox
    [push] = push_service.messages()
    assert "1 patient has waited for more than 4 hours." in letter.body
    assert push["body"] == "1 patient has waited for more than 4 hours."


def test_patients_who_were_answered_in_the_quiet_hours_are_no_news(
    owner: User, push_service: PushService
) -> None:
    subscriptions.subscribe(user=owner, browser=push_service.subscribe(), device="Chrome")
    answer(wait_since(LONG_AGO, owner), tell_before=True)

    assert deliver_all() == 0
    with tenancy.platform("test"):
        outcomes = set(Notification.objects.values_list("outcome", flat=True))
    assert outcomes == {NotificationOutcome.NOT_WANTED}


def test_count_of_an_older_version_is_told_as_it_is(owner: User) -> None:
    facts = {"count": 2, "hours": 4}

    assert long_waits.count_again(owner, facts) == facts


def test_broken_clinic_does_not_silence_the_others(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: User = UserFactory.create()
    for user in (broken, owner, UserFactory.create()):
        wait_since(LONG_AGO, user)
    tell_clinic = long_waits._tell_clinic

    def fail_for_one(workspace_id: UUID, hours: list[datetime], now: datetime) -> int:
        if workspace_id == broken.workspace_id:
            raise ValueError
        return tell_clinic(workspace_id, hours, now)

    with monkeypatch.context() as patched:
        patched.setattr(long_waits, "_tell_clinic", fail_for_one)
        assert long_waits.tell_of_long_waits(now=NOW) == 2

    # The next run of the same hour makes up for it.
    assert long_waits.tell_of_long_waits(now=NOW + timedelta(minutes=5)) == 1
