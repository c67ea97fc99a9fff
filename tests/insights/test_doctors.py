"""Figures follow the registry of doctors, and doctors see those of their own patients."""

from datetime import date

import pytest

from core import tenancy
from insights import filters as filtering
from insights import reading, rollup
from insights.brought.funnel import read_funnels
from insights.filters import EVERYTHING, By, Filters
from insights.periods import Period
from insights.ratings.search import RatingSearch
from insights.ratings.visits import find_visits
from insights.text_results import results
from messaging.models import Message
from patients.campaigns_seen import campaigns_seen_by
from patients.doctors.editing import DoctorDetails, change_doctor
from patients.doctors.merging import merge_doctors, separate_doctor
from patients.models import Doctor
from patients.people.doctor_names import doctor_key
from tests.factories import (
    CampaignFactory,
    DoctorFactory,
    TemplateFactory,
    UserFactory,
)
from tests.insights.test_reading import create_ask
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
RATINGS = {"Dra. Ana Paz": [5, 5, 4], "Ana Paz Ruiz": [3], "Dr. Juan Vera": [1, 2]}


@pytest.fixture
def owner() -> User:
    owner: User = UserFactory.create(role=Role.OWNER)
    return owner


@pytest.fixture
def workspace(owner: User) -> Workspace:
    """A campaign of the owner and one of a doctor, each with the patients of three spellings."""
    assert owner.workspace
    for name in RATINGS:
        DoctorFactory.create(workspace=owner.workspace, key=doctor_key(name), name=name, photo=None)
    vera = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    for creator in (owner, vera):
        campaign = CampaignFactory.create(workspace=owner.workspace, created_by=creator)
        for name, ratings in RATINGS.items():
            for rating in ratings:
                create_ask(campaign, doctor_name=name, rating=rating, appointment_type="Control")
    return owner.workspace


@pytest.fixture(params=["live", "tallied"])
def counted(request: pytest.FixtureRequest, workspace: Workspace) -> Workspace:
    if request.param == "tallied":
        rollup.rebuild_tallies(workspace_id=workspace.pk)
    return workspace


def rows(workspace: Workspace) -> dict[str, Doctor]:
    return {row.name: row for row in Doctor.objects.within(workspace)}


def rated_by_doctor(workspace: Workspace, user: User | None) -> dict[str, int]:
    groups = reading.read_breakdown(workspace, MARCH, EVERYTHING, by=By.DOCTOR, visible_to=user)
    overview = reading.read_overview(workspace, MARCH, EVERYTHING, visible_to=user)
    found = {group.key: group.figures.rated for group in groups}
    assert found == {group.key: group.figures.rated for group in overview.doctors}
    return found


def test_figures_follow_merges_and_their_undoing(owner: User, counted: Workspace) -> None:
    with tenancy.within(counted.pk):
        known = rows(counted)
        before = rated_by_doctor(counted, owner)
        merge_doctors(doctor=known["Ana Paz Ruiz"], into=known["Dra. Ana Paz"], by=owner)
        merged = rated_by_doctor(counted, owner)
        separate_doctor(doctor=known["Ana Paz Ruiz"], by=owner)

        assert before == {"Dra. Ana Paz": 6, "Ana Paz Ruiz": 2, "Dr. Juan Vera": 4}
        assert merged == {"Dra. Ana Paz": 8, "Dr. Juan Vera": 4}
        assert rated_by_doctor(counted, owner) == before


def test_filter_by_any_spelling_finds_all_of_the_doctor(owner: User, counted: Workspace) -> None:
    with tenancy.within(counted.pk):
        known = rows(counted)
        merge_doctors(doctor=known["Ana Paz Ruiz"], into=known["Dra. Ana Paz"], by=owner)
        details = DoctorDetails("Dra. A. Paz Ruiz")
        change_doctor(doctor=known["Dra. Ana Paz"], details=details, by=owner)

        for name in ("Dra. Ana Paz", "ana paz ruiz", "Dra. A. Paz Ruiz"):
            filters = filtering.parse_filters({"doctor": name}, workspace=counted, visible_to=owner)
            figures = reading.read_figures(counted, MARCH, filters, visible_to=owner)
            ratings = find_visits(counted, RatingSearch(MARCH, filters), visible_to=owner)

            assert filters.doctor == "Dra. A. Paz Ruiz"
            assert (figures.rated, ratings.count()) == (8, 8)


@pytest.mark.parametrize(
    "filters", [EVERYTHING, Filters(channel="SMS"), Filters(appointment_type="Control")]
)
def test_doctor_sees_figures_of_own_patients_alone(
    owner: User, counted: Workspace, filters: Filters
) -> None:
    """She has no campaign of her own. The two colleagues have one each."""
    with tenancy.within(counted.pk):
        paz = UserFactory.create(workspace=counted, role=Role.DOCTOR)
        known = rows(counted)
        known["Dra. Ana Paz"].member = paz
        known["Dra. Ana Paz"].save()
        merge_doctors(doctor=known["Ana Paz Ruiz"], into=known["Dra. Ana Paz"], by=owner)

        figures = reading.read_figures(counted, MARCH, filters, visible_to=paz)
        hers = reading.read_figures(
            counted, MARCH, Filters(doctor="Dra. Ana Paz"), visible_to=owner
        )
        hours = reading.read_hours(counted, MARCH, filters, visible_to=paz)
        points = reading.read_series(counted, MARCH, filters, visible_to=paz)
        ratings = find_visits(counted, RatingSearch(MARCH, filters), visible_to=paz)

        assert (figures, figures.rated) == (hers, 8)
        assert hours.total == sum(point.figures.rated for point in points) == 8
        assert ratings.count() == 8
        assert rated_by_doctor(counted, paz) == {"Dra. Ana Paz": 8}
        for by in By:
            groups = reading.read_breakdown(counted, MARCH, filters, by=by, visible_to=paz)
            assert sum(group.figures.rated for group in groups) == 8
        assert read_funnels(counted, MARCH, filters, visible_to=paz).whole.figures.rated == 8


def test_doctor_with_a_campaign_sees_it_whole_beside_own_patients_of_others(
    counted: Workspace,
) -> None:
    with tenancy.within(counted.pk):
        vera = User.objects.get(workspace=counted, role=Role.DOCTOR)
        assert sum(rated_by_doctor(counted, vera).values()) == 6

        Doctor.objects.filter(name="Dr. Juan Vera").update(member=vera)

        assert rated_by_doctor(counted, vera) == {
            "Dra. Ana Paz": 3, "Ana Paz Ruiz": 1, "Dr. Juan Vera": 4,
        }  # fmt: skip
        others = campaigns_seen_by(vera, within=counted)
        assert others.count() == 2
        [figures] = [
            reading.read_figures(counted, MARCH, Filters(campaign=one.pk), visible_to=vera)
            for one in others.exclude(created_by=vera)
        ]
        assert figures.rated == 2


def test_text_results_are_those_of_visible_patients(workspace: Workspace) -> None:
    text = TemplateFactory.create(workspace=workspace)
    with tenancy.within(workspace.pk):
        paz = UserFactory.create(workspace=workspace, role=Role.DOCTOR)
        Doctor.objects.filter(name="Dra. Ana Paz").update(member=paz)
        Message.objects.update(template_id=text.pk, template_version=1)

        found = results.read_by_text(workspace, visible_to=paz)

    assert found[text.pk].figures.rated == 6
