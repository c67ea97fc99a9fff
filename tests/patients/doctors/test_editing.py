"""Name as shown, practice, member and review link of a doctor."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from patients.doctors.editing import DoctorDetails, add_doctor, change_doctor
from patients.doctors.listing import ListedDoctor, get_doctor
from patients.doctors.merging import merge_doctors
from patients.doctors.spellings import shown_name
from patients.models import Doctor
from tests.factories import DoctorFactory, PracticeFactory, UserFactory
from workspaces.google_listing import Listing
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

PLACE = Listing(place_id="ChIJN1t_tDeuEmsRUsoyG83frY4")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def owner() -> User:
    owner: User = UserFactory.create(role=Role.OWNER)
    return owner


@pytest.fixture
def paz(owner: User) -> Doctor:
    doctor: Doctor = DoctorFactory.create(
        workspace=owner.workspace, key="ana paz", name="Dra. Ana Paz", photo=None
    )
    return doctor


@pytest.fixture
def ruiz(owner: User) -> Doctor:
    doctor: Doctor = DoctorFactory.create(
        workspace=owner.workspace, key="ana ruiz", name="Ana Ruiz", photo=None
    )
    return doctor


def change(doctor: Doctor, owner: User, **details: object) -> ListedDoctor:
    wanted = {**vars(DoctorDetails.of(get_doctor(doctor))), **details}
    change_doctor(doctor=doctor, details=DoctorDetails(**wanted), by=owner)
    return get_doctor(Doctor.objects.get(pk=doctor.pk))


def test_details_are_saved_and_audited(owner: User, paz: Doctor) -> None:
    with tenancy.within(paz.workspace_id):
        member = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
        practice = PracticeFactory.create(workspace=owner.workspace)
        listed = change(paz, owner, practice=practice, member=member, listing=PLACE)
        event = AuditEvent.objects.get(action="doctor.change")

    assert (listed.practice, listed.member, listed.listing) == (practice, member, PLACE)
    assert event.new == {
        "practice": practice.name, "member": member.name, "review_link": PLACE.place_id,
    }  # fmt: skip


def test_unchanged_details_are_not_audited(owner: User, paz: Doctor) -> None:
    with tenancy.within(paz.workspace_id):
        change(paz, owner)

        assert not AuditEvent.objects.exists()


def test_new_name_is_a_spelling_that_lists_may_use(owner: User, paz: Doctor) -> None:
    with tenancy.within(paz.workspace_id):
        listed = change(paz, owner, name="Dra. Ana Paz de Vera")

        assert listed.name == "Dra. Ana Paz de Vera"
        for name in ("ANA PAZ DE VERA", "Dra. Ana Paz"):
            assert shown_name(paz.workspace_id, name) == "Dra. Ana Paz de Vera"


def test_name_of_another_doctor_is_refused(owner: User, paz: Doctor, ruiz: Doctor) -> None:
    with (
        tenancy.within(paz.workspace_id),
        pytest.raises(ProblemError, match="merge them"),
    ):
        change(paz, owner, name=ruiz.name.upper())


def test_member_of_another_doctor_is_refused(owner: User, paz: Doctor, ruiz: Doctor) -> None:
    with tenancy.within(paz.workspace_id):
        change(paz, owner, member=owner)
        with pytest.raises(ProblemError, match="is linked to"):
            change(ruiz, owner, member=owner)


def test_detail_of_a_merged_name_can_be_removed(owner: User, paz: Doctor, ruiz: Doctor) -> None:
    with tenancy.within(paz.workspace_id):
        change(ruiz, owner, member=owner, listing=PLACE)
        merge_doctors(doctor=ruiz, into=paz, by=owner)
        listed = change(paz, owner, member=None)

    assert (listed.member, listed.listing) == (None, PLACE)


def test_removed_member_leaves_the_doctor(owner: User, paz: Doctor) -> None:
    with tenancy.within(paz.workspace_id):
        member = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
        change(paz, owner, member=member)
        member.delete()
        paz.refresh_from_db()

    assert paz.member is None


def test_doctor_can_be_added_before_any_list_names_her(owner: User, paz: Doctor) -> None:
    assert owner.workspace
    with tenancy.within(paz.workspace_id):
        added = add_doctor(workspace=owner.workspace, name="Dr. Juan Vera", by=owner)
        with pytest.raises(ProblemError):
            add_doctor(workspace=owner.workspace, name="ANA PAZ", by=owner)

    assert added.key == "juan vera"
