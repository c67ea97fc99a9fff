"""A message stores the text and the version from which it was composed."""

from uuid import UUID

import pytest

from core import tenancy
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.composing import BUILT_IN
from messaging.dispatch.planning import plan_messages
from messaging.models import Message
from templates_app.actions import (
    TemplateDetails,
    change_template,
    delete_template,
    make_default_template,
)
from templates_app.models import Template
from tests.factories import (
    CampaignTemplateFactory,
    MessageFactory,
    TemplateFactory,
    UserFactory,
)
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender

pytestmark = pytest.mark.django_db


def template_and_version(message: Message) -> tuple[UUID | None, int | None]:
    return message.template_id, message.template_version


def claim_message() -> Message:
    plan_messages()
    sender = shared_sender()
    claim_batch(sender=sender, limit=10)
    return find_messages()[-1]


def test_message_stores_default_text_and_version() -> None:
    campaign = running_campaign()
    text = TemplateFactory.create(workspace=campaign.workspace, is_default=True)
    create_patient(campaign)

    assert template_and_version(claim_message()) == (text.pk, 1)


def test_changed_text_has_a_new_version_and_sent_message_keeps_its_own() -> None:
    campaign = running_campaign()
    text = TemplateFactory.create(workspace=campaign.workspace, is_default=True)
    owner = UserFactory.create(workspace=campaign.workspace)
    create_patient(campaign)
    first = claim_message()
    with tenancy.within(campaign.workspace_id):
        change_template(
            template=text, details=TemplateDetails(text.name, "Otro: {{firstName}}"), by=owner
        )
    create_patient(campaign)
    plan_messages()
    assert first.sender
    claim_batch(sender=first.sender, limit=10)

    assert sorted(map(template_and_version, find_messages())) == [(text.pk, 1), (text.pk, 2)]
    with tenancy.within(campaign.workspace_id):
        other = TemplateFactory.create(workspace=campaign.workspace)
        make_default_template(template=other, by=owner)
        delete_template(template=Template.objects.get(pk=text.pk), by=owner)
    assert sorted(map(template_and_version, find_messages())) == [(text.pk, 1), (text.pk, 2)]


def test_message_stores_text_of_the_campaign_or_of_the_channel() -> None:
    campaign = running_campaign()
    TemplateFactory.create(workspace=campaign.workspace, is_default=True)
    of_channel = TemplateFactory.create(
        workspace=campaign.workspace, is_default=True, channel="SMS"
    )
    create_patient(campaign)
    assert template_and_version(claim_message()) == (of_channel.pk, 1)

    own = CampaignTemplateFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        template__workspace=campaign.workspace,
    ).template
    create_patient(campaign)
    assert template_and_version(claim_message()) == (own.pk, 1)


def test_message_stores_version_of_a_text_in_another_language() -> None:
    campaign = running_campaign()
    spanish = TemplateFactory.create(workspace=campaign.workspace, is_default=True)
    create_patient(campaign, language="pt")

    assert template_and_version(claim_message()) == (spanish.pk, 1)


def test_message_with_built_in_text_has_version_0_and_no_template() -> None:
    create_patient(running_campaign())

    message = claim_message()

    assert template_and_version(message) == (None, 0)
    assert BUILT_IN["INITIAL", "es"].version == 0


def test_answer_of_a_member_has_no_version() -> None:
    campaign = running_campaign()
    MessageFactory.create(
        workspace=campaign.workspace,
        patient__campaign=campaign,
        campaign=campaign,
        type="ANSWER",
        content="Con gusto le llamamos, don Raúl.",
    )

    claim_message()

    [answer] = find_messages(type="ANSWER")
    assert (answer.status, template_and_version(answer)) == ("SENDING", (None, None))
