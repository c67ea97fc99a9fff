from itertools import product

import pytest

from campaigns.models import Campaign, CampaignStatus
from campaigns.visibility import RESULTS_VISIBLE, results_visible_to, viewer_values
from core import sql, tenancy
from patients.models import Patient
from tests.factories import CampaignFactory, PatientFactory, UserFactory, WorkspaceFactory
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db


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


def test_results_are_visible_to_the_same_users_in_sql_and_in_python(
    workspace: Workspace, users: list[User]
) -> None:
    for user in users:
        with tenancy.within(workspace.pk):
            in_python = set(
                Campaign.objects.filter(results_visible_to(user)).values_list("pk", flat=True)
            )
            rows = sql.fetch(
                f"SELECT c.id FROM campaigns_campaign c WHERE {RESULTS_VISIBLE}",
                **viewer_values(user),
            )

        assert {row["id"] for row in rows} == in_python


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
            expected = set(
                Campaign.objects.filter(results_visible_to(user)).values_list("pk", flat=True)
            )

        assert visible == expected
