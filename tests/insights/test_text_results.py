"""The figures of each version of a text, compared with messages counted by hand."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from insights.text_results import results
from templates_app.models import Template
from tests.factories import MessageFactory, PatientFactory, TemplateFactory, UserFactory
from tests.messaging.world import running_campaign
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

SMS, EMAIL = "SMS", "EMAIL"

# Version, channel, status and rating of asks.
ASKS: list[tuple[int | None, str, str, int | None]] = [
    (1, SMS, "SENT", None),
    (1, SMS, "DELIVERED", None),
    (1, SMS, "DELIVERED", None),
    (1, SMS, "REPLIED", 5),
    (1, SMS, "REPLIED", None),  # a STOP
    (1, SMS, "FAILED", None),
    (1, EMAIL, "SENT", None),
    (1, EMAIL, "SENT", None),
    (1, EMAIL, "REPLIED", 2),
    (1, EMAIL, "FAILED", None),
    (2, SMS, "DELIVERED", None),
    (2, SMS, "REPLIED", 4),
    (2, SMS, "PENDING", None),
    (2, SMS, "CANCELLED", None),
    (None, SMS, "REPLIED", 1),
]


def create_ask(
    campaign: Campaign, text: Template, version: int | None, channel: str, status: str, **more: Any
) -> None:
    sent = status not in ("PENDING", "CANCELLED")
    now = timezone.now()
    MessageFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        patient=PatientFactory.create(workspace=campaign.workspace, campaign=campaign),
        channel=channel,
        status=status,
        sent_at=now - timedelta(hours=1) if sent else None,
        replied_at=now if status == "REPLIED" else None,
        template_id=text.pk if version else None,
        template_version=version,
        **more,
    )


@pytest.fixture
def text_with_asks() -> tuple[Campaign, Template]:
    campaign = running_campaign()
    text = TemplateFactory.create(workspace=campaign.workspace, is_default=True)
    for version, channel, status, rating in ASKS:
        create_ask(campaign, text, version, channel, status, rating=rating)
    return campaign, text


def create_member(campaign: Campaign, **fields: Any) -> User:
    user: User = UserFactory.create(workspace=campaign.workspace, language="en", **fields)
    return user


def test_versions_are_counted_by_channel(text_with_asks: tuple[Campaign, Template]) -> None:
    campaign, text = text_with_asks
    with tenancy.within(campaign.workspace_id):
        found = {
            (result.version, result.channel): result
            for result in results.read_by_version(text, visible_to=create_member(campaign))
        }

    assert {
        key: (
            result.figures.asked,
            result.figures.delivered,
            result.figures.answered,
            result.figures.rated,
        )
        for key, result in found.items()
    } == {(2, SMS): (2, 2, 1, 1), (1, EMAIL): (4, 3, 1, 1), (1, SMS): (6, 4, 2, 1)}
    assert found[1, SMS].figures.answer_rate == 2 / 4
    assert found[1, SMS].figures.rating_rate == 1 / 4
    assert found[1, EMAIL].figures.rating_rate == 1 / 3
    assert all(result.figures.says_little for result in found.values())


def test_figures_of_text_are_the_sum_of_its_versions(
    text_with_asks: tuple[Campaign, Template],
) -> None:
    campaign, text = text_with_asks
    with tenancy.within(campaign.workspace_id):
        found = results.read_by_text(campaign.workspace, visible_to=create_member(campaign))

    assert set(found) == {text.pk}
    figures = found[text.pk].figures
    assert (figures.delivered, figures.answered, figures.rated) == (9, 4, 3)
    assert found[text.pk].figures.rating_rate == 3 / 9


def test_messages_without_version_are_in_no_figure(client: Client) -> None:
    campaign = running_campaign()
    text = TemplateFactory.create(workspace=campaign.workspace, is_default=True)
    client.force_login(create_member(campaign))
    page = reverse("template_results", args=[text.pk])
    assert "Nobody was asked with this text yet." in client.get(page).content.decode()

    create_ask(campaign, text, None, SMS, "DELIVERED")
    page_text = client.get(page).content.decode()
    assert "Nobody was asked with this text yet." in page_text
    assert "do not say with which text" in page_text


def test_page_marks_versions_with_few_ratings(
    client: Client, text_with_asks: tuple[Campaign, Template]
) -> None:
    campaign, text = text_with_asks
    client.force_login(create_member(campaign))
    page = reverse("template_results", args=[text.pk])
    assert "· few" in client.get(page).content.decode()

    for _ in range(19):
        create_ask(campaign, text, 1, SMS, "REPLIED", rating=5)
    page_text = client.get(page).content.decode()
    assert page_text.count("· few") == 2
    assert "91\u00a0%" in page_text.replace(" %", "\u00a0%")
    assert "few ratings" not in client.get(reverse("text_results")).content.decode()


def test_page_of_reminder_explains_that_answers_count_for_the_ask(client: Client) -> None:
    campaign = running_campaign()
    text = TemplateFactory.create(workspace=campaign.workspace, type="REMINDER")
    client.force_login(create_member(campaign))

    page_text = client.get(reverse("template_results", args=[text.pk])).content.decode()

    assert "Answers count on the first question" in page_text


def test_doctor_sees_only_figures_of_own_campaigns(
    text_with_asks: tuple[Campaign, Template],
) -> None:
    campaign, text = text_with_asks
    doctor = create_member(campaign, role=Role.DOCTOR)
    own = running_campaign(practice=campaign.practice, created_by=doctor)
    create_ask(own, text, 2, SMS, "REPLIED", rating=3)

    with tenancy.within(campaign.workspace_id):
        [found] = results.read_by_version(text, visible_to=doctor)

    assert (found.version, found.figures.rated) == (2, 1)


def test_pages_of_texts_load_their_results(
    client: Client, text_with_asks: tuple[Campaign, Template]
) -> None:
    campaign, text = text_with_asks
    client.force_login(create_member(campaign))

    detail = client.get(reverse("template", args=[text.pk])).content.decode()
    assert reverse("template_results", args=[text.pk]) in detail
    listed = client.get(reverse("templates")).content.decode()
    assert f'id="results-{text.pk}"' in listed
    panel = client.get(reverse("text_results")).content.decode()
    assert f'id="results-{text.pk}"' in panel
    assert "44 % answered and 33 % rated, of 9 delivered" in panel.replace("\u00a0", " ")
