"""Reviews a month before the first ask and since, against rows that are counted by hand."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.models import Campaign
from core import tenancy
from insights.brought.reviews_per_month import PracticeReviews, RateChange, read_practices
from insights.certainty import rate_interval, rates_differ
from insights.filters import EVERYTHING, Filters
from tests.factories import CampaignFactory, PracticeFactory, UserFactory
from tests.insights.brought.cohorts import create_ask, create_location, create_review
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

FIRST_ASK = date(2026, 1, 1)
READ_ON = date(2026, 6, 29)  # 180 days with that of the first ask
TODAY = date(2026, 6, 30)


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create(role=Role.OWNER)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    practice = PracticeFactory.create(workspace=owner.workspace, name="Norte")
    created: Campaign = CampaignFactory.create(
        workspace=owner.workspace, practice=practice, created_by=owner
    )
    return created


def read(user: User, filters: Filters = EVERYTHING) -> list[PracticeReviews]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return read_practices(user.workspace, filters, visible_to=user, today=TODAY)


def days_before(days: int) -> date:
    return FIRST_ASK - timedelta(days=days)


def test_reviews_are_counted_before_the_first_ask_and_since(
    owner: User, campaign: Campaign
) -> None:
    create_ask(campaign, FIRST_ASK)
    create_ask(campaign, FIRST_ASK + timedelta(days=40))
    location = create_location(campaign.practice, read_on=READ_ON)
    for days in (400, 366, 365, 200, 100, 1):  # the first two are too long ago
        create_review(location, days_before(days), stars=4)
    for days in (0, 5, 20, 40, 90, 100, 160):
        create_review(location, FIRST_ASK + timedelta(days=days), stars=5)

    (practice,) = read(owner)

    assert practice.first_ask == FIRST_ASK
    assert (practice.before.days, practice.before.reviews) == (365, 4)
    assert (practice.since.days, practice.since.reviews) == (180, 7)
    assert practice.before.per_month == pytest.approx(4 / 12, rel=0.01)
    assert practice.since.per_month == pytest.approx(7 / 5.91, rel=0.01)
    assert (practice.before.average, practice.since.average) == (None, 5)  # four are too few


def test_first_review_opens_the_time_before(owner: User, campaign: Campaign) -> None:
    create_ask(campaign, FIRST_ASK)
    location = create_location(campaign.practice, read_on=READ_ON)
    for days in (100, 60, 30):
        create_review(location, days_before(days))

    (practice,) = read(owner)

    assert (practice.before.days, practice.before.reviews, practice.before.stars.count) == (
        100,
        2,
        3,
    )


def test_without_a_review_before_nothing_is_compared(owner: User, campaign: Campaign) -> None:
    create_ask(campaign, FIRST_ASK)
    location = create_location(campaign.practice, read_on=READ_ON)
    for days in range(40):
        create_review(location, FIRST_ASK + timedelta(days=days))

    (practice,) = read(owner)

    assert (practice.before.days, practice.before.reviews) == (0, 0)
    assert practice.before.per_month is None
    assert practice.before.interval is None
    assert (practice.since.reviews, practice.change) == (40, RateChange.TOO_FEW)


@pytest.mark.parametrize(
    ("before", "since", "expected"),
    [
        (12, 40, RateChange.MORE),
        (60, 8, RateChange.FEWER),
        (24, 14, RateChange.NO_CLEAR_CHANGE),
        (3, 6, RateChange.TOO_FEW),
    ],
)
def test_change_is_said_only_beyond_chance(
    owner: User, campaign: Campaign, before: int, since: int, expected: RateChange
) -> None:
    create_ask(campaign, FIRST_ASK)
    location = create_location(campaign.practice, read_on=READ_ON)
    create_review(location, days_before(500))
    for number in range(before):
        create_review(location, days_before(1 + number * 5))
    for number in range(since):
        create_review(location, FIRST_ASK + timedelta(days=number * 4))

    (practice,) = read(owner)

    assert (practice.before.reviews, practice.since.reviews) == (before, since)
    assert practice.change is expected


def test_less_than_a_month_has_no_rate(owner: User, campaign: Campaign) -> None:
    create_ask(campaign, FIRST_ASK)
    location = create_location(campaign.practice, read_on=FIRST_ASK + timedelta(days=28))
    for number in range(30):
        create_review(location, days_before(number * 2 + 1))
        create_review(location, FIRST_ASK + timedelta(days=number % 20))

    (practice,) = read(owner)

    assert (practice.since.days, practice.since.per_month) == (29, None)
    assert practice.change is RateChange.TOO_FEW


def test_practice_that_never_asked_is_said_to_be_so(owner: User, campaign: Campaign) -> None:
    create_ask(campaign, FIRST_ASK, status="FAILED", sent_at=None)
    create_review(create_location(campaign.practice, read_on=READ_ON), days_before(3))

    (practice,) = read(owner)

    assert (practice.first_ask, practice.change) == (None, RateChange.NOT_ASKED)
    assert (practice.before.reviews, practice.since.reviews) == (0, 0)


def test_practice_that_asked_and_has_no_review_has_no_time_before(
    owner: User, campaign: Campaign
) -> None:
    create_ask(campaign, FIRST_ASK)
    create_location(campaign.practice, read_on=READ_ON)

    (practice,) = read(owner)

    assert (practice.before.days, practice.before.reviews, practice.before.interval) == (0, 0, None)
    assert (practice.since.days, practice.since.reviews) == (180, 0)
    assert practice.change is RateChange.TOO_FEW


def test_reviews_after_the_last_day_that_was_read_everywhere_do_not_count(
    owner: User, campaign: Campaign
) -> None:
    create_ask(campaign, FIRST_ASK)
    create_location(campaign.practice, read_on=FIRST_ASK + timedelta(days=59))
    location = create_location(campaign.practice, read_on=READ_ON)
    for days in (0, 59, 60, 100):
        create_review(location, FIRST_ASK + timedelta(days=days))

    (practice,) = read(owner)

    since = practice.since
    assert (since.days, since.reviews, since.stars.count) == (60, 2, 2)
    assert practice.ours.reviews == 4


def test_reviews_that_are_gone_do_not_count(owner: User, campaign: Campaign) -> None:
    create_ask(campaign, FIRST_ASK)
    location = create_location(campaign.practice, read_on=READ_ON)
    gone = {"reviewer_name": "", "comment": "", "vanished_at": datetime(2026, 6, 1, tzinfo=UTC)}
    create_review(location, FIRST_ASK, **gone)

    (practice,) = read(owner)

    assert (practice.since.reviews, practice.ours.reviews) == (0, 0)


def test_google_is_shown_beside_ours_only_where_they_differ(
    owner: User, campaign: Campaign
) -> None:
    location = create_location(
        campaign.practice, read_on=READ_ON, review_count=2, average_rating="4.50"
    )
    create_review(location, READ_ON, stars=5)
    create_review(location, READ_ON, stars=4)
    (practice,) = read(owner)
    assert not practice.listings_differ
    assert (practice.google.reviews, practice.google.average) == (2, 4.5)

    create_review(location, READ_ON, stars=1)
    (practice,) = read(owner)

    assert practice.listings_differ
    assert practice.ours.reviews == 3
    assert practice.ours.average == pytest.approx(10 / 3)


def test_two_locations_of_a_practice_are_one(owner: User, campaign: Campaign) -> None:
    for count, average in ((30, "5.00"), (10, "4.00")):
        create_location(
            campaign.practice, read_on=READ_ON, review_count=count, average_rating=average
        )

    (practice,) = read(owner)

    assert (practice.google.reviews, practice.google.average) == (40, 4.75)


def test_first_ask_is_that_of_the_practice_and_not_of_the_doctor(
    owner: User, campaign: Campaign
) -> None:
    create_ask(campaign, FIRST_ASK)
    create_location(campaign.practice, read_on=READ_ON)
    create_location(PracticeFactory.create(workspace=owner.workspace), read_on=READ_ON)
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(
        workspace=owner.workspace, practice=campaign.practice, created_by=doctor
    )
    create_ask(own, date(2026, 5, 1))

    (practice,) = read(doctor)

    assert (practice.key, practice.first_ask) == (campaign.practice_id, FIRST_ASK)
    assert len(read(owner)) == 2
    assert [p.key for p in read(owner, Filters(campaign=own.pk))] == [campaign.practice_id]


def test_interval_holds_the_true_rate_in_95_of_100_cases() -> None:
    chance = random.Random(17)  # noqa: S311 - the same draws every time
    for expected in (3, 12, 60):
        held = 0
        for _ in range(2_000):
            low, high = rate_interval(draw_poisson(chance, expected), 6)
            held += low <= expected / 6 <= high
        assert 0.94 <= held / 2_000 <= 0.995, expected


def test_equal_rates_seldom_differ() -> None:
    chance = random.Random(17)  # noqa: S311 - the same draws every time
    for a_month in (0.5, 2, 20):
        differ = sum(
            rates_differ(
                draw_poisson(chance, a_month * 5), 5, draw_poisson(chance, a_month * 12), 12
            )
            for _ in range(2_000)
        )
        assert differ / 2_000 < 0.015, a_month


def draw_poisson(chance: random.Random, expected: float) -> int:
    """Count events within a time of one, from the gaps between them."""
    count, at = 0, chance.expovariate(expected)
    while at < 1:
        count, at = count + 1, at + chance.expovariate(expected)
    return count
