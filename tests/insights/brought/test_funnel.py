"""The funnel, against rows that are counted by hand."""

from datetime import UTC, date, datetime

import pytest

from campaigns.models import Campaign
from core import tenancy
from insights import rollup
from insights.brought.funnel import FunnelReport, read_funnels
from insights.filters import EVERYTHING, Filters
from insights.periods import Period
from tests.factories import CampaignFactory, PracticeFactory, UserFactory
from tests.insights.brought.cohorts import attribute, create_ask, create_location, create_review
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 10)
SPRING = Period(date(2026, 3, 1), date(2026, 4, 30))


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create(role=Role.OWNER)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    practice = PracticeFactory.create(workspace=owner.workspace, name="Norte")
    created: Campaign = CampaignFactory.create(
        workspace=owner.workspace, practice=practice, created_by=owner, name="Visitas"
    )
    return created


def read(user: User, period: Period = SPRING, filters: Filters = EVERYTHING) -> FunnelReport:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return read_funnels(user.workspace, period, filters, visible_to=user)


@pytest.mark.parametrize("is_rolled_up", [False, True])
def test_funnel_counts_each_step(owner: User, campaign: Campaign, is_rolled_up: bool) -> None:
    create_ask(campaign, MARCH, status="FAILED", error_code="30005")
    create_ask(campaign, MARCH, status="FAILED", error_code="21614", sent_at=None)
    create_ask(campaign, MARCH)
    create_ask(campaign, MARCH, rating=2)
    clicked = [create_ask(campaign, MARCH, rating=5, review_clicks=1) for _ in range(3)]
    location = create_location(campaign.practice, read_on=APRIL)
    attribute(create_review(location, MARCH), clicked[0])
    attribute(create_review(location, MARCH), clicked[1], grade="POSSIBLE")
    create_review(location, MARCH)
    if is_rolled_up:
        rollup.roll_up_workspace(workspace_id=campaign.workspace_id)

    whole = read(owner).whole
    figures = whole.figures

    assert (figures.asked, figures.delivered, figures.answered) == (6, 5, 4)
    assert (figures.clicked, whole.likely, figures.credits) == (3, 1, 6)


def test_likely_review_counts_in_the_month_of_its_ask(owner: User, campaign: Campaign) -> None:
    ask = create_ask(campaign, date(2026, 3, 31), rating=5, review_clicks=1)
    create_ask(campaign, APRIL)
    location = create_location(campaign.practice, read_on=APRIL)
    attribute(create_review(location, date(2026, 4, 2)), ask)

    months = read(owner).months

    assert [(m.start, m.funnel.figures.asked, m.funnel.likely) for m in months] == [
        (date(2026, 4, 1), 1, 0),
        (date(2026, 3, 1), 1, 1),
    ]
    assert read(owner, Period(date(2026, 4, 1), date(2026, 4, 30))).whole.likely == 0


def test_month_of_the_ask_is_local(owner: User, campaign: Campaign) -> None:
    # Still March in Guayaquil.
    sent_at = datetime(2026, 4, 1, 4, 59, tzinfo=UTC)
    ask = create_ask(campaign, APRIL, rating=5, sent_at=sent_at)
    location = create_location(campaign.practice, read_on=APRIL)
    attribute(create_review(location, APRIL), ask)

    (month,) = read(owner).months

    assert (month.start, month.funnel.likely) == (date(2026, 3, 1), 1)


def test_month_at_the_edge_of_the_period_is_not_whole(owner: User, campaign: Campaign) -> None:
    create_ask(campaign, MARCH)
    create_ask(campaign, APRIL)

    months = read(owner, Period(date(2026, 3, 5), date(2026, 4, 30))).months

    assert [month.is_whole for month in months] == [True, False]


def test_review_that_is_gone_does_not_count(owner: User, campaign: Campaign) -> None:
    location = create_location(campaign.practice, read_on=APRIL)
    gone = create_review(
        location, MARCH, reviewer_name="", comment="", vanished_at=datetime(2026, 4, 1, tzinfo=UTC)
    )
    attribute(gone, create_ask(campaign, MARCH, rating=5))

    assert read(owner).whole.likely == 0


def test_groups_have_their_own_likely_reviews(owner: User, campaign: Campaign) -> None:
    south = PracticeFactory.create(workspace=owner.workspace, name="Sur")
    other = CampaignFactory.create(
        workspace=owner.workspace, practice=south, created_by=owner, name="Control"
    )
    location, second = (create_location(p, read_on=APRIL) for p in (campaign.practice, south))
    for doctor in ("Dra. Paz", "Dra. Paz", "Dr. Vera"):
        ask = create_ask(campaign, MARCH, rating=5, doctor_name=doctor)
        attribute(create_review(location, MARCH), ask)
    attribute(create_review(second, MARCH), create_ask(other, MARCH, rating=5, doctor_name=""))
    create_ask(other, MARCH)

    report = read(owner)

    assert {g.label: g.funnel.likely for g in report.practices} == {"Norte": 3, "Sur": 1}
    assert [g.label for g in report.campaigns] == ["Visitas", "Control"]
    by_doctor = {g.key: g.funnel.likely for g in report.doctors}
    assert by_doctor == {"Dra. Paz": 2, "Dr. Vera": 1, "": 1}
    assert report.whole.likely == 4


def test_filters_narrow_every_step(owner: User, campaign: Campaign) -> None:
    location = create_location(campaign.practice, read_on=APRIL)
    for channel, doctor, kind in (
        ("SMS", "Dra. Paz", "Control"),
        ("EMAIL", "Dr. Vera", "Control"),
        ("SMS", "Dr. Vera", "Cirugía"),
    ):
        ask = create_ask(
            campaign, MARCH, rating=5, channel=channel, doctor_name=doctor, appointment_type=kind
        )
        attribute(create_review(location, MARCH), ask)

    for filters, expected in (
        (Filters(channel="SMS"), 2),
        (Filters(doctor="Dr. Vera"), 2),
        (Filters(appointment_type="Control"), 2),
        (Filters(channel="SMS", doctor="Dr. Vera"), 1),
        (Filters(practice=campaign.practice_id), 3),
        (Filters(campaign=CampaignFactory.create(workspace=owner.workspace).pk), 0),
    ):
        whole = read(owner, filters=filters).whole
        assert (whole.figures.asked, whole.likely) == (expected, expected), filters


def test_doctor_sees_her_own_campaigns(owner: User, campaign: Campaign) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(
        workspace=owner.workspace, practice=campaign.practice, created_by=doctor
    )
    location = create_location(campaign.practice, read_on=APRIL)
    attribute(create_review(location, MARCH), create_ask(campaign, MARCH, rating=5))
    attribute(create_review(location, MARCH), create_ask(campaign, MARCH, rating=5))
    attribute(create_review(location, MARCH), create_ask(own, MARCH, rating=5))

    report = read(doctor)

    assert (report.whole.figures.asked, report.whole.likely) == (1, 1)
    assert [group.key for group in report.campaigns] == [str(own.pk)]
    assert sum(month.funnel.likely for month in report.months) == 1


def test_other_workspaces_do_not_count(owner: User, campaign: Campaign) -> None:
    stranger = CampaignFactory.create()
    location = create_location(stranger.practice, read_on=APRIL)
    attribute(create_review(location, MARCH), create_ask(stranger, MARCH, rating=5))

    assert read(owner).whole.likely == 0
