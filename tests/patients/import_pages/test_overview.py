"""The page of all lists and the panel of the home page."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from patients.models import Import, ImportStatus
from tests.factories import (
    CampaignFactory,
    ImportFactory,
    UserFactory,
)
from tests.patients.import_pages.steps import HTMX
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


def listed_imports(client: Client) -> list[Import]:
    rows: list[Import] = client.get(reverse("imports")).context["page"].rows
    return rows


def test_receptionist_sees_only_her_own_lists(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    kept = {"workspace": receptionist.workspace, "campaign": campaign}
    own = ImportFactory.create_batch(2, **kept, uploaded_by=receptionist)
    foreign = ImportFactory.create(
        **kept, uploaded_by=UserFactory.create(workspace=campaign.workspace)
    )

    assert listed_imports(client) == own[::-1]
    assert client.get(reverse("import", args=[foreign.pk])).status_code == 404


def test_doctor_sees_only_lists_of_own_campaigns(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    listed = ImportFactory.create(workspace=doctor.workspace, campaign=own)
    foreign = ImportFactory.create(workspace=doctor.workspace)
    client.force_login(doctor)

    assert listed_imports(client) == [listed]
    assert client.get(reverse("import", args=[foreign.pk])).status_code == 404


def test_owner_sees_all_lists_and_their_uploaders(client: Client) -> None:
    owner = UserFactory.create()
    ImportFactory.create_batch(2, workspace=owner.workspace, uploaded_by_name="Rosa Recibe")
    ImportFactory.create()
    client.force_login(owner)

    assert len(listed_imports(client)) == 2
    assert "Rosa Recibe" in client.get(reverse("imports")).content.decode()


def test_page_of_lists_reloads_only_while_one_is_under_way(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    kept = {"workspace": receptionist.workspace, "campaign": campaign, "uploaded_by": receptionist}
    ImportFactory.create(**kept, status=ImportStatus.DONE)
    still = client.get(reverse("imports"), headers=HTMX).content.decode()
    ImportFactory.create(**kept, status=ImportStatus.RUNNING)
    moving = client.get(reverse("imports"), headers=HTMX).content.decode()

    assert "hx-trigger" not in still
    assert 'hx-trigger="every 3s"' in moving


def test_home_panel_has_the_upload_form_and_the_last_lists(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    kept = {"workspace": receptionist.workspace, "campaign": campaign, "uploaded_by": receptionist}
    made = ImportFactory.create_batch(6, **kept)

    response = client.get(reverse("imports_panel"))

    assert list(response.context["imports"]) == made[:0:-1]
    assert 'type="file"' in response.content.decode()
    assert reverse("imports_panel") in client.get(reverse("home")).content.decode()


def test_list_that_waits_for_a_decision_is_named_first(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    kept = {"workspace": receptionist.workspace, "campaign": campaign, "uploaded_by": receptionist}
    checked = ImportFactory.create(**kept, filename="lunes.csv", status=ImportStatus.CHECKED)
    ImportFactory.create(**kept, filename="martes.csv", status=ImportStatus.DONE)
    page = client.get(reverse("imports"))

    assert page.context["unfinished"] == [checked]
