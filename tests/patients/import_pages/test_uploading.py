"""The upload form and the example files."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from patients.lists.column_mapping import Field, find_problems, guess_mapping
from patients.lists.survey import survey
from patients.models import Import, ImportStatus
from tests.factories import (
    CampaignFactory,
    UserFactory,
)
from tests.patients.import_pages.steps import HTMX, newest_import, upload, upload_and_check
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


def test_upload_redirects_to_the_page_of_the_list(client: Client, campaign: Campaign) -> None:
    response = upload(client, campaign)

    listed = newest_import(campaign.workspace)
    assert response["Location"] == reverse("import", args=[listed.pk])
    assert (listed.status, listed.filename) == (ImportStatus.UPLOADED, "citas de hoy.csv")


def test_upload_by_htmx_redirects_to_the_page_of_the_list(
    client: Client, campaign: Campaign
) -> None:
    response = upload(client, campaign, headers=HTMX)

    assert response["HX-Redirect"] == reverse("import", args=[newest_import(campaign.workspace).pk])


PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.mark.parametrize("content", [b"", PICTURE], ids=["empty", "picture"])
def test_file_that_is_no_list_is_refused_in_the_form(
    client: Client, campaign: Campaign, receptionist: User, content: bytes
) -> None:
    CampaignFactory.create(workspace=receptionist.workspace)

    response = upload(client, campaign, SimpleUploadedFile("citas.csv", content))

    html = response.content.decode()
    assert response.status_code == 200
    assert 'class="field-error"' in html
    assert f'<option value="{campaign.pk}" selected>' in html
    with tenancy.within(campaign.workspace_id):
        assert not Import.objects.exists()


def test_refused_upload_by_htmx_gets_the_card_alone(client: Client, campaign: Campaign) -> None:
    response = upload(client, campaign, SimpleUploadedFile("citas.csv", PICTURE), headers=HTMX)

    assert response.content.decode().strip().startswith('<section class="card stack" id="upload"')


def test_upload_without_file_and_campaign_has_both_errors(
    client: Client, campaign: Campaign
) -> None:
    response = client.post(reverse("imports"), {})

    assert set(response.context["form"].errors) == {"campaign", "file"}


@pytest.mark.parametrize("status", [CampaignStatus.COMPLETED, CampaignStatus.CANCELLED])
def test_ended_campaign_refuses_uploads(
    client: Client, receptionist: User, campaign: Campaign, status: CampaignStatus
) -> None:
    ended = CampaignFactory.create(workspace=receptionist.workspace, status=status)

    assert "campaign" in upload(client, ended).context["form"].errors  # type: ignore[attr-defined]


def test_doctor_uploads_only_to_own_campaigns(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    others = CampaignFactory.create(workspace=doctor.workspace)
    client.force_login(doctor)

    assert upload(client, others).status_code == 200
    assert upload(client, own).status_code == 302


def test_only_campaign_or_campaign_of_the_link_is_preselected(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    chosen = f'<option value="{campaign.pk}" selected>'
    alone = client.get(reverse("imports")).content.decode()
    CampaignFactory.create(workspace=receptionist.workspace)
    of_two = client.get(reverse("imports")).content.decode()
    led = client.get(reverse("imports"), {"campaign": str(campaign.pk)}).content.decode()

    assert chosen in alone
    assert chosen not in of_two
    assert chosen in led


def test_page_without_a_campaign_has_no_upload_form(client: Client) -> None:
    for role, leads_on in [(Role.RECEPTIONIST, False), (Role.OWNER, True)]:
        client.force_login(UserFactory.create(role=role))
        html = client.get(reverse("imports")).content.decode()

        assert 'type="file"' not in html
        assert (reverse("campaign_new") in html) is leads_on


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_example_file_gets_a_complete_mapping(
    client: Client, receptionist: User, language: str, kind: str
) -> None:
    receptionist.language = language
    with tenancy.platform("test"):
        receptionist.save(update_fields=["language"])

    response = client.get(reverse(f"import_example_{kind}"))

    with translation.override(language):
        found = survey(BytesIO(response.content), filename=f"example.{kind}")
    mapping = guess_mapping(found)
    assert set(mapping) == {
        Field.NAME,
        Field.PHONE,
        Field.EMAIL,
        Field.APPOINTMENT_DATE,
        Field.APPOINTMENT_HOUR,
        Field.APPOINTMENT_TYPE,
        Field.DOCTOR,
        Field.CONSENT,
    }
    assert not find_problems(mapping)
    assert found.column(mapping[Field.PHONE]).samples == ["0999999999"]  # type: ignore[union-attr]


def test_patient_of_the_example_is_not_asked(client: Client, campaign: Campaign) -> None:
    example = client.get(reverse("import_example_csv")).content

    listed = upload_and_check(client, campaign, SimpleUploadedFile("ejemplo.csv", example))

    assert (listed.rows_new, listed.will_be_asked) == (1, 0)
