"""The page of a checked list."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from patients.models import Import, Patient
from tests.factories import (
    CampaignFactory,
    UserFactory,
)
from tests.patients.import_pages.steps import (
    columns_data,
    get_page,
    post,
    run_worker,
    upload_and_check,
    upload_and_import,
)
from workspaces.models import User

pytestmark = pytest.mark.django_db


def test_check_shows_the_outcome_and_saves_nothing(client: Client, campaign: Campaign) -> None:
    listed = upload_and_check(client, campaign)

    html = get_page(client, listed)

    assert (listed.rows_new, listed.rows_known, listed.rows_refused) == (2, 0, 1)
    assert "Import 2 patients" in html
    assert "09 no tiene" in html
    assert reverse("import_errors", args=[listed.pk]) in html
    with tenancy.within(campaign.workspace_id):
        assert not Patient.objects.exists()


def test_rows_that_are_not_asked_are_counted_by_reason(client: Client, campaign: Campaign) -> None:
    listed = upload_and_check(client, campaign)

    reasons = client.get(reverse("import", args=[listed.pk])).context["reasons"]

    assert listed.will_be_asked + sum(reason.count for reason in reasons) == 3


@pytest.mark.parametrize(
    ("status", "words"),
    [(CampaignStatus.DRAFT, "is still a draft"), (CampaignStatus.PAUSED, "is paused")],
)
def test_check_says_that_the_campaign_is_not_running(
    client: Client, receptionist: User, status: CampaignStatus, words: str
) -> None:
    campaign = CampaignFactory.create(workspace=receptionist.workspace, status=status)

    assert words in get_page(client, upload_and_check(client, campaign))


def test_number_of_missing_credits_is_shown_only_to_the_owner(
    client: Client, campaign: Campaign, receptionist: User
) -> None:
    listed = upload_and_check(client, campaign)
    with tenancy.platform("test"):
        Import.objects.filter(pk=listed.pk).update(will_be_asked=6000)
    told = get_page(client, listed)
    client.force_login(UserFactory.create(workspace=receptionist.workspace, language="en"))
    owners = get_page(client, listed)

    assert "There are not enough credits for all of them" in told
    assert re.search(r"There are [\d,]+ credits left for 6,000 patients", owners)
    assert "credits left" not in told


def test_list_without_new_patients_has_no_confirm_button(
    client: Client, campaign: Campaign
) -> None:
    upload_and_import(client, campaign)

    again = upload_and_check(client, campaign)

    assert (again.rows_new, again.rows_known) == (0, 2)
    html = get_page(client, again)
    assert reverse("import_confirm", args=[again.pk]) not in html
    assert "There is nothing new in this list to import." in html


def test_columns_can_be_changed_after_the_check(client: Client, campaign: Campaign) -> None:
    listed = upload_and_check(client, campaign)
    said = columns_data(client, listed, **{"column-4": ""}, consent="nobody")

    post(client, "import_columns", listed, **said)

    assert "consent" not in run_worker(listed).mapping
