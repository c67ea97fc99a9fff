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


def create_case(user: User, *, name: str = "Zoila Paz", created_by: User | None = None) -> Feedback:
    campaign = CampaignFactory.create(workspace=user.workspace, created_by=created_by)
    patient = PatientFactory.create(workspace=user.workspace, campaign=campaign, name=name)
    ask = MessageFactory.create(workspace=user.workspace, campaign=campaign, patient=patient)
    feedback: Feedback = FeedbackFactory.create(
        workspace=user.workspace, message=ask, comment="Esperé dos horas"
    )
    return feedback


def reload(feedback: Feedback) -> Feedback:
    with tenancy.within(feedback.workspace_id):
        return Feedback.objects.get(pk=feedback.pk)


def test_board_shows_an_open_case_in_its_column(client: Client, owner: User) -> None:
    create_case(owner)
    page = client.get(reverse("recovery")).content.decode()

    assert "Zoila Paz" in page
    assert "Esperé dos horas" in page
    assert page.index("Open") < page.index("Zoila Paz") < page.index("In progress")


def test_empty_board_explains_itself(client: Client, owner: User) -> None:
    assert "1 to 3" in client.get(reverse("recovery")).content.decode()


def test_doctor_sees_cases_of_own_campaigns(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    own, others = create_case(owner, created_by=doctor), create_case(owner, name="Rosa Vera")
    client.force_login(doctor)

    board = client.get(reverse("recovery")).content.decode()
    assert "Zoila Paz" in board
    assert "Rosa Vera" not in board
    assert client.get(reverse("recovery_case", args=[own.pk])).status_code == 200
    assert client.get(reverse("recovery_case", args=[others.pk])).status_code == 404


def test_reception_is_refused(client: Client, owner: User) -> None:
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST))

    assert client.get(reverse("recovery")).status_code == 403


def test_case_of_an_erased_patient_is_hidden(client: Client, owner: User) -> None:
    case = create_case(owner)
    with tenancy.within(case.workspace_id):
        case.patient.data_deleted_at = timezone.now()
        case.patient.save()

    assert "Zoila Paz" not in client.get(reverse("recovery")).content.decode()
    assert client.get(reverse("recovery_case", args=[case.pk])).status_code == 404


def test_case_is_started_noted_and_resolved(client: Client, owner: User) -> None:
    case = create_case(owner)
    client.post(reverse("recovery_start", args=[case.pk]))
    client.post(reverse("recovery_note", args=[case.pk]), {"note-text": "No contesta"})
    page = client.post(
        reverse("recovery_resolve", args=[case.pk]),
        {"done-text": "Otra cita sin costo"},
        follow=True,
    ).content.decode()

    assert reload(case).status == RecoveryStatus.RESOLVED
    assert page.index("No contesta") < page.index("Otra cita sin costo")


def test_resolving_needs_a_text(client: Client, owner: User) -> None:
    case = create_case(owner)
    answer = client.post(reverse("recovery_resolve", args=[case.pk]), {"done-text": " "})

    assert answer.status_code == 200
    assert "This field is required" in answer.content.decode()
    assert reload(case).status == RecoveryStatus.OPEN


def test_resolving_a_resolved_case_is_refused(client: Client, owner: User) -> None:
    case = create_case(owner)
    client.post(reverse("recovery_resolve", args=[case.pk]), {"done-text": "Primera"})
    answer = client.post(reverse("recovery_resolve", args=[case.pk]), {"done-text": "Segunda"})

    assert "Someone else was faster" in answer.content.decode()


def test_list_of_one_status_has_pages(client: Client, owner: User) -> None:
    for number in range(27):
        create_case(owner, name=f"Paciente {number}")
    first = client.get(reverse("recovery"), {"status": "OPEN"}).content.decode()

    assert first.count('class="case"') == 25
    assert "before=" in first


def test_board_shows_the_average_time_to_the_first_action(client: Client, owner: User) -> None:
    case = create_case(owner)
    with tenancy.within(case.workspace_id):
        Feedback.objects.filter(pk=case.pk).update(
            first_action_at=case.created_at + timedelta(hours=3)
        )

    assert "3 hours" in client.get(reverse("recovery")).content.decode()
