from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from campaigns.models import Campaign
from core import tenancy
from insights import filters as filtering
from insights import reading, rollup
from insights.figures import Figures
from insights.filters import EVERYTHING, By, Filters
from insights.models import StaleDay
from insights.periods import Period, PeriodStep
from messaging.models import Message, MessageStatus
from templates_app.models import Channel
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
)
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
NOON = datetime(2026, 3, 10, 17, tzinfo=UTC)  # in Guayaquil


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create()
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    campaign: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return campaign


def create_ask(campaign: Campaign, *, at: datetime = NOON, **fields: Any) -> Message:
    patient_fields = {
        name: fields.pop(name)
        for name in ("doctor_name", "appointment_type", "review_clicks")
        if name in fields
    }
    patient = PatientFactory.create(
        workspace=campaign.workspace, campaign=campaign, **patient_fields
    )
    if "rating" in fields:
        fields = {
            "status": MessageStatus.REPLIED,
            "delivered_at": at + timedelta(seconds=4),
            "replied_at": at + timedelta(minutes=30),
        } | fields
    message: Message = MessageFactory.create(
        workspace=campaign.workspace,
        patient=patient,
        **{"status": MessageStatus.SENT, "sent_at": at} | fields,
    )
    return message


def read_figures(user: User, filters: Filters = EVERYTHING, period: Period = MARCH) -> Figures:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return reading.read_figures(user.workspace, period, filters, visible_to=user)


def read_groups(user: User, by: By, filters: Filters = EVERYTHING) -> dict[str, Figures]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        groups = reading.read_breakdown(user.workspace, MARCH, filters, by=by, visible_to=user)
    return {group.label: group.figures for group in groups}


@pytest.fixture(params=["live", "rolled"])
def maybe_roll_up(request: pytest.FixtureRequest) -> Any:
    """Run the test twice: figures must be the same live and after a roll-up."""

    def roll_up(workspace: Workspace) -> None:
        if request.param == "rolled":
            rollup.roll_up_workspace(workspace_id=workspace.pk)
            with tenancy.within(workspace.pk):
                assert not StaleDay.objects.exists()

    return roll_up


def test_figures_count_each_outcome(owner: User, campaign: Campaign, maybe_roll_up: Any) -> None:
    create_ask(campaign, rating=5, review_clicks=2)
    create_ask(campaign, rating=1)
    create_ask(campaign, status=MessageStatus.DELIVERED, delivered_at=NOON + timedelta(seconds=8))
    create_ask(campaign)
    create_ask(campaign, status=MessageStatus.FAILED, error_code="30005")
    create_ask(campaign, status=MessageStatus.FAILED, error_code="21614", sent_at=None)
    maybe_roll_up(campaign.workspace)

    figures = read_figures(owner, period=Period(date(2026, 1, 1), date(2100, 1, 1)))

    assert (figures.asked, figures.delivered, figures.answered) == (5, 3, 2)
    assert (figures.failed, figures.clicked, figures.credits) == (2, 1, 5)
    assert (figures.nps, figures.average) == (0, 3.0)
    assert figures.average_delivery == timedelta(seconds=16) / 3
    assert figures.average_response == timedelta(minutes=30) - timedelta(seconds=4)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 10, 4, 59, tzinfo=UTC), date(2026, 3, 9)),
        (datetime(2026, 3, 10, 5, 0, tzinfo=UTC), date(2026, 3, 10)),
    ],
)
def test_day_changes_at_local_midnight(
    owner: User, campaign: Campaign, maybe_roll_up: Any, at: datetime, day: date
) -> None:
    create_ask(campaign, at=at)
    maybe_roll_up(campaign.workspace)

    assert read_figures(owner, period=Period(day, day)).asked == 1
    assert (
        read_figures(owner, period=Period(day - timedelta(days=1), day - timedelta(days=1))).asked
        == 0
    )


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Santiago", date(2026, 4, 4), 25),  # the clock goes back from midnight to 23:00
        ("America/Santiago", date(2026, 9, 6), 23),  # the day begins at one o'clock
        ("America/Havana", date(2026, 3, 8), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Pacific/Kiritimati", date(2026, 3, 8), 24),
    ],
)
def test_day_with_clock_change_is_counted_in_full(
    owner: User, maybe_roll_up: Any, zone: str, day: date, hours: int
) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone=zone)
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    noon = datetime(day.year, day.month, day.day, 12, 30, tzinfo=UTC)
    for hour in range(-48, 48):
        create_ask(campaign, at=noon + timedelta(hours=hour))
    maybe_roll_up(practice.workspace)

    assert read_figures(owner, period=Period(day, day)).asked == hours


def test_late_rating_counts_on_the_day_of_its_ask(
    owner: User, campaign: Campaign, maybe_roll_up: Any
) -> None:
    late = create_ask(campaign, status=MessageStatus.DELIVERED, delivered_at=NOON)
    maybe_roll_up(campaign.workspace)
    with tenancy.within(campaign.workspace_id):
        Message.objects.filter(pk=late.pk).update(
            rating=5, status=MessageStatus.REPLIED, replied_at=NOON + timedelta(days=9)
        )
    maybe_roll_up(campaign.workspace)

    assert read_figures(owner, period=Period(date(2026, 3, 10), date(2026, 3, 10))).nps == 100


def test_waiting_or_cancelled_message_is_in_no_figure(owner: User, campaign: Campaign) -> None:
    for status in (MessageStatus.PENDING, MessageStatus.UNKNOWN, MessageStatus.CANCELLED):
        create_ask(campaign, status=status, sent_at=None)

    assert read_figures(owner) == Figures()


def test_figures_can_be_filtered_by_every_field(
    owner: User, campaign: Campaign, maybe_roll_up: Any
) -> None:
    other = CampaignFactory.create(workspace=campaign.workspace)
    create_ask(campaign, doctor_name="Dra. Paz", appointment_type="Control")
    create_ask(campaign, doctor_name="Dra. Paz", appointment_type="Cirugía", channel=Channel.EMAIL)
    create_ask(other, doctor_name="Dr. Ruiz", appointment_type="Control")
    maybe_roll_up(campaign.workspace)

    assert read_figures(owner).asked == 3
    assert read_figures(owner, Filters(campaign=campaign.pk)).asked == 2
    assert read_figures(owner, Filters(practice=other.practice_id)).asked == 1
    assert read_figures(owner, Filters(doctor="Dra. Paz")).asked == 2
    assert read_figures(owner, Filters(appointment_type="Control")).asked == 2
    assert read_figures(owner, Filters(channel=Channel.EMAIL)).asked == 1
    assert read_figures(owner, Filters(doctor="Dra. Paz", appointment_type="Control")).asked == 1
    assert read_figures(owner, Filters(doctor="Nobody")).asked == 0


def test_figures_can_be_grouped_by_every_field(
    owner: User, campaign: Campaign, maybe_roll_up: Any
) -> None:
    create_ask(campaign, rating=5, doctor_name="Dra. Paz", appointment_type="Control")
    create_ask(
        campaign, rating=1, doctor_name="", appointment_type="Control", channel=Channel.EMAIL
    )
    maybe_roll_up(campaign.workspace)

    with tenancy.within(campaign.workspace_id):
        practice = campaign.practice.name
    with translation.override("en"):
        doctors = {label: found.nps for label, found in read_groups(owner, By.DOCTOR).items()}
    assert doctors == {"Dra. Paz": 100, "Not given": -100}
    assert set(read_groups(owner, By.PRACTICE)) == {practice}
    assert set(read_groups(owner, By.CAMPAIGN)) == {campaign.name}
    assert set(read_groups(owner, By.APPOINTMENT_TYPE)) == {"Control"}
    assert len(read_groups(owner, By.CHANNEL)) == 2
    assert set(read_groups(owner, By.CHANNEL, Filters(doctor="Dra. Paz"))) == {"SMS"}


def test_doctor_sees_only_own_campaigns(campaign: Campaign) -> None:
    doctor = UserFactory.create(workspace=campaign.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=campaign.workspace, created_by=doctor)
    create_ask(campaign, rating=1, doctor_name="A")
    create_ask(own, rating=5, doctor_name="B")

    assert read_figures(doctor).nps == 100
    assert read_figures(doctor, Filters(campaign=campaign.pk)) == Figures()
    assert set(read_groups(doctor, By.DOCTOR)) == {"B"}


def test_receptionist_sees_no_ratings(campaign: Campaign) -> None:
    receptionist = UserFactory.create(workspace=campaign.workspace, role=Role.RECEPTIONIST)
    create_ask(campaign, rating=5)

    assert read_figures(receptionist) == Figures()


def test_figures_of_another_workspace_are_not_visible(owner: User, maybe_roll_up: Any) -> None:
    foreign = CampaignFactory.create()
    create_ask(foreign, rating=5)
    maybe_roll_up(foreign.workspace)

    assert read_figures(owner) == Figures()
    assert read_figures(owner, Filters(campaign=foreign.pk)) == Figures()


def test_series_has_a_point_for_every_step(
    owner: User, campaign: Campaign, maybe_roll_up: Any
) -> None:
    create_ask(campaign, rating=5)
    maybe_roll_up(campaign.workspace)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        points = reading.read_series(
            owner.workspace, MARCH, EVERYTHING, visible_to=owner, step=PeriodStep.DAY
        )
        weeks = reading.read_series(
            owner.workspace, MARCH, EVERYTHING, visible_to=owner, step=PeriodStep.WEEK
        )

    assert len(points) == 31
    assert {point.start.day for point in points if point.figures.rated} == {10}
    assert {point.start for point in weeks if point.figures.rated} == {date(2026, 3, 9)}


def test_series_has_the_same_days_of_the_period_before(
    owner: User, campaign: Campaign, maybe_roll_up: Any
) -> None:
    create_ask(campaign, rating=5)
    for days_ago, rating in ((31, 1), (32, 2), (31 + 9, 3), (31 + 10, 4)):
        create_ask(campaign, rating=rating, at=NOON - timedelta(days=days_ago))
    maybe_roll_up(campaign.workspace)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        days, weeks = (
            reading.read_series(owner.workspace, MARCH, EVERYTHING, visible_to=owner, step=step)
            for step in (PeriodStep.DAY, PeriodStep.WEEK)
        )

    # February 28 and the 30 days before it belong to March: its 10th is February 7.
    assert {point.start.day: point.before.average for point in days if point.before.rated} == {
        10: 1.0,
        9: 2.0,
        1: 3.0,
    }
    assert [point.before.rated for point in weeks] == [1, 0, 2, 0, 0, 0]


def test_thin_days_are_joined_to_weeks(owner: User, campaign: Campaign, maybe_roll_up: Any) -> None:
    for day in range(4):
        create_ask(campaign, rating=5, at=NOON + timedelta(days=day))
        create_ask(campaign, rating=3, at=NOON + timedelta(days=day))
    maybe_roll_up(campaign.workspace)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        points = reading.read_series(owner.workspace, MARCH, EVERYTHING, visible_to=owner)

    assert {point.step for point in points} == {PeriodStep.WEEK}
    assert {point.start: point.figures.rated for point in points if point.figures.rated} == {
        date(2026, 3, 9): 8
    }


def test_answers_are_counted_by_local_hour(
    owner: User, campaign: Campaign, maybe_roll_up: Any
) -> None:
    create_ask(campaign, rating=5)  # a Tuesday, 12:30
    create_ask(campaign, rating=4, replied_at=NOON + timedelta(hours=30))  # on Wednesday, at 18:00
    create_ask(campaign)
    maybe_roll_up(campaign.workspace)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        hours = reading.read_hours(owner.workspace, MARCH, EVERYTHING, visible_to=owner)

    assert (hours.rows[1][12], hours.rows[2][18], hours.total, hours.highest) == (1, 1, 2, 1)


def test_failures_are_counted_by_error_code(
    owner: User, campaign: Campaign, maybe_roll_up: Any
) -> None:
    for code in ("30003", "30005", "30003"):
        create_ask(campaign, status=MessageStatus.FAILED, error_code=code)
    maybe_roll_up(campaign.workspace)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        failures = reading.read_failures(owner.workspace, MARCH, EVERYTHING, visible_to=owner)

    assert [(failure.code, failure.count) for failure in failures] == [("30003", 2), ("30005", 1)]


def test_reading_takes_one_query_or_two_if_filtered(owner: User, campaign: Campaign) -> None:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        with CaptureQueriesContext(connection) as unfiltered:
            reading.read_figures(owner.workspace, MARCH, EVERYTHING, visible_to=owner)
        with CaptureQueriesContext(connection) as filtered:
            reading.read_figures(
                owner.workspace, MARCH, Filters(campaign=campaign.pk), visible_to=owner
            )

    assert (len(unfiltered), len(filtered)) == (1, 2)


def test_unknown_filter_is_left_out_with_a_problem(owner: User, campaign: Campaign) -> None:
    foreign = CampaignFactory.create()
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        for query in (
            {"campaign": str(foreign.pk)},
            {"campaign": "x"},
            {"practice": str(foreign.practice_id)},
            {"channel": "FAX"},
        ):
            filters = filtering.parse_filters(query, workspace=owner.workspace, visible_to=owner)
            assert not filters.is_any
            assert filters.problem.endswith(".")
        filters = filtering.parse_filters(
            {"campaign": str(campaign.pk), "doctor": "Dra. Paz\0"},
            workspace=owner.workspace,
            visible_to=owner,
        )
    assert filters == Filters(campaign=campaign.pk, doctor="Dra. Paz")


def test_overview_equals_the_single_readings_in_one_query(
    owner: User, campaign: Campaign, maybe_roll_up: Any
) -> None:
    create_ask(campaign, rating=5, doctor_name="Dra. Paz")
    create_ask(campaign, rating=2, at=NOON - timedelta(days=20))
    maybe_roll_up(campaign.workspace)

    assert owner.workspace
    period = Period(date(2026, 3, 1), date(2026, 3, 31))
    with tenancy.within(owner.workspace.pk):
        with CaptureQueriesContext(connection) as queries:
            overview = reading.read_overview(owner.workspace, period, EVERYTHING, visible_to=owner)
        assert overview.now == reading.read_figures(
            owner.workspace, period, EVERYTHING, visible_to=owner
        )
        assert overview.before == reading.read_figures(
            owner.workspace, period.before, EVERYTHING, visible_to=owner
        )
        assert overview.points == reading.read_series(
            owner.workspace, period, EVERYTHING, visible_to=owner
        )
        assert overview.hours == reading.read_hours(
            owner.workspace, period, EVERYTHING, visible_to=owner
        )
        assert overview.doctors == reading.read_breakdown(
            owner.workspace, period, EVERYTHING, by=By.DOCTOR, visible_to=owner
        )
        assert overview.practices == reading.read_breakdown(
            owner.workspace, period, EVERYTHING, by=By.PRACTICE, visible_to=owner
        )

    assert (overview.now.nps, overview.before.nps, len(queries)) == (100, -100, 1)
