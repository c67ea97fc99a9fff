"""Two names become one doctor, and two again."""

from threading import Event

import pytest
from django.db import connection

from core import sql, tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from patients.doctors.listing import list_doctors
from patients.doctors.merging import keep_apart, merge_doctors, separate_doctor
from patients.doctors.spellings import SHOWN_NAMES, shown_name, shown_names, spellings_of
from patients.imports import doctors as import_doctors
from patients.models import Doctor
from patients.people.doctor_names import doctor_key
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory, DoctorFactory, PatientFactory, UserFactory
from tests.patients.imports.lists import run_next_step
from tests.patients.imports.test_doctors import make_confirmed_import
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

NAMES = ("Dra. Ana Paz", "Ana Paz Ruiz", "Dr. Juan Vera", "A. Paz")


@pytest.fixture
def owner() -> User:
    owner: User = UserFactory.create(role=Role.OWNER)
    return owner


@pytest.fixture
def doctors(owner: User) -> list[Doctor]:
    return [
        DoctorFactory.create(workspace=owner.workspace, key=doctor_key(name), name=name, photo=None)
        for name in NAMES
    ]


def workspace_of(owner: User) -> Workspace:
    assert owner.workspace
    return owner.workspace


def state(owner: User) -> list[tuple[object, ...]]:
    rows = Doctor.objects.within(workspace_of(owner)).order_by("pk")
    return list(rows.values_list("pk", "name", "merged_into", "shown_as", "reviewed_at"))


def shown(owner: User) -> dict[str, str]:
    """Return the name as shown of each spelling. Python and SQL agree on it."""
    workspace = workspace_of(owner)
    names = shown_names(workspace)
    in_python = {name: names[name] for name in NAMES}
    in_sql = {
        row["spelling"]: row["shown"] for row in sql.fetch(SHOWN_NAMES, workspace=workspace.pk)
    }
    assert in_python == in_sql == {name: shown_name(workspace, name) for name in NAMES}
    return in_python


def test_merged_name_is_shown_and_found_as_the_other(owner: User, doctors: list[Doctor]) -> None:
    paz, long, vera, short = doctors
    with tenancy.within(workspace_of(owner).pk):
        merge_doctors(doctor=long, into=paz, by=owner)

        assert shown(owner) == {
            paz.name: paz.name, long.name: paz.name, vera.name: vera.name, short.name: short.name,
        }  # fmt: skip
        for name in (paz.name, long.name, "ANA PAZ"):
            assert {paz.name, long.name} <= set(spellings_of(workspace_of(owner), name))


def test_undoing_in_any_order_restores_exactly(owner: User, doctors: list[Doctor]) -> None:
    paz, long, _vera, short = doctors
    with tenancy.within(workspace_of(owner).pk):
        before = state(owner)
        merge_doctors(doctor=short, into=long, by=owner)
        one_merge = state(owner)
        merge_doctors(doctor=long, into=paz, by=owner)
        assert shown(owner)[short.name] == paz.name

        separate_doctor(doctor=long, by=owner)
        assert state(owner) == one_merge
        merge_doctors(doctor=long, into=paz, by=owner)
        separate_doctor(doctor=short, by=owner)
        separate_doctor(doctor=long, by=owner)

        assert state(owner) == before
        assert [event.action for event in AuditEvent.objects.order_by("at", "id")] == [
            *("doctor.merge", "doctor.merge", "doctor.separate"),
            *("doctor.merge", "doctor.separate", "doctor.separate"),
        ]


def test_doctor_is_not_merged_with_herself(owner: User, doctors: list[Doctor]) -> None:
    paz, long, _vera, _short = doctors
    with tenancy.within(workspace_of(owner).pk):
        merge_doctors(doctor=long, into=paz, by=owner)
        for one, other in ((paz, long), (long, paz), (paz, paz)):
            with pytest.raises(ProblemError):
                merge_doctors(doctor=one, into=other, by=owner)
        with pytest.raises(ProblemError):
            separate_doctor(doctor=paz, by=owner)


def test_two_members_are_not_merged(owner: User, doctors: list[Doctor]) -> None:
    paz, long, _vera, _short = doctors
    with tenancy.within(workspace_of(owner).pk):
        for doctor in (paz, long):
            doctor.member = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
            doctor.save()
        with pytest.raises(ProblemError, match="linked to a member"):
            merge_doctors(doctor=long, into=paz, by=owner)


def test_details_of_a_merged_name_are_used_where_the_doctor_has_none(
    owner: User, doctors: list[Doctor]
) -> None:
    paz, long, _vera, _short = doctors
    with tenancy.within(workspace_of(owner).pk):
        long.google_place_id = "ChIJN1t_tDeuEmsRUsoyG83frY4"
        long.save()
        PatientFactory.create(workspace=owner.workspace, doctor_name=long.name)
        merge_doctors(doctor=long, into=paz, by=owner)

        [listed] = [one for one in list_doctors(workspace_of(owner)) if one.row == paz]

    assert listed.review_url.endswith("ChIJN1t_tDeuEmsRUsoyG83frY4")
    assert listed.patients == 1


def test_name_that_was_kept_apart_is_reviewed(owner: User, doctors: list[Doctor]) -> None:
    with tenancy.within(workspace_of(owner).pk):
        keep_apart(doctor=doctors[1], by=owner)
        doctors[1].refresh_from_db()

    assert doctors[1].reviewed_at is not None


@pytest.mark.django_db(transaction=True)
def test_merge_does_not_wait_for_an_import_that_is_saving_patients() -> None:
    """The import holds its doctors until it is done. Its patients are counted for the other."""
    campaign = CampaignFactory.create()
    by = UserFactory.create(workspace=campaign.workspace, role=Role.OWNER)
    run_next_step(make_confirmed_import(campaign, "Dra. Ana Paz", "Ana Paz Ruiz"))
    second = make_confirmed_import(campaign, "Ana Paz Ruiz", since=10)
    holds_doctors, is_merged = Event(), Event()
    unify = import_doctors.unify_spellings

    def save_slowly(workspace_id: object) -> None:
        unify(workspace_id)  # type: ignore[arg-type]
        holds_doctors.set()
        assert is_merged.wait(10)

    def run_import() -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(import_doctors, "unify_spellings", save_slowly)
            run_next_step(second)

    def merge() -> None:
        assert holds_doctors.wait(10)
        with tenancy.within(campaign.workspace_id):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
            rows = {row.name: row for row in Doctor.objects.all()}
            merge_doctors(doctor=rows["Ana Paz Ruiz"], into=rows["Dra. Ana Paz"], by=by)
        is_merged.set()

    run_concurrently(run_import, merge)

    with tenancy.within(campaign.workspace_id):
        [doctor] = list_doctors(campaign.workspace)
    assert (doctor.name, doctor.patients) == ("Dra. Ana Paz", 3)
