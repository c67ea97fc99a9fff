from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from core import tenancy
from insights import digests
from insights.models import Digest
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    MessageFactory,
    NotificationChoiceFactory,
    PracticeFactory,
    UserFactory,
)
from tests.notifications import deliver_all
from workspaces.models import Practice, Role, User

pytestmark = pytest.mark.django_db

# Quito is five hours behind: eight there is thirteen here.
MONDAY = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)
LAST_WEEK = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)


@pytest.fixture
def practice() -> Practice:
    practice: Practice = PracticeFactory.create(timezone="America/Guayaquil")
    return practice


@pytest.fixture
def owner(practice: Practice) -> User:
    user: User = UserFactory.create(workspace=practice.workspace, role=Role.OWNER, language="en")
    return user


@pytest.fixture
def _asked(practice: Practice) -> None:
    campaign = CampaignFactory.create(workspace=practice.workspace, practice=practice)
    for rating in (5, 5, 2):
        MessageFactory.create(
            workspace=practice.workspace,
            campaign=campaign,
            status="REPLIED",
            rating=rating,
            sent_at=LAST_WEEK,
            delivered_at=LAST_WEEK + timedelta(seconds=3),
            replied_at=LAST_WEEK + timedelta(minutes=5),
        )


@pytest.mark.usefixtures("_asked")
@pytest.mark.parametrize(
    ("now", "queued"),
    [
        (MONDAY - timedelta(minutes=1), 0),
        (MONDAY, 1),
        (MONDAY + timedelta(days=2), 1),
        (MONDAY + timedelta(days=3), 0),
    ],
)
def test_digest_is_queued_on_monday_morning_of_the_clinic(
    now: datetime, queued: int, practice: Practice
) -> None:
    assert digests.queue_due_digests(now=now) == queued


@pytest.mark.usefixtures("_asked")
def test_digest_of_a_week_is_queued_once(practice: Practice) -> None:
    assert digests.queue_due_digests(now=MONDAY) == 1
    assert digests.queue_due_digests(now=MONDAY + timedelta(hours=1)) == 0
    assert digests.queue_due_digests(now=MONDAY + timedelta(days=7)) == 1


def test_clinic_without_messages_gets_no_digest(practice: Practice) -> None:
    assert digests.queue_due_digests(now=MONDAY) == 0
    with tenancy.platform("test"):
        assert not Digest.objects.exists()


@pytest.mark.usefixtures("_asked")
def test_digest_has_figures_and_no_names(practice: Practice, owner: User) -> None:
    UserFactory.create(workspace=practice.workspace, role=Role.RECEPTIONIST)
    conversation = ConversationFactory.create(workspace=practice.workspace)
    digests.queue_due_digests(now=MONDAY)
    deliver_all()

    (digest,) = (sent for sent in mail.outbox if sent.to == [owner.email])
    body = str(digest.body)
    assert "NPS: 33" in body
    assert "4–5 promoters, 3 passive, 1–2 detractors" in body
    assert "Average rating: 4.0" in body
    assert "Delivered (by e-mail, accepted by the mail server): 3" in body
    assert "Rated from 1 to 5: 3" in body
    assert "Answered in any way, an opt-out too: 3" in body
    assert "1 patient waits" in body
    assert conversation.patient.name not in body


@pytest.mark.usefixtures("_asked")
def test_digest_of_a_doctor_has_own_patients_only(practice: Practice) -> None:
    doctor = UserFactory.create(workspace=practice.workspace, role=Role.DOCTOR, language="en")
    NotificationChoiceFactory.create(
        workspace=practice.workspace, user=doctor, kind="insights.week", by_mail=True
    )
    ConversationFactory.create(workspace=practice.workspace)
    digests.queue_due_digests(now=MONDAY)
    deliver_all()

    (digest,) = (sent for sent in mail.outbox if sent.to == [doctor.email])
    assert "Rated from 1 to 5: 0" in digest.body
    assert "waits for an answer" not in digest.body
