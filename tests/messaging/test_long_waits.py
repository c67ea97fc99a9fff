"""Members are told of patients who wait too long: once for each hour, and only of their own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from core import tenancy
from messaging import long_waits
from messaging.models import Conversation
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    NotificationChoiceFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
)
from tests.notifications import deliver_all
from workspaces.models import Role, User

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
    conversation = wait_since(LONG_AGO, owner)
    with tenancy.platform("test"):
        Conversation.objects.filter(pk=conversation.pk).update(waiting_since=None)

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
