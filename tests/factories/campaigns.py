"""Campaigns and the texts they use."""

from factory.declarations import Sequence, SubFactory

from campaigns.models import Campaign, CampaignTemplate
from tests.factories.base import SAME_WORKSPACE, RowFactory
from tests.factories.templates_app import TemplateFactory
from tests.factories.workspaces import PracticeFactory, UserFactory, WorkspaceFactory


class CampaignFactory(RowFactory[Campaign]):
    class Meta:
        model = Campaign

    workspace = SubFactory(WorkspaceFactory)
    practice = SubFactory(PracticeFactory, workspace=SAME_WORKSPACE)
    created_by = SubFactory(UserFactory, workspace=SAME_WORKSPACE)
    name = Sequence(lambda n: f"Campaña {n}")


class CampaignTemplateFactory(RowFactory[CampaignTemplate]):
    class Meta:
        model = CampaignTemplate

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=SAME_WORKSPACE)
    template = SubFactory(TemplateFactory, workspace=SAME_WORKSPACE)
