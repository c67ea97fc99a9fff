"""Nobody shows herself the patients of others by changing who a doctor of the registry is."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core import tenancy
from core.errors import ProblemError
from patients.doctors.editing import DoctorDetails, change_doctor
from patients.doctors.listing import get_doctor
from patients.doctors.merging import merge_doctors, separate_doctor
from patients.models import Doctor, Patient
from patients.people.doctor_names import doctor_key
from tests.factories import DoctorFactory, PatientFactory, UserFactory, WorkspaceFactory
from workspaces.access import Can
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

REFUSED = "This changes whose patients"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def workspace() -> Workspace:
    workspace: Workspace = WorkspaceFactory.create()
    return workspace


def create_member(workspace: Workspace, *granted: Can) -> User:
    user: User = UserFactory.create(
        workspace=workspace,
        role=Role.DOCTOR,
        language="en",
        granted=[Can.MANAGE_WORKSPACE.value, *granted],
    )
    return user


@pytest.fixture
def settings_keeper(workspace: Workspace) -> User:
    """A doctor who may change the settings of the clinic, and sees only her own patients."""
    return create_member(workspace)


def create_doctor(workspace: Workspace, name: str, **fields: Any) -> Doctor:
    doctor: Doctor = DoctorFactory.create(
        workspace=workspace, key=doctor_key(name), name=name, photo=None, **fields
    )
    return doctor


def change(doctor: Doctor, by: User, **details: object) -> None:
    wanted = {**vars(DoctorDetails.of(get_doctor(doctor))), **details}
    change_doctor(doctor=doctor, details=DoctorDetails(**wanted), by=by)


def test_member_without_right_cannot_link_herself(
    workspace: Workspace, settings_keeper: User
) -> None:
    PatientFactory.create(workspace=workspace, doctor_name="Dr. Juan Vera")
    with tenancy.within(workspace.pk):
        vera = create_doctor(workspace, "Dr. Juan Vera")
        with pytest.raises(ProblemError, match=REFUSED):
            change(vera, settings_keeper, member=settings_keeper)

        assert not Patient.objects.within(workspace).visible_to(settings_keeper).exists()


def test_member_without_right_changes_the_other_details(
    workspace: Workspace, settings_keeper: User
) -> None:
    with tenancy.within(workspace.pk):
        vera = create_doctor(
            workspace, "Dr. Juan Vera", member=UserFactory.create(workspace=workspace)
        )
        practice = workspace.practices.first()
        change(vera, settings_keeper, name="DR JUAN VERA", practice=practice)

        assert get_doctor(vera).name == "DR JUAN VERA"


def test_member_without_right_cannot_give_a_linked_doctor_another_spelling(
    workspace: Workspace, settings_keeper: User
) -> None:
    with tenancy.within(workspace.pk):
        own = create_doctor(workspace, "Dra. Ana Paz", member=settings_keeper)
        with pytest.raises(ProblemError, match=REFUSED):
            change(own, settings_keeper, name="Dr. Juan Vera")


def test_member_without_right_cannot_merge_or_separate_linked_doctors(
    workspace: Workspace, settings_keeper: User
) -> None:
    with tenancy.within(workspace.pk):
        own = create_doctor(workspace, "Dra. Ana Paz", member=settings_keeper)
        merged = create_doctor(workspace, "A. Paz", merged_into=own, shown_as=own)
        vera = create_doctor(workspace, "Dr. Juan Vera")
        for one, other in ((own, vera), (vera, own), (vera, merged)):
            with pytest.raises(ProblemError, match=REFUSED):
                merge_doctors(doctor=one, into=other, by=settings_keeper)
        with pytest.raises(ProblemError, match=REFUSED):
            separate_doctor(doctor=merged, by=settings_keeper)


def test_member_without_right_merges_doctors_who_do_not_sign_in(
    workspace: Workspace, settings_keeper: User
) -> None:
    with tenancy.within(workspace.pk):
        one, other = create_doctor(workspace, "Dr. Juan Vera"), create_doctor(workspace, "J. Vera")
        merge_doctors(doctor=other, into=one, by=settings_keeper)
        separate_doctor(doctor=other, by=settings_keeper)


def test_member_who_sees_all_results_may_link(workspace: Workspace) -> None:
    with tenancy.within(workspace.pk):
        member = create_member(workspace, Can.SEE_ALL_RESULTS)
        vera = create_doctor(workspace, "Dr. Juan Vera")
        change(vera, member, member=member)

        assert get_doctor(vera).member == member


def test_page_offers_only_what_the_member_may_do(
    client: Client, workspace: Workspace, settings_keeper: User
) -> None:
    own = create_doctor(workspace, "Dra. Ana Paz", member=settings_keeper)
    merged = create_doctor(workspace, "Paz", merged_into=own, shown_as=own)
    similar = create_doctor(workspace, "Ana Paz Ruiz")
    links = [reverse("doctor_separate", args=[merged.pk]), reverse("doctor_merge", args=[own.pk])]
    page, overview = reverse("doctor", args=[own.pk]), reverse("doctors")

    client.force_login(settings_keeper)
    html = client.get(page).content.decode()
    assert not any(link in html for link in links)
    assert 'name="member"' not in html
    assert "Names to review" not in client.get(overview).content.decode()

    client.force_login(UserFactory.create(workspace=workspace, role=Role.OWNER, language="en"))
    html = client.get(page).content.decode()
    assert all(link in html for link in links)
    assert 'name="member"' in html
    assert reverse("doctor_merge", args=[similar.pk]) in client.get(overview).content.decode()


def test_saving_the_page_without_the_field_keeps_the_member(
    client: Client, workspace: Workspace, settings_keeper: User
) -> None:
    own = create_doctor(workspace, "Dra. Ana Paz", member=settings_keeper)
    client.force_login(settings_keeper)

    values = {"name": "Dra. Ana PAZ", "member": ""}
    assert client.post(reverse("doctor", args=[own.pk]), values).status_code == 302

    with tenancy.within(workspace.pk):
        assert get_doctor(own).member == settings_keeper
        assert get_doctor(own).name == "Dra. Ana PAZ"
