from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from insights.filters import Filters
from insights.periods import Period
from insights.ratings.search import RatingSearch, Shown
from insights.ratings.visits import find_visits
from insights.topics.counting import TopicBreakdown, TopicFigures, TopicReport, count_topics
from messaging.models import TextLabels, TextSource, Topic
from tests.factories import CampaignFactory, PracticeFactory, UserFactory
from tests.insights.topics.visits import create_visit, label
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
MARCH = Period(FIRST, LAST)
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create(role=Role.OWNER)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return created


def count(owner: User, filters: Filters | None = None, before: Period = FEBRUARY) -> TopicReport:
    return breakdown(owner, filters, before).whole


def breakdown(
    owner: User, filters: Filters | None = None, before: Period = FEBRUARY
) -> TopicBreakdown:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        return count_topics(
            owner.workspace, MARCH, filters or Filters(), visible_to=owner, before=before
        )


def of(report: TopicReport, topic: str) -> TopicFigures:
    return next(figures for figures in report.topics if figures.topic == topic)


def test_topics_are_counted_by_visit_and_rated_by_their_asks(
    owner: User, campaign: Campaign
) -> None:
    create_visit(campaign, FIRST, rating=2, topics=("waiting", "price"))
    create_visit(campaign, LAST, rating=5, topics=("waiting",))
    create_visit(campaign, LAST, topics=("waiting",), sentiment="negative")
    create_visit(campaign, LAST, rating=4, topics=())
    create_visit(campaign, date(2026, 2, 28), rating=1, topics=("kindness",))

    report = count(owner)
    waiting = of(report, "waiting")

    assert report.read.visits == 4
    assert report.unnamed == 1
    assert (waiting.now.visits, waiting.share) == (3, 0.75)
    assert (waiting.now.rated, waiting.now.average) == (2, 3.5)
    assert (waiting.now.praised, waiting.now.blamed) == (1, 2)
    assert (of(report, "price").now.visits, of(report, "price").now.average) == (1, 2)
    assert of(report, "kindness").now.visits == 0
    assert of(report, "kindness").before.visits == 1
    assert [figures.topic for figures in report.topics] == ["waiting", "price", "kindness"]


def test_visit_with_several_texts_counts_once(owner: User, campaign: Campaign) -> None:
    ask = create_visit(campaign, FIRST, rating=1, topics=("waiting",))
    label(ask, TextSource.FEEDBACK, topics=("waiting", "reception"))
    label(ask, TextSource.INBOUND, topics=("waiting",))

    report = count(owner)

    assert report.read.visits == 1
    assert of(report, "waiting").now.visits == 1
    assert of(report, "waiting").now.rated == 1
    assert of(report, "reception").now.visits == 1


def test_commands_are_not_words_about_the_visit(owner: User, campaign: Campaign) -> None:
    ask = create_visit(campaign, FIRST, topics=("waiting",))
    with tenancy.platform("test"):
        TextLabels.objects.all().delete()
    label(ask, TextSource.INBOUND, text="BAJA", intent="opt_out", topics=("other",))

    assert count(owner) == TopicReport()


def test_unread_texts_are_counted_apart(owner: User, campaign: Campaign) -> None:
    create_visit(campaign, FIRST, topics=("waiting",))
    create_visit(campaign, FIRST, is_read=False)

    report = count(owner)

    assert (report.read.visits, report.unread) == (1, 1)


def test_corrected_text_counts_without_a_reader(owner: User, campaign: Campaign) -> None:
    ask = create_visit(campaign, FIRST, topics=("price",), is_read=False)
    with tenancy.platform("test"):
        TextLabels.objects.filter(message=ask).update(
            corrected_at=timezone.now(), corrected_by_name="Ana"
        )

    assert of(count(owner), "price").now.visits == 1


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Guayaquil", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (date(2026, 2, 28), 23, (0, 1)),
        (FIRST, 0, (1, 0)),
        (LAST, 23, (1, 0)),
        (date(2026, 4, 1), 0, (0, 0)),
        (date(2026, 2, 1), 0, (0, 1)),
        (date(2026, 1, 31), 23, (0, 0)),
    ],
)
def test_days_are_those_of_the_practice(
    zone: str, day: date, hour: int, expected: tuple[int, int], owner: User
) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone=zone)
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    create_visit(campaign, day, hour=hour, topics=("waiting",))

    report = count(owner)

    assert (report.read.visits, report.read_before.visits) == expected


def test_filters_narrow_the_visits(owner: User, campaign: Campaign) -> None:
    other = CampaignFactory.create(workspace=owner.workspace)
    create_visit(campaign, FIRST, topics=("waiting",), doctor="Dra. Paz")
    create_visit(other, FIRST, topics=("waiting",), doctor="Dr. Ruiz")

    for filters in (
        Filters(campaign=campaign.pk),
        Filters(practice=campaign.practice_id),
        Filters(doctor="Dra. Paz"),
    ):
        assert count(owner, filters).read.visits == 1
    assert count(owner, Filters(channel="EMAIL")).read.visits == 0


def test_breakdown_by_practice_adds_up(owner: User, campaign: Campaign) -> None:
    other = CampaignFactory.create(workspace=owner.workspace)
    create_visit(campaign, FIRST, rating=5, topics=("waiting",))
    create_visit(campaign, FIRST, rating=4, topics=())
    create_visit(other, FIRST, rating=1, topics=("waiting",))

    counted = breakdown(owner)

    assert counted.whole.read.visits == 3
    assert counted.by_practice[campaign.practice_id].read.visits == 2
    assert of(counted.by_practice[other.practice_id], "waiting").now.average == 1


def test_doctor_counts_only_own_campaigns(owner: User, campaign: Campaign) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    create_visit(campaign, FIRST, topics=("waiting",))
    create_visit(own, FIRST, topics=("price",))

    assert [figures.topic for figures in count(doctor).topics] == ["price"]
    assert {figures.topic for figures in count(owner).topics} == {"waiting", "price"}


def test_other_workspaces_are_not_counted(owner: User, campaign: Campaign) -> None:
    create_visit(CampaignFactory.create(), FIRST, topics=("waiting",))

    assert count(owner) == TopicReport()


def test_erased_patients_are_not_counted(owner: User, campaign: Campaign) -> None:
    ask = create_visit(campaign, FIRST, topics=("waiting",))
    with tenancy.platform("test"):
        type(ask.patient).objects.filter(pk=ask.patient_id).update(data_deleted_at=timezone.now())

    assert count(owner).read.visits == 0


def test_default_period_before_has_as_many_days(owner: User, campaign: Campaign) -> None:
    create_visit(campaign, FIRST - timedelta(days=31), topics=("waiting",))
    create_visit(campaign, FIRST - timedelta(days=32), topics=("waiting",))
    with tenancy.within(campaign.workspace_id):
        report = count_topics(campaign.workspace, MARCH, Filters(), visible_to=owner).whole

    assert report.read_before.visits == 1


def test_comments_of_a_topic_are_the_visits_that_it_counts(owner: User, campaign: Campaign) -> None:
    """The SQL of the figures and the expressions of the list are the same rules."""
    create_visit(campaign, FIRST, hour=0, topics=("waiting",))
    create_visit(campaign, LAST, hour=23, topics=("waiting", "price"))
    create_visit(campaign, date(2026, 4, 1), hour=0, topics=("waiting",))
    create_visit(campaign, FIRST, topics=("waiting",), is_read=False)
    command = create_visit(campaign, FIRST, text="")
    label(command, TextSource.INBOUND, intent="help", topics=("price",))
    asked = create_visit(campaign, FIRST, text="", topics=())
    label(asked, TextSource.INBOUND, topics=("price",))
    report = count(owner)

    with tenancy.within(campaign.workspace_id):
        for topic, expected in ((Topic.WAITING, 2), (Topic.PRICE, 2), (Topic.CARE, 0)):
            search = RatingSearch(MARCH, Filters(), Shown.WORDS, topic=topic)
            found = find_visits(campaign.workspace, search, visible_to=owner).count()
            shown = sum(line.now.visits for line in report.topics if line.topic == topic)
            assert found == shown == expected
