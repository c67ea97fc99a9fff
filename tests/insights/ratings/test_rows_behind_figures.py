"""A figure leads to a list with as many visits, counted here by hand."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from insights import reading
from insights.filters import EVERYTHING, By
from insights.periods import Period, PeriodStep
from insights.ratings.search import HAPPY_STARS, Shown
from insights.scope import Scope
from messaging.models import Message, Topic
from tests.factories import (
    AttributionFactory,
    CampaignFactory,
    MessageFactory,
    PracticeFactory,
    UserFactory,
)
from tests.insights.topics.visits import create_visit
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.localdate() - timedelta(days=1)
WEEK = Period(YESTERDAY - timedelta(days=6), YESTERDAY)


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return created


def count_listed(client: Client, address: str) -> int:
    """Return how many visits the list has, and check it against its own sentence."""
    page = client.get(address).content.decode()
    listed = page.count('class="comment"')
    said = re.search(r"(\d+) visits?, asked from", page)
    assert said
    assert int(said[1]) == listed
    return listed


def create_week(campaign: Campaign) -> None:
    """Three visits yesterday, two the day before, one a week earlier, and one without a rating."""
    create_visit(campaign, YESTERDAY, rating=5, doctor="Dra. Paz")
    create_visit(campaign, YESTERDAY, rating=5, text="", hour=0)
    create_visit(campaign, YESTERDAY, rating=2, text="", hour=23)
    create_visit(campaign, YESTERDAY - timedelta(days=1), rating=4, text="", doctor="Dra. Paz")
    create_visit(campaign, YESTERDAY - timedelta(days=1), rating=5, text="")
    create_visit(campaign, YESTERDAY - timedelta(days=7), rating=5, text="")
    create_visit(campaign, YESTERDAY)


def test_every_step_leads_to_as_many_ratings(client: Client, campaign: Campaign) -> None:
    create_week(campaign)
    create_visit(CampaignFactory.create(), YESTERDAY, rating=5)
    with tenancy.within(campaign.workspace_id):
        points = reading.read_series(
            campaign.workspace, WEEK, EVERYTHING, visible_to=None, step=PeriodStep.DAY
        )

    assert [point.figures.rated for point in points] == [0, 0, 0, 0, 0, 2, 3]
    for point in points[-2:]:
        assert point.scope
        assert count_listed(client, point.scope.ratings_url()) == point.figures.rated


def test_every_bar_leads_to_its_ratings(client: Client, campaign: Campaign) -> None:
    create_week(campaign)
    scope = Scope(WEEK, EVERYTHING)

    assert count_listed(client, scope.ratings_url(5)) == 3
    assert count_listed(client, scope.ratings_url(4)) == 1
    assert count_listed(client, scope.ratings_url(2)) == 1
    assert count_listed(client, scope.ratings_url(*HAPPY_STARS)) == 4
    assert count_listed(client, scope.ratings_url()) == 5


def test_every_group_leads_to_its_ratings(client: Client, campaign: Campaign) -> None:
    create_week(campaign)
    other = CampaignFactory.create(workspace=campaign.workspace)
    create_visit(other, YESTERDAY, rating=1)
    with tenancy.within(campaign.workspace_id):
        practices, doctors = (
            reading.read_breakdown(campaign.workspace, WEEK, EVERYTHING, by=by, visible_to=None)
            for by in (By.PRACTICE, By.DOCTOR)
        )

    assert [group.figures.rated for group in practices] == [5, 1]
    for group in practices:
        assert group.scope
        assert count_listed(client, group.scope.ratings_url()) == group.figures.rated
    assert [(group.key, group.figures.rated, bool(group.scope)) for group in doctors] == [
        ("", 4, False),  # no filter can say "without a doctor"
        ("Dra. Paz", 2, True),
    ]
    assert doctors[1].scope
    assert count_listed(client, doctors[1].scope.ratings_url()) == 2


def test_results_page_has_the_links(client: Client, campaign: Campaign) -> None:
    create_week(campaign)
    page = client.get(reverse("results"), {"period": "7"}).content.decode()
    links = {
        link.replace("&amp;", "&")
        for link in re.findall(r'href="(/results/ratings/\?[^"]*)"', page)
    }

    assert f"{reverse('ratings')}?period=7&rating=5" in links
    assert sum(count_listed(client, link) for link in links if "from=" in link) == 5


def test_erased_patient_is_counted_but_not_listed(client: Client, campaign: Campaign) -> None:
    erased = create_visit(campaign, YESTERDAY, rating=5)
    create_visit(campaign, YESTERDAY, rating=5)
    with tenancy.within(campaign.workspace_id):
        erased.patient.data_deleted_at = timezone.now()
        erased.patient.save()
    address = Scope(WEEK, EVERYTHING).ratings_url(5)

    assert count_listed(client, address) == 1
    assert "also count 1 visit of a patient whose data were deleted" in (
        client.get(address).content.decode()
    )
    assert (
        "data were deleted"
        not in client.get(Scope(WEEK, EVERYTHING).ratings_url(4)).content.decode()
    )


def test_doctor_lists_only_ratings_of_own_campaigns(
    client: Client, owner: User, campaign: Campaign
) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    create_visit(campaign, YESTERDAY, rating=5)
    create_visit(own, YESTERDAY, rating=4, text="")
    erased = create_visit(campaign, YESTERDAY, rating=5)
    with tenancy.within(campaign.workspace_id):
        erased.patient.data_deleted_at = timezone.now()
        erased.patient.save()
    client.force_login(doctor)
    address = Scope(WEEK, EVERYTHING).ratings_url()

    assert count_listed(client, address) == 1
    assert "data were deleted" not in client.get(address).content.decode()


def test_ask_that_does_not_count_is_not_listed(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=5)
    MessageFactory.create(workspace=campaign.workspace, campaign=campaign, status="PENDING")

    assert count_listed(client, Scope(WEEK, EVERYTHING).ratings_url()) == 1


def create_outcomes(campaign: Campaign) -> None:
    """Create seven asks of yesterday. Two of them were answered, and two failed."""
    create_visit(campaign, YESTERDAY, rating=5, hour=9)
    stopped = create_visit(campaign, YESTERDAY, text="", hour=9)
    clicked = create_visit(campaign, YESTERDAY, rating=4, hour=15)
    noon = stopped.sent_at
    assert noon
    for channel, status, sent_at in (
        ("SMS", "DELIVERED", noon),
        ("EMAIL", "SENT", noon),
        ("SMS", "SENT", noon),
        ("SMS", "FAILED", noon),
        ("SMS", "FAILED", None),  # never left, so it was not asked
    ):
        MessageFactory.create(
            workspace=campaign.workspace,
            campaign=campaign,
            channel=channel,
            status=status,
            sent_at=sent_at,
            created_at=noon,
        )
    with tenancy.within(campaign.workspace_id):
        Message.objects.filter(sent_at=None).update(created_at=noon)
        stopped.patient.opted_out_at = noon + timedelta(minutes=5)
        stopped.patient.save()
        clicked.patient.review_clicks = 2
        clicked.patient.save()


def test_every_figure_leads_to_as_many_visits(client: Client, campaign: Campaign) -> None:
    create_outcomes(campaign)
    create_outcomes(CampaignFactory.create())
    scope = Scope(WEEK, EVERYTHING)
    with tenancy.within(campaign.workspace_id):
        figures = reading.read_figures(campaign.workspace, WEEK, EVERYTHING, visible_to=None)
    expected = {
        Shown.ASKED: 7,
        Shown.DELIVERED: 5,
        Shown.ANSWERED: 3,
        Shown.FAILED: 2,
        Shown.CLICKED: 1,
        Shown.OPTED_OUT: 1,
    }

    for shown, visits in expected.items():
        assert getattr(figures, shown.value) == visits, shown
        assert count_listed(client, scope.visits_url(shown)) == visits, shown


def test_every_hour_leads_to_its_answers(client: Client, campaign: Campaign) -> None:
    create_outcomes(campaign)
    scope = Scope(WEEK, EVERYTHING)
    with tenancy.within(campaign.workspace_id):
        hours = reading.read_hours(campaign.workspace, WEEK, EVERYTHING, visible_to=None)
    weekday = YESTERDAY.isoweekday()

    assert (hours.rows[weekday - 1][9], hours.rows[weekday - 1][15], hours.total) == (2, 1, 3)
    assert count_listed(client, scope.hours_url(weekday)) == 3
    assert count_listed(client, scope.hours_url(weekday, 9)) == 2
    assert count_listed(client, scope.hours_url(weekday, 15)) == 1
    assert client.get(scope.hours_url(weekday % 7 + 1)).context["counts"].listed == 0


def test_topic_leads_to_the_visits_that_name_it(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=2, topics=("waiting",))
    create_visit(campaign, YESTERDAY, topics=("waiting", "price"))
    create_visit(campaign, YESTERDAY, rating=5, topics=("price",))
    page = client.get(reverse("results"), {"period": "7"}).content.decode()
    link = Scope(Period(WEEK.first, WEEK.last), EVERYTHING).topic_url(Topic.WAITING)

    assert "period=7&amp;shown=words&amp;topic=waiting" in page
    assert count_listed(client, link) == 2


def test_pages_link_their_figures(client: Client, campaign: Campaign) -> None:
    create_outcomes(campaign)
    pages = {
        reverse("home"): {"period=30": 2, "period=30&shown=answered": 3},
        reverse("results"): {
            "period=30": 2,
            "period=30&shown=asked": 7,
            "period=30&shown=delivered": 5,
            "period=30&shown=failed": 2,
            "period=30&shown=clicked": 1,
            "period=30&shown=opted_out": 1,
        },
    }
    for page, links in pages.items():
        html = client.get(page).content.decode().replace("&amp;", "&")
        for query, visits in links.items():
            assert f'href="/results/ratings/?{query}"' in html, (page, query)
            assert count_listed(client, f"{reverse('ratings')}?{query}") == visits


def test_likely_reviews_lead_to_their_patients(client: Client, campaign: Campaign) -> None:
    likely, possible = (create_visit(campaign, YESTERDAY, rating=5) for _ in range(2))
    for visit, grade in ((likely, "LIKELY"), (possible, "POSSIBLE")):
        AttributionFactory.create(workspace=campaign.workspace, patient=visit.patient, grade=grade)
    address = Scope(WEEK, EVERYTHING).visits_url(Shown.LIKELY)

    assert count_listed(client, address) == 1
    page = client.get(address).content.decode()
    assert "Likely reviewed at Google" in page
    assert "as=csv" not in page


def test_days_are_those_of_each_practice(client: Client, campaign: Campaign) -> None:
    madrid = PracticeFactory.create(workspace=campaign.workspace, timezone="Europe/Madrid")
    abroad = CampaignFactory.create(workspace=campaign.workspace, practice=madrid)
    before, after = WEEK.first - timedelta(days=1), YESTERDAY + timedelta(days=1)
    for place in (campaign, abroad):
        create_visit(place, WEEK.first, rating=5, hour=0)
        create_visit(place, YESTERDAY, rating=5, hour=23)
        create_visit(place, before, rating=1, hour=23)
        create_visit(place, after, rating=1, hour=0)

    with tenancy.within(campaign.workspace_id):
        figures = reading.read_figures(campaign.workspace, WEEK, EVERYTHING, visible_to=None)
    assert figures.rated == 4
    assert count_listed(client, Scope(WEEK, EVERYTHING).ratings_url()) == 4
