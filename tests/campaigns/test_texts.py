import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, CampaignStatus, CampaignTemplate
from core import tenancy
from core.models import AuditEvent
from templates_app.models import Template
from tests.factories import (
    CampaignFactory,
    CampaignTemplateFactory,
    TemplateFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(client: Client) -> User:
    user: User = UserFactory.create(role=Role.DOCTOR, language="en")
    client.force_login(user)
    return user


@pytest.fixture
def campaign(doctor: User) -> Campaign:
    row: Campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    return row


@pytest.fixture
def usual(doctor: User) -> Template:
    text: Template = TemplateFactory.create(
        workspace=doctor.workspace, name="La de siempre", is_default=True
    )
    return text


def own(campaign: Campaign) -> list[str]:
    with tenancy.within(campaign.workspace_id):
        chosen = CampaignTemplate.objects.filter(campaign=campaign).order_by("template__name")
        return list(chosen.values_list("template__name", flat=True))


def test_campaign_can_choose_among_texts_of_owner(
    client: Client, campaign: Campaign, usual: Template
) -> None:
    warm = TemplateFactory.create(workspace=campaign.workspace, name="Cálida")
    address = reverse("campaign_texts", args=[campaign.pk])
    (field,) = client.get(address).context["form"]
    assert field.label == "Ask · Spanish"
    assert [label for _value, label in field.field.choices] == ["As usual: La de siempre", "Cálida"]

    client.post(address, {field.name: str(warm.pk)})
    assert own(campaign) == ["Cálida"]
    client.post(address, {field.name: ""})
    assert own(campaign) == []

    with tenancy.within(campaign.workspace_id):
        events = AuditEvent.objects.order_by("pk").values_list("action", "old", "new")
        assert list(events) == [
            ("campaign.texts", {"texts": ""}, {"texts": "Cálida"}),
            ("campaign.texts", {"texts": "Cálida"}, {"texts": ""}),
        ]


def test_kind_without_alternatives_has_no_field(
    client: Client, campaign: Campaign, usual: Template
) -> None:
    page = client.get(reverse("campaign_texts", args=[campaign.pk]))

    assert list(page.context["form"].fields) == []
    assert "There is one text of each kind" in page.content.decode()


def test_text_of_another_workspace_cannot_be_chosen(
    client: Client, campaign: Campaign, usual: Template
) -> None:
    TemplateFactory.create(workspace=campaign.workspace)
    foreign = TemplateFactory.create()

    response = client.post(
        reverse("campaign_texts", args=[campaign.pk]), {"INITIAL-es": str(foreign.pk)}
    )

    assert list(response.context["form"].errors) == ["INITIAL-es"]
    assert own(campaign) == []


def test_text_used_by_campaign_cannot_be_deleted(client: Client) -> None:
    used = CampaignTemplateFactory.create()
    client.force_login(UserFactory.create(workspace=used.workspace, language="en"))

    response = client.post(reverse("template_delete", args=[used.template_id]))

    assert response.status_code == 409
    assert "A campaign uses this text." in response.content.decode()
    assert len(own(used.campaign)) == 1


def test_ended_campaign_cannot_choose_texts(client: Client, doctor: User) -> None:
    campaign = CampaignFactory.create(
        workspace=doctor.workspace, created_by=doctor, status=CampaignStatus.COMPLETED
    )
    text = TemplateFactory.create(workspace=doctor.workspace)

    response = client.post(
        reverse("campaign_texts", args=[campaign.pk]), {"INITIAL-es": str(text.pk)}
    )

    assert "has ended and can no longer be changed" in response.content.decode()
    assert own(campaign) == []


def test_doctor_cannot_choose_texts_of_colleagues_campaign(client: Client, doctor: User) -> None:
    theirs = CampaignFactory.create(workspace=doctor.workspace)

    assert client.get(reverse("campaign_texts", args=[theirs.pk])).status_code == 404
