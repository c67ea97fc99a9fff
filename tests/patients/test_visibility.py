"""A doctor sees her own patients in everybody's campaigns, and nobody else's."""

import pytest

from campaigns.visibility import results_visible_to
from core import sql, tenancy
from messaging.models import Message
from patients.doctors.merging import merge_doctors, separate_doctor
from patients.models import Doctor, Patient
from patients.people.doctor_names import doctor_key
from patients.visibility import PATIENT_VISIBLE, patient_viewer_values, patients_visible_to
from tests.factories import (
    CampaignFactory,
    DoctorFactory,
    MessageFactory,
    PatientFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

NAMES = ("Dra. Ana Paz", "Ana Paz Ruiz", "Dr. Juan Vera", "")


@pytest.fixture
def workspace() -> Workspace:
    return WorkspaceFactory.create()


@pytest.fixture
def people(workspace: Workspace) -> dict[str, User]:
    """Members of every role, two of whom are doctors of the registry, and a campaign of each."""
    roles = {"owner": Role.OWNER, "paz": Role.DOCTOR, "vera": Role.DOCTOR, "nobody": Role.DOCTOR}
    people = {
        name: UserFactory.create(workspace=workspace, role=role)
        for name, role in (roles | {"desk": Role.RECEPTIONIST}).items()
    }
    for name, member in zip(NAMES[:3], ("paz", None, "vera"), strict=True):
        linked = people[member] if member else None
        DoctorFactory.create(
            workspace=workspace, key=doctor_key(name), name=name, photo=None, member=linked
        )
    for person in people.values():
        campaign = CampaignFactory.create(workspace=workspace, created_by=person)
        for name in NAMES:
            PatientFactory.create(workspace=workspace, campaign=campaign, doctor_name=name)
    return people


def visible(user: User) -> set[Patient]:
    """Return the patients that the user sees. The query set and the SQL agree on them."""
    assert user.workspace
    found = set(Patient.objects.within(user.workspace).visible_to(user))
    rows = sql.fetch(
        "SELECT pt.id FROM patients_patient pt JOIN campaigns_campaign c ON c.id = pt.campaign_id"
        f" WHERE pt.workspace_id = %(workspace)s AND {PATIENT_VISIBLE}",
        workspace=user.workspace.pk,
        **patient_viewer_values(user),
    )
    assert {row["id"] for row in rows} == {patient.pk for patient in found}
    return found


def own_and_of(user: User, names: set[str]) -> set[Patient]:
    return {
        patient
        for patient in Patient.objects.within(user.workspace).select_related("campaign")  # type: ignore[arg-type]
        if patient.campaign.created_by_id == user.pk or patient.doctor_name in names
    }


def test_lists_of_unlinked_doctors_are_narrowed_to_campaigns_alone(
    people: dict[str, User],
) -> None:
    assert patients_visible_to(people["nobody"]) == results_visible_to(
        people["nobody"], campaign="campaign"
    )


def test_doctor_sees_own_patients_in_campaigns_of_others(
    workspace: Workspace, people: dict[str, User]
) -> None:
    with tenancy.within(workspace.pk):
        assert visible(people["owner"]) == set(Patient.objects.within(workspace))
        assert visible(people["paz"]) == own_and_of(people["paz"], {"Dra. Ana Paz"})
        assert visible(people["vera"]) == own_and_of(people["vera"], {"Dr. Juan Vera"})
        assert visible(people["nobody"]) == own_and_of(people["nobody"], set())
        assert visible(people["desk"]) == set()


def test_link_follows_merges(workspace: Workspace, people: dict[str, User]) -> None:
    with tenancy.within(workspace.pk):
        rows = {row.name: row for row in Doctor.objects.within(workspace)}
        for one, other in (("Ana Paz Ruiz", "Dra. Ana Paz"), ("Dra. Ana Paz", "Ana Paz Ruiz")):
            merge_doctors(doctor=rows[one], into=rows[other], by=people["owner"])
            both = {"Dra. Ana Paz", "Ana Paz Ruiz"}
            assert visible(people["paz"]) == own_and_of(people["paz"], both)
            separate_doctor(doctor=rows[one], by=people["owner"])

        assert visible(people["paz"]) == own_and_of(people["paz"], {"Dra. Ana Paz"})


def test_owner_who_is_a_doctor_sees_everything(
    workspace: Workspace, people: dict[str, User]
) -> None:
    with tenancy.within(workspace.pk):
        Doctor.objects.filter(name="Ana Paz Ruiz").update(member=people["owner"])

        assert visible(people["owner"]) == set(Patient.objects.within(workspace))


def test_receptionist_who_is_linked_sees_nothing(
    workspace: Workspace, people: dict[str, User]
) -> None:
    with tenancy.within(workspace.pk):
        Doctor.objects.filter(name="Ana Paz Ruiz").update(member=people["desk"])

        assert visible(people["desk"]) == set()


def test_namesake_of_another_clinic_is_not_seen(people: dict[str, User]) -> None:
    elsewhere = PatientFactory.create(doctor_name="Dra. Ana Paz")
    with tenancy.platform("test"):
        own = Patient.objects.filter(patients_visible_to(people["paz"]))
        seen = own.filter(workspace=people["paz"].workspace_id)

        assert elsewhere not in seen


def test_messages_are_seen_with_their_patients(
    workspace: Workspace, people: dict[str, User]
) -> None:
    with tenancy.within(workspace.pk):
        for patient in Patient.objects.within(workspace).select_related("campaign"):
            MessageFactory.create(workspace=workspace, patient=patient, campaign=patient.campaign)
        messages = Message.objects.within(workspace).visible_to(people["paz"])

        assert {message.patient for message in messages} == visible(people["paz"])
