from typing import Any

import pytest

from campaigns.models import Campaign, CampaignStatus
from core.errors import ProblemError
from tests.constraints import assert_refused
from tests.factories import CampaignFactory, CampaignTemplateFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("campaigns_campaign_status_known", {"status": "SLEEPING"}),
        ("campaigns_campaign_delay_within_72_hours", {"scheduled_hours_after": 73}),
        ("campaigns_campaign_reminder_within_a_week", {"reminder_after_hours": 0}),
        ("campaigns_campaign_reminder_within_a_week", {"reminder_after_hours": 169}),
    ],
)
def test_constraint_refuses_row(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, CampaignFactory, **values)


def test_text_is_chosen_once_per_campaign() -> None:
    chosen = CampaignTemplateFactory.create()

    assert_refused(
        "campaigns_campaigntemplate_once",
        CampaignTemplateFactory,
        workspace=chosen.workspace,
        campaign=chosen.campaign,
        template=chosen.template,
    )


ALLOWED = {
    ("DRAFT", "ACTIVE"),
    ("DRAFT", "CANCELLED"),
    ("ACTIVE", "PAUSED"),
    ("ACTIVE", "COMPLETED"),
    ("ACTIVE", "CANCELLED"),
    ("PAUSED", "ACTIVE"),
    ("PAUSED", "CANCELLED"),
}


@pytest.mark.parametrize("before", CampaignStatus)
@pytest.mark.parametrize("after", CampaignStatus)
def test_only_allowed_transitions_change_status(
    before: CampaignStatus, after: CampaignStatus
) -> None:
    campaign = Campaign(status=before)

    if (before.value, after.value) in ALLOWED:
        campaign.change_status(after)
        assert campaign.status == after
    else:
        with pytest.raises(ProblemError):
            campaign.change_status(after)
        assert campaign.status == before
