from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from campaigns.models import Campaign
from core import tenancy
from insights import filters as choosing
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
    made: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return made


def ask(campaign: Campaign, *, at: datetime = NOON, **fields: Any) -> Message:
    about = {
        name: fields.pop(name)
        for name in ("doctor_name", "appointment_type", "review_clicks")
        if name in fields
    }
    patient = PatientFactory.create(workspace=campaign.workspace, campaign=campaign, **about)
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


def seen_by(user: User, filters: Filters = EVERYTHING, period: Period = MARCH) -> Figures:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return reading.figures(user.workspace, period, filters, visible_to=user)


def groups(user: User, by: By, filters: Filters = EVERYTHING) -> dict[str, Figures]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        found = reading.breakdown(user.workspace, MARCH, filters, by=by, visible_to=user)
    return {group.label: group.figures for group in found}


@pytest.fixture(params=["live", "rolled"])
def rolled(request: pytest.FixtureRequest) -> Any:
    """Whatever is read must be the same before and after it was counted."""

    def roll(workspace: Workspace) -> None:
        if request.param == "rolled":
            rollup.roll_up_workspace(workspace_id=workspace.pk)
            with tenancy.within(workspace.pk):
                assert not StaleDay.objects.exists()

    return roll


def test_figures_of_a_few_asks(owner: User, campaign: Campaign, rolled: Any) -> None:
    ask(campaign, rating=5, review_clicks=2)
    ask(campaign, rating=1)
    ask(campaign, status=MessageStatus.DELIVERED, delivered_at=NOON + timedelta(seconds=8))
    ask(campaign)
    ask(campaign, status=MessageStatus.FAILED, error_code="30005")
    ask(campaign, status=MessageStatus.FAILED, error_code="21614", sent_at=None)
    rolled(campaign.workspace)

    figures = seen_by(owner, period=Period(date(2026, 1, 1), date(2100, 1, 1)))

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
def test_a_day_changes_at_midnight_of_the_practice(
    owner: User, campaign: Campaign, rolled: Any, at: datetime, day: date
) -> None:
    ask(campaign, at=at)
    rolled(campaign.workspace)

    assert seen_by(owner, period=Period(day, day)).asked == 1
    assert (
        seen_by(owner, period=Period(day - timedelta(days=1), day - timedelta(days=1))).asked == 0
    )


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Santiago", date(2026, 4, 4), 25),  # at midnight the clock goes back to 23:00
        ("America/Santiago", date(2026, 9, 6), 23),  # and the day begins at one o'clock
        ("America/Havana", date(2026, 3, 8), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Pacific/Kiritimati", date(2026, 3, 8), 24),
    ],
)
def test_a_day_is_as_long_as_its_clocks_make_it(
    owner: User, rolled: Any, zone: str, day: date, hours: int
) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone=zone)
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    noon = datetime(day.year, day.month, day.day, 12, 30, tzinfo=UTC)
    for hour in range(-48, 48):
        ask(campaign, at=noon + timedelta(hours=hour))
    rolled(practice.workspace)

    assert seen_by(owner, period=Period(day, day)).asked == hours


def test_a_late_rating_corrects_the_day_of_its_ask(
    owner: User, campaign: Campaign, rolled: Any
) -> None:
    late = ask(campaign, status=MessageStatus.DELIVERED, delivered_at=NOON)
    rolled(campaign.workspace)
    with tenancy.within(campaign.workspace_id):
        Message.objects.filter(pk=late.pk).update(
            rating=5, status=MessageStatus.REPLIED, replied_at=NOON + timedelta(days=9)
        )
    rolled(campaign.workspace)

    assert seen_by(owner, period=Period(date(2026, 3, 10), date(2026, 3, 10))).nps == 100


def test_what_waits_or_was_called_off_is_in_no_figure(owner: User, campaign: Campaign) -> None:
    for status in (MessageStatus.PENDING, MessageStatus.UNKNOWN, MessageStatus.CANCELLED):
        ask(campaign, status=status, sent_at=None)

    assert seen_by(owner) == Figures()


def test_figures_can_be_narrowed_by_everything(
    owner: User, campaign: Campaign, rolled: Any
) -> None:
    other = CampaignFactory.create(workspace=campaign.workspace)
    ask(campaign, doctor_name="Dra. Paz", appointment_type="Control")
    ask(campaign, doctor_name="Dra. Paz", appointment_type="Cirugía", channel=Channel.EMAIL)
    ask(other, doctor_name="Dr. Ruiz", appointment_type="Control")
    rolled(campaign.workspace)

    assert seen_by(owner).asked == 3
    assert seen_by(owner, Filters(campaign=campaign.pk)).asked == 2
    assert seen_by(owner, Filters(practice=other.practice_id)).asked == 1
    assert seen_by(owner, Filters(doctor="Dra. Paz")).asked == 2
    assert seen_by(owner, Filters(appointment_type="Control")).asked == 2
    assert seen_by(owner, Filters(channel=Channel.EMAIL)).asked == 1
    assert seen_by(owner, Filters(doctor="Dra. Paz", appointment_type="Control")).asked == 1
    assert seen_by(owner, Filters(doctor="Nobody")).asked == 0


def test_figures_can_be_compared_by_everything(
    owner: User, campaign: Campaign, rolled: Any
) -> None:
    ask(campaign, rating=5, doctor_name="Dra. Paz", appointment_type="Control")
    ask(campaign, rating=1, doctor_name="", appointment_type="Control", channel=Channel.EMAIL)
    rolled(campaign.workspace)

    with tenancy.within(campaign.workspace_id):
        practice = campaign.practice.name
    with translation.override("en"):
        doctors = {label: found.nps for label, found in groups(owner, By.DOCTOR).items()}
    assert doctors == {"Dra. Paz": 100, "Not given": -100}
    assert set(groups(owner, By.PRACTICE)) == {practice}
    assert set(groups(owner, By.CAMPAIGN)) == {campaign.name}
    assert set(groups(owner, By.APPOINTMENT_TYPE)) == {"Control"}
    assert len(groups(owner, By.CHANNEL)) == 2
    assert set(groups(owner, By.CHANNEL, Filters(doctor="Dra. Paz"))) == {"SMS"}


def test_a_doctor_sees_the_own_campaigns_alone(campaign: Campaign) -> None:
    doctor = UserFactory.create(workspace=campaign.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=campaign.workspace, created_by=doctor)
    ask(campaign, rating=1, doctor_name="A")
    ask(own, rating=5, doctor_name="B")

    assert seen_by(doctor).nps == 100
    assert seen_by(doctor, Filters(campaign=campaign.pk)) == Figures()
    assert set(groups(doctor, By.DOCTOR)) == {"B"}


def test_reception_sees_no_ratings(campaign: Campaign) -> None:
    receptionist = UserFactory.create(workspace=campaign.workspace, role=Role.RECEPTIONIST)
    ask(campaign, rating=5)

    assert seen_by(receptionist) == Figures()


def test_nobody_sees_another_workspace(owner: User, rolled: Any) -> None:
    theirs = CampaignFactory.create()
    ask(theirs, rating=5)
    rolled(theirs.workspace)

    assert seen_by(owner) == Figures()
    assert seen_by(owner, Filters(campaign=theirs.pk)) == Figures()


def test_a_series_has_every_step(owner: User, campaign: Campaign, rolled: Any) -> None:
    ask(campaign, rating=5)
    rolled(campaign.workspace)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        points = reading.series(owner.workspace, MARCH, EVERYTHING, visible_to=owner)
        weeks = reading.series(
            owner.workspace, MARCH, EVERYTHING, visible_to=owner, step=PeriodStep.WEEK
        )

    assert len(points) == 31
    assert {point.start.day for point in points if point.figures.rated} == {10}
    assert {point.start for point in weeks if point.figures.rated} == {date(2026, 3, 9)}


def test_answers_are_known_by_the_hour_of_the_practice(
    owner: User, campaign: Campaign, rolled: Any
) -> None:
    ask(campaign, rating=5)  # a Tuesday, 12:30
    ask(campaign, rating=4, replied_at=NOON + timedelta(hours=30))  # on Wednesday, at 18:00
    ask(campaign)
    rolled(campaign.workspace)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        hours = reading.by_hour(owner.workspace, MARCH, EVERYTHING, visible_to=owner)

    assert (hours.rows[1][12], hours.rows[2][18], hours.total, hours.highest) == (1, 1, 2, 1)


def test_failures_are_counted_by_code(owner: User, campaign: Campaign, rolled: Any) -> None:
    for code in ("30003", "30005", "30003"):
        ask(campaign, status=MessageStatus.FAILED, error_code=code)
    rolled(campaign.workspace)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        found = reading.failures(owner.workspace, MARCH, EVERYTHING, visible_to=owner)

    assert [(one.code, one.count) for one in found] == [("30003", 2), ("30005", 1)]


def test_reading_takes_a_query_or_two(owner: User, campaign: Campaign) -> None:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        with CaptureQueriesContext(connection) as all_of_it:
            reading.figures(owner.workspace, MARCH, EVERYTHING, visible_to=owner)
        with CaptureQueriesContext(connection) as narrowed:
            reading.figures(owner.workspace, MARCH, Filters(campaign=campaign.pk), visible_to=owner)

    assert (len(all_of_it), len(narrowed)) == (1, 2)


def test_unknown_filters_are_left_out_with_a_sentence(owner: User, campaign: Campaign) -> None:
    theirs = CampaignFactory.create()
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        for wishes in (
            {"campaign": str(theirs.pk)},
            {"campaign": "x"},
            {"practice": str(theirs.practice_id)},
            {"channel": "FAX"},
        ):
            found = choosing.chosen(wishes, workspace=owner.workspace, visible_to=owner)
            assert not found.is_any
            assert found.problem.endswith(".")
        found = choosing.chosen(
            {"campaign": str(campaign.pk), "doctor": "Dra. Paz\0"},
            workspace=owner.workspace,
            visible_to=owner,
        )
    assert found == Filters(campaign=campaign.pk, doctor="Dra. Paz")


def test_an_overview_is_all_of_it_at_once(owner: User, campaign: Campaign, rolled: Any) -> None:
    ask(campaign, rating=5, doctor_name="Dra. Paz")
    ask(campaign, rating=2, at=NOON - timedelta(days=20))
    rolled(campaign.workspace)

    assert owner.workspace
    period = Period(date(2026, 3, 1), date(2026, 3, 31))
    with tenancy.within(owner.workspace.pk):
        with CaptureQueriesContext(connection) as queries:
            seen = reading.overview(owner.workspace, period, EVERYTHING, visible_to=owner)
        assert seen.now == reading.figures(owner.workspace, period, EVERYTHING, visible_to=owner)
        assert seen.before == reading.figures(
            owner.workspace, period.before, EVERYTHING, visible_to=owner
        )
        assert seen.points == reading.series(owner.workspace, period, EVERYTHING, visible_to=owner)
        assert seen.hours == reading.by_hour(owner.workspace, period, EVERYTHING, visible_to=owner)
        assert seen.doctors == reading.breakdown(
            owner.workspace, period, EVERYTHING, by=By.DOCTOR, visible_to=owner
        )
        assert seen.practices == reading.breakdown(
            owner.workspace, period, EVERYTHING, by=By.PRACTICE, visible_to=owner
        )

    assert (seen.now.nps, seen.before.nps, len(queries)) == (100, -100, 1)
