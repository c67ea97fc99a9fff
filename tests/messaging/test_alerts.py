import smtplib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from pytest_django import Settings

from billing.models import EntryKind
from core import tenancy
from messaging import alerts, ratings, tasks
from messaging.dispatch import credit_warnings
from messaging.models import Feedback, Message
from patients.models import Patient
from tests.concurrency import run_concurrently
from tests.factories import (
    CampaignFactory,
    CreditEntryFactory,
    DoctorFactory,
    FeedbackFactory,
    MessageFactory,
    PatientFactory,
    SenderFactory,
    StaffFactory,
    TextLabelsFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.notifications import deliver_all
from workspaces.models import Language, Role, User, Workspace

pytestmark = pytest.mark.django_db


class RefusingSome(EmailBackend):
    """A mail server that takes nothing for mailboxes called `full`."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        refused = [to for message in messages for to in message.to if to.startswith("full")]
        if refused:
            raise smtplib.SMTPRecipientsRefused({refused[0]: (552, b"full")})
        return super().send_messages(messages)


@pytest.fixture
def workspace() -> Workspace:
    workspace: Workspace = WorkspaceFactory.create()
    UserFactory.create(workspace=workspace, email="owner@example.com", language="en")
    return workspace


def unhappy(workspace: Workspace, *, by: User | None = None, comment: str = "") -> Feedback:
    by = by or UserFactory.create(workspace=workspace, role=Role.RECEPTIONIST)
    campaign = CampaignFactory.create(workspace=workspace, created_by=by)
    patient = PatientFactory.create(workspace=workspace, campaign=campaign, name="Ana Secreta")
    ask = MessageFactory.create(
        workspace=workspace, patient=patient, rating=1, replied_at=timezone.now()
    )
    feedback: Feedback = FeedbackFactory.create(
        workspace=workspace, message=ask, rating=1, comment=comment
    )
    return feedback


def alert(feedback: Feedback) -> bool:
    """Store the alert and send it. Return whether it was new."""
    is_new = alerts.alert_unhappy_patient(
        workspace_id=feedback.workspace_id, feedback_id=feedback.pk
    )
    deliver_all()
    return is_new


def html_of(message: EmailMessage) -> str:
    assert isinstance(message, EmailMultiAlternatives)
    return str(message.alternatives[0][0])


def recipients() -> list[str]:
    return sorted(to for message in mail.outbox for to in message.to)


def test_owners_and_doctor_of_the_campaign_are_alerted(workspace: Workspace) -> None:
    doctor = UserFactory.create(workspace=workspace, role=Role.DOCTOR, email="doc@example.com")
    UserFactory.create(workspace=workspace, role=Role.DOCTOR, email="another@example.com")
    UserFactory.create(workspace=workspace, email="left@example.com", is_active=False)
    UserFactory.create(email="elsewhere@example.com")
    alert(unhappy(workspace, by=doctor))

    assert recipients() == ["doc@example.com", "owner@example.com"]


def test_doctor_of_the_patient_is_alerted(workspace: Workspace) -> None:
    for name, member in (("Dra. Ana Paz", "paz@example.com"), ("Dr. Juan Vera", "v@example.com")):
        doctor = UserFactory.create(workspace=workspace, role=Role.DOCTOR, email=member)
        DoctorFactory.create(workspace=workspace, key=name, name=name, member=doctor)
    feedback = unhappy(workspace)
    with tenancy.within(workspace.pk):
        Patient.objects.within(workspace).update(doctor_name="Dra. Ana Paz")
    alert(feedback)

    assert recipients() == ["owner@example.com", "paz@example.com"]


def test_receptionist_who_created_the_campaign_is_not_alerted(workspace: Workspace) -> None:
    alert(unhappy(workspace))

    assert recipients() == ["owner@example.com"]


def test_alert_links_to_the_case_without_data_of_the_patient(workspace: Workspace) -> None:
    feedback = unhappy(workspace, comment="Me dolió muchísimo")
    alert(feedback)

    (message,) = mail.outbox
    said = f"{message.subject} {message.body} {html_of(message)}"
    assert f"/recovery/{feedback.pk}/" in said
    assert str(feedback.message.campaign.practice.name) in said
    for secret in ("Ana", "Secreta", "dolió", feedback.patient.phone, feedback.patient.token):
        assert secret not in said


def test_alert_is_in_the_language_of_each_recipient(workspace: Workspace) -> None:
    UserFactory.create(workspace=workspace, email="es@example.com", language="es")
    UserFactory.create(workspace=workspace, email="as-the-clinic@example.com", language="")
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=workspace.pk).update(language=Language.PT)
    alert(unhappy(workspace))

    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert subjects["owner@example.com"] == "A patient gave a low rating"
    assert subjects["es@example.com"] != subjects["owner@example.com"]
    assert subjects["as-the-clinic@example.com"] == subjects["es@example.com"]


def test_repeated_task_alerts_once(workspace: Workspace) -> None:
    feedback = unhappy(workspace)
    for _ in range(2):
        tasks.alert_unhappy_patient(str(feedback.workspace_id), str(feedback.pk))
        deliver_all()

    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_tasks_alert_once(workspace: Workspace) -> None:
    feedback = unhappy(workspace)
    assert sorted(run_concurrently(lambda: alert(feedback), lambda: alert(feedback))) == [
        False,
        True,
    ]

    assert len(mail.outbox) == 1


def test_rating_that_was_corrected_sends_no_alert(workspace: Workspace) -> None:
    feedback = unhappy(workspace)
    with tenancy.within(workspace.pk):
        ratings.record_rating(ask=feedback.message, rating=5)

    assert not alert(feedback)
    assert not mail.outbox


def test_refused_recipient_does_not_stop_the_alert_to_others(
    workspace: Workspace, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{RefusingSome.__name__}"
    UserFactory.create(workspace=workspace, email="full@example.com")
    feedback = unhappy(workspace)

    assert alert(feedback)
    assert recipients() == ["owner@example.com"]
    assert not alert(feedback)


@pytest.mark.parametrize(("minutes", "made_up_for"), [(0, 0), (2, 1), (60 * 25, 0)])
def test_missed_alert_is_sent_within_a_day(
    minutes: int, made_up_for: int, workspace: Workspace
) -> None:
    """Not at once, for the task may be on its way; not after days, when it is no news."""
    unhappy(workspace)

    assert alerts.send_missed_alerts(now=timezone.now() + timedelta(minutes=minutes)) == made_up_for


@pytest.mark.parametrize("name", ["alert_unhappy_patient", "alert_urgent_text"])
def test_broken_clinic_does_not_keep_missed_alerts_from_others(
    workspace: Workspace, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = WorkspaceFactory.create()
    for clinic in (broken, workspace, WorkspaceFactory.create()):
        missed = unhappy(clinic)
        if name == "alert_urgent_text":
            TextLabelsFactory.create(
                workspace=clinic, message=missed.message, patient=missed.patient, urgency="legal"
            )
    alert_clinic = getattr(alerts, name)

    def fail_for_one(*, workspace_id: UUID, **text: UUID) -> bool:
        if workspace_id == broken.pk:
            raise ValueError
        return bool(alert_clinic(workspace_id=workspace_id, **text))

    monkeypatch.setattr(alerts, name, fail_for_one)

    assert alerts.send_missed_alerts(now=timezone.now() + timedelta(minutes=2)) == 2


def test_feedback_of_a_happy_patient_sends_no_alert(workspace: Workspace) -> None:
    feedback = unhappy(workspace)
    with tenancy.platform("test"):
        Feedback.objects.filter(pk=feedback.pk).update(rating=4)

    assert not alert(feedback)
    assert alerts.send_missed_alerts(now=timezone.now() + timedelta(minutes=2)) == 0


def test_comment_after_the_alert_sends_no_second_one(workspace: Workspace) -> None:
    feedback = unhappy(workspace)
    alert(feedback)
    with tenancy.within(workspace.pk):
        ratings.give_feedback(ask=feedback.message, comment="Esperé una hora")

    assert not alert(feedback)


def paused_sender(workspace: Workspace | None) -> str:
    sender = SenderFactory.create(
        workspace=workspace, paused_at=timezone.now(), pause_reason="30002"
    )
    return str(sender.pk)


def test_owner_is_alerted_once_of_own_paused_sender(workspace: Workspace) -> None:
    StaffFactory.create(email="staff@example.com")
    sender = paused_sender(workspace)
    for _ in range(2):
        tasks.alert_paused_sender(sender)

    assert recipients() == ["owner@example.com"]
    assert "30002" in mail.outbox[0].body


def test_platform_staff_are_alerted_of_paused_shared_sender(workspace: Workspace) -> None:
    StaffFactory.create(email="staff@example.com")
    tasks.alert_paused_sender(paused_sender(None))

    assert recipients() == ["staff@example.com"]
    assert "/admin/messaging/sender/" in mail.outbox[0].body


def test_sender_that_was_resumed_sends_no_alert(workspace: Workspace) -> None:
    tasks.alert_paused_sender(str(SenderFactory.create(workspace=workspace).pk))

    assert not mail.outbox


@pytest.mark.parametrize("left", [10, 0])
def test_owner_is_alerted_of_low_credits_once(left: int, workspace: Workspace) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=left - 50)
    for _ in range(2):
        credit_warnings.warn_of_low_credits()
        deliver_all()

    assert recipients() == ["owner@example.com"]
    assert ("no message credits left" in mail.outbox[0].subject) == (left == 0)


def test_mail_escapes_markup_in_a_name(workspace: Workspace) -> None:
    feedback = unhappy(workspace)
    with tenancy.platform("test"):
        practice = Message.objects.get(pk=feedback.message_id).campaign.practice
        practice.name = "Uno <script>"
        practice.save()
    alert(feedback)

    (message,) = mail.outbox
    assert recipients() == ["owner@example.com"]
    assert "<script>" not in html_of(message)
