from itertools import product
from uuid import UUID

import pytest

from campaigns.models import Campaign, CampaignStatus
from campaigns.visibility import (
    RESULTS_VISIBLE,
    SHOW_PATIENTS,
    results_visible_to,
    viewer_values,
)
from core import sql, tenancy
from patients.models import Patient
from tests.factories import CampaignFactory, PatientFactory, UserFactory, WorkspaceFactory
from workspaces.access import Can
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

# The permissions that decide which rows a member sees.
DECISIVE = (*SHOW_PATIENTS, Can.SEE_ALL_RESULTS)


@pytest.fixture
def workspace() -> Workspace:
    return WorkspaceFactory.create()


@pytest.fixture
def users(workspace: Workspace) -> list[User]:
    """Two people of each role, with a campaign of each in every status."""
    people = [UserFactory.create(workspace=workspace, role=role) for role in [*Role] * 2]
    for person, status in product(people, CampaignStatus):
        CampaignFactory.create(workspace=workspace, created_by=person, status=status)
    CampaignFactory.create(workspace=workspace, created_by=None)
    return people


@pytest.fixture
def everyone(workspace: Workspace) -> list[User]:
    """A member for each role and each combination of permissions that decide, with a campaign."""
    people = []
    for role, *has in product(Role, *[[True, False]] * len(DECISIVE)):
        granted = [each.value for each, is_given in zip(DECISIVE, has, strict=True) if is_given]
        withheld = [each.value for each in DECISIVE if each.value not in granted]
        people.append(
            UserFactory.create(workspace=workspace, role=role, granted=granted, withheld=withheld)
        )
        CampaignFactory.create(workspace=workspace, created_by=people[-1])
    CampaignFactory.create(workspace=workspace, created_by=None)
    return people


def visible_campaigns(user: User) -> set[UUID]:
    rows = Campaign.objects.filter(results_visible_to(user))
    return set(rows.values_list("pk", flat=True))


def test_rows_are_the_same_in_sql_and_in_python_for_all_roles_and_grants(
    workspace: Workspace, everyone: list[User]
) -> None:
    for user in everyone:
        with tenancy.within(workspace.pk):
            rows = sql.fetch(
                f"SELECT c.id FROM campaigns_campaign c WHERE {RESULTS_VISIBLE}",
                **viewer_values(user),
            )

            assert {row["id"] for row in rows} == visible_campaigns(user)


def test_doctor_sees_results_of_own_campaigns_and_receptionist_of_none(
    workspace: Workspace, users: list[User]
) -> None:
    for user in users:
        with tenancy.within(workspace.pk):
            everything = set(Campaign.objects.all())
            visible = set(Campaign.objects.filter(results_visible_to(user)))

        expected = {
            Role.OWNER: everything,
            Role.DOCTOR: {campaign for campaign in everything if campaign.created_by == user},
            Role.RECEPTIONIST: set(),
        }
        assert visible == expected[Role(user.role)]


@pytest.mark.parametrize(
    ("role", "granted"),
    [
        (Role.DOCTOR, Can.SEE_ALL_RESULTS),
        (Role.RECEPTIONIST, Can.ANSWER_PATIENTS),
        (Role.RECEPTIONIST, Can.SEE_PATIENTS),
    ],
)
def test_one_grant_reaches_the_whole_clinic(
    workspace: Workspace, users: list[User], role: Role, granted: Can
) -> None:
    user = UserFactory.create(workspace=workspace, role=role, granted=[granted])

    with tenancy.within(workspace.pk):
        assert len(visible_campaigns(user)) == Campaign.objects.count()


def test_grant_about_something_else_shows_a_receptionist_no_patient(
    workspace: Workspace, users: list[User]
) -> None:
    granted = sorted(each.value for each in set(Can) - set(SHOW_PATIENTS))
    user = UserFactory.create(workspace=workspace, role=Role.RECEPTIONIST, granted=granted)

    with tenancy.within(workspace.pk):
        assert visible_campaigns(user) == set()


def test_owner_without_all_results_sees_own_campaigns(
    workspace: Workspace, users: list[User]
) -> None:
    owner = next(user for user in users if user.role == Role.OWNER)
    owner.withheld = [Can.SEE_ALL_RESULTS.value]

    with tenancy.within(workspace.pk):
        own = Campaign.objects.filter(created_by=owner).values_list("pk", flat=True)
        assert visible_campaigns(owner) == set(own)


def test_patients_are_visible_with_the_results_of_their_campaign(
    workspace: Workspace, users: list[User]
) -> None:
    with tenancy.within(workspace.pk):
        campaigns = list(Campaign.objects.all())
    for campaign in campaigns:
        PatientFactory.create(workspace=workspace, campaign=campaign)

    for user in users:
        with tenancy.within(workspace.pk):
            visible = {
                patient.campaign_id
                for patient in Patient.objects.within(workspace).visible_to(user)
            }

            assert visible == visible_campaigns(user)
