from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging.models import Feedback, RecoveryStatus
from tests.factories import (
    CampaignFactory,
    FeedbackFactory,
    MessageFactory,
    PatientFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


def unhappy(user: User, *, name: str = "Zoila Paz", created_by: User | None = None) -> Feedback:
    campaign = CampaignFactory.create(workspace=user.workspace, created_by=created_by)
    patient = PatientFactory.create(workspace=user.workspace, campaign=campaign, name=name)
    ask = MessageFactory.create(workspace=user.workspace, campaign=campaign, patient=patient)
    feedback: Feedback = FeedbackFactory.create(
        workspace=user.workspace, message=ask, comment="Esperé dos horas"
    )
    return feedback


def fresh(feedback: Feedback) -> Feedback:
    with tenancy.within(feedback.workspace_id):
        return Feedback.objects.get(pk=feedback.pk)


def test_the_board_shows_who_waits_in_their_column(client: Client, owner: User) -> None:
    unhappy(owner)
    page = client.get(reverse("recovery")).content.decode()

    assert "Zoila Paz" in page
    assert "Esperé dos horas" in page
    assert page.index("Open") < page.index("Zoila Paz") < page.index("In progress")


def test_an_empty_board_says_what_it_is_for(client: Client, owner: User) -> None:
    assert "1 to 3" in client.get(reverse("recovery")).content.decode()


def test_a_doctor_sees_the_patients_of_own_campaigns(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    own, others = unhappy(owner, created_by=doctor), unhappy(owner, name="Rosa Vera")
    client.force_login(doctor)

    board = client.get(reverse("recovery")).content.decode()
    assert "Zoila Paz" in board
    assert "Rosa Vera" not in board
    assert client.get(reverse("recovery_case", args=[own.pk])).status_code == 200
    assert client.get(reverse("recovery_case", args=[others.pk])).status_code == 404


def test_reception_sees_no_ratings(client: Client, owner: User) -> None:
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST))

    assert client.get(reverse("recovery")).status_code == 403


def test_an_erased_patient_is_on_no_board(client: Client, owner: User) -> None:
    case = unhappy(owner)
    with tenancy.within(case.workspace_id):
        case.patient.data_deleted_at = timezone.now()
        case.patient.save()

    assert "Zoila Paz" not in client.get(reverse("recovery")).content.decode()
    assert client.get(reverse("recovery_case", args=[case.pk])).status_code == 404


def test_a_case_from_the_call_to_its_end(client: Client, owner: User) -> None:
    case = unhappy(owner)
    client.post(reverse("recovery_start", args=[case.pk]))
    client.post(reverse("recovery_note", args=[case.pk]), {"note-text": "No contesta"})
    page = client.post(
        reverse("recovery_resolve", args=[case.pk]),
        {"done-text": "Otra cita sin costo"},
        follow=True,
    ).content.decode()

    assert fresh(case).status == RecoveryStatus.RESOLVED
    assert page.index("No contesta") < page.index("Otra cita sin costo")


def test_to_resolve_one_says_what_was_done(client: Client, owner: User) -> None:
    case = unhappy(owner)
    answer = client.post(reverse("recovery_resolve", args=[case.pk]), {"done-text": " "})

    assert answer.status_code == 200
    assert "This field is required" in answer.content.decode()
    assert fresh(case).status == RecoveryStatus.OPEN


def test_what_was_typed_stays_when_somebody_was_faster(client: Client, owner: User) -> None:
    case = unhappy(owner)
    client.post(reverse("recovery_resolve", args=[case.pk]), {"done-text": "Primera"})
    answer = client.post(reverse("recovery_resolve", args=[case.pk]), {"done-text": "Segunda"})

    assert "Someone else was faster" in answer.content.decode()


def test_a_list_of_one_state_has_pages(client: Client, owner: User) -> None:
    for number in range(27):
        unhappy(owner, name=f"Paciente {number}")
    first = client.get(reverse("recovery"), {"status": "OPEN"}).content.decode()

    assert first.count('class="case"') == 25
    assert "before=" in first


def test_the_average_counts_the_last_month(client: Client, owner: User) -> None:
    case = unhappy(owner)
    with tenancy.within(case.workspace_id):
        Feedback.objects.filter(pk=case.pk).update(
            first_action_at=case.created_at + timedelta(hours=3)
        )

    assert "3 hours" in client.get(reverse("recovery")).content.decode()
