"""Tallies, reports and digests."""

from datetime import UTC, date, datetime, timedelta

from factory.declarations import LazyFunction, Sequence, SubFactory

from insights.models import (
    DayTally,
    Desk,
    DeskRating,
    Digest,
    Facet,
    FailureTally,
    HourTally,
    MonthlyMail,
    Report,
    SavedView,
    StaleDay,
)
from tests.factories.base import SAME_WORKSPACE, RowFactory
from tests.factories.campaigns import CampaignFactory
from tests.factories.workspaces import PracticeFactory, UserFactory, WorkspaceFactory


class DigestFactory(RowFactory[Digest]):
    class Meta:
        model = Digest

    workspace = SubFactory(WorkspaceFactory)
    week = Sequence(lambda n: date(2020, 1, 6) + timedelta(weeks=n))


class MonthlyMailFactory(RowFactory[MonthlyMail]):
    class Meta:
        model = MonthlyMail

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory, workspace=SAME_WORKSPACE)
    month = date(2026, 1, 1)
    queued_at = datetime(2026, 2, 1, 13, tzinfo=UTC)


class ReportFactory(RowFactory[Report]):
    class Meta:
        model = Report

    workspace = SubFactory(WorkspaceFactory)
    practice = SubFactory(PracticeFactory, workspace=SAME_WORKSPACE)
    created_by_name = "Dra. Ana Ruiz"


class DeskFactory(RowFactory[Desk]):
    class Meta:
        model = Desk

    workspace = SubFactory(WorkspaceFactory)
    practice = SubFactory(PracticeFactory, workspace=SAME_WORKSPACE)


class DeskRatingFactory(RowFactory[DeskRating]):
    class Meta:
        model = DeskRating

    workspace = SubFactory(WorkspaceFactory)
    desk = SubFactory(DeskFactory, workspace=SAME_WORKSPACE)
    rating = 5


class DayTallyFactory(RowFactory[DayTally]):
    class Meta:
        model = DayTally

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=SAME_WORKSPACE)
    day = date(2026, 1, 2)
    facet = Facet.WHOLE


class HourTallyFactory(RowFactory[HourTally]):
    class Meta:
        model = HourTally

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=SAME_WORKSPACE)
    day = date(2026, 1, 2)
    facet = Facet.WHOLE
    weekday = 5
    hours = LazyFunction(lambda: [0] * 24)


class FailureTallyFactory(RowFactory[FailureTally]):
    class Meta:
        model = FailureTally

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=SAME_WORKSPACE)
    day = date(2026, 1, 2)
    facet = Facet.WHOLE
    error_code = "30003"


class StaleDayFactory(RowFactory[StaleDay]):
    class Meta:
        model = StaleDay

    workspace_id = LazyFunction(lambda: WorkspaceFactory.create().pk)
    campaign_id = LazyFunction(lambda: CampaignFactory.create().pk)
    day = date(2026, 1, 2)


class SavedViewFactory(RowFactory[SavedView]):
    """A view of the clinic. With a `user` it is that member's own."""

    class Meta:
        model = SavedView

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"View {n}")
    query = "period=30&rating=1"
