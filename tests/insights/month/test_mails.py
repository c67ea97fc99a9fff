"""The monthly mail: when it leaves, that it leaves once, what is in it, and how it is stopped."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from core import tenancy
from insights.month import mail_stop, mails
from tests.factories import (
    CampaignFactory,
    NotificationChoiceFactory,
    PracticeFactory,
    UserFactory,
)
from tests.insights.month.pdf.pdf_text import read_text
from tests.insights.topics.visits import create_visit
from tests.notifications import deliver_all
from workspaces.models import Notification, Role, User

pytestmark = pytest.mark.django_db

# Quito is five hours behind: eight there is thirteen here.
MORNING = datetime(2026, 4, 1, 13, tzinfo=UTC)
DAY = date(2026, 3, 10)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def campaign() -> Campaign:
    practice = PracticeFactory.create(timezone="America/Guayaquil")
    created: Campaign = CampaignFactory.create(workspace=practice.workspace, practice=practice)
    for rating in (5, 5, 4, 2, 5):
        create_visit(created, DAY, rating=rating, topics=("care",), text="Entre nosotros")
    return created


@pytest.fixture
def owner(campaign: Campaign) -> User:
    user: User = UserFactory.create(workspace=campaign.workspace, role=Role.OWNER, language="en")
    want(user)
    return user


def want(user: User) -> None:
    NotificationChoiceFactory.create(workspace=user.workspace, user=user, kind=mails.KIND)


def is_wanted(user: User) -> bool:
    return mail_stop.gets_mails(User.objects.get(pk=user.pk))


def send_all(now: datetime = MORNING) -> list[EmailMultiAlternatives]:
    """Run the periodic task and send what it stored. Return all mails so far."""
    mails.queue_due_reports(now=now)
    deliver_all()
    return mail.outbox  # type: ignore[return-value]  # all of ours have an HTML part


@pytest.mark.parametrize(
    ("zone", "now", "queued"),
    [
        ("America/Guayaquil", MORNING - timedelta(minutes=1), 0),
        ("America/Guayaquil", MORNING, 1),
        ("America/Guayaquil", MORNING + timedelta(days=2), 1),
        ("America/Guayaquil", MORNING + timedelta(days=7), 0),
        ("Pacific/Kiritimati", datetime(2026, 3, 31, 17, 59, tzinfo=UTC), 0),
        ("Pacific/Kiritimati", datetime(2026, 3, 31, 18, tzinfo=UTC), 1),
        ("Pacific/Pago_Pago", datetime(2026, 4, 1, 18, 59, tzinfo=UTC), 0),
        ("Pacific/Pago_Pago", datetime(2026, 4, 1, 19, tzinfo=UTC), 1),
    ],
)
def test_report_is_queued_on_the_first_morning_of_the_clinic(
    zone: str, now: datetime, queued: int
) -> None:
    practice = PracticeFactory.create(timezone=zone)
    want(UserFactory.create(workspace=practice.workspace, role=Role.OWNER))

    assert mails.queue_due_reports(now=now) == queued
    with tenancy.platform("test"):
        assert [row.cause for row in Notification.objects.all()] == ["2026-03"] * queued


def test_report_is_sent_once_however_often_the_tasks_run(owner: User) -> None:
    send_all()
    send_all()
    send_all(MORNING + timedelta(hours=2))
    send_all(MORNING + timedelta(days=2))

    assert len(mail.outbox) == 1


def test_report_is_sent_two_days_late(owner: User) -> None:
    (message,) = send_all(MORNING + timedelta(days=2))

    assert message.subject.startswith("March 2026 at ")


def test_mail_has_a_summary_and_a_report_without_comments(owner: User) -> None:
    (message,) = send_all()

    body = str(message.body)
    assert message.to == [owner.email]
    assert "- 5 patients were asked; 0 in February." in body
    assert f"{reverse('month')}?month=2026-03" in body
    ((name, content, kind),) = message.attachments
    assert (name.startswith("monthly-report-2026-03-"), kind) == (True, "application/pdf")
    text = read_text(content)
    assert "4.2 of 5" in text
    assert "nosotros" not in text
    assert "nosotros" not in body


def test_mail_is_in_the_language_of_the_member(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(language="es")
    (message,) = send_all()

    assert "en marzo de 2026: el informe mensual" in message.subject
    assert message.attachments[0][0].startswith("informe-mensual-2026-03-")


@pytest.mark.parametrize("change", [{}, {"role": Role.RECEPTIONIST}, {"is_active": False}])
def test_member_without_wish_or_right_gets_none(owner: User, change: dict[str, Any]) -> None:
    mails.queue_due_reports(now=MORNING)
    if change:
        User.objects.filter(pk=owner.pk).update(**change)
    else:
        mail_stop.stop_mails(owner)

    assert send_all() == []
    assert mails.queue_due_reports(now=MORNING + timedelta(hours=2)) == 0


def test_month_without_asks_is_no_news(owner: User) -> None:
    assert send_all(MORNING + timedelta(days=31)) == []
    assert mails.queue_due_reports(now=MORNING + timedelta(days=31, hours=2)) == 0


def test_doctor_without_asks_of_their_own_gets_none(campaign: Campaign) -> None:
    want(UserFactory.create(workspace=campaign.workspace, role=Role.DOCTOR))

    assert send_all() == []


def test_one_click_stops_the_mails(owner: User, client: Client) -> None:
    (message,) = send_all()
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    strict = Client(enforce_csrf_checks=True)
    path = mail_stop.path_for(owner)

    assert link.endswith(path)
    assert "Stop the mails" in strict.get(path, headers={"accept-language": "en"}).content.decode()
    assert is_wanted(owner)

    assert strict.post(path, ONE_CLICK).status_code == 200
    assert not is_wanted(owner)


def test_link_that_we_did_not_sign_stops_nothing(owner: User, client: Client) -> None:
    path = reverse("month_mail_stop", args=[f"{owner.pk}:wrong"])

    assert client.post(path, ONE_CLICK).status_code == 404
    assert is_wanted(owner)
