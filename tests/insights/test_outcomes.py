"""What counts as delivered, answered, rated and opted out, on messages counted by hand."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from campaigns.models import Campaign
from core import sql, tenancy
from insights import outcomes, reading, rollup, verification
from insights.figures import Figures
from insights.filters import By, Filters
from insights.periods import Period
from messaging import ratings
from messaging.models import Message, MessageStatus
from patients.models import Patient
from templates_app.models import Channel
from tests.factories import CampaignFactory, MessageFactory, PatientFactory, UserFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 10, 17, tzinfo=UTC)  # in Quito
ALL_TIME = Period(date(2026, 1, 1), date(2100, 1, 1))
SECOND = timedelta(seconds=1)


@pytest.fixture
def campaign() -> Campaign:
    owner: User = UserFactory.create()
    made: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return made


def create_ask(campaign: Campaign, channel: str, status: str, **fields: Any) -> Message:
    about = {name: fields.pop(name) for name in ("opted_out_at",) if name in fields}
    patient = PatientFactory.create(workspace=campaign.workspace, campaign=campaign, **about)
    message: Message = MessageFactory.create(
        workspace=campaign.workspace,
        patient=patient,
        channel=channel,
        status=status,
        **{"sent_at": NOON} | fields,
    )
    return message


def answered(after: timedelta = timedelta(hours=1), **fields: Any) -> dict[str, Any]:
    return {"status": MessageStatus.REPLIED, "replied_at": NOON + after} | fields


def read_by_channel(campaign: Campaign) -> dict[str, Figures]:
    """Read the figures live and again from the tallies, and check that both are the same."""
    live = _read(campaign)
    rollup.roll_up_workspace(workspace_id=campaign.workspace_id)
    assert _read(campaign) == live
    assert verification.find_differences(campaign.workspace_id) == []
    return live


def _read(campaign: Campaign) -> dict[str, Figures]:
    with tenancy.within(campaign.workspace_id):
        groups = reading.read_breakdown(
            campaign.workspace, ALL_TIME, Filters(), by=By.CHANNEL, visible_to=None
        )
        for group in groups:
            narrowed = Filters(channel=group.key)
            assert group.figures == reading.read_figures(
                campaign.workspace, ALL_TIME, narrowed, visible_to=None
            )
        return {group.key: group.figures for group in groups}


def test_email_counts_as_delivered_when_the_mail_server_accepts_it(campaign: Campaign) -> None:
    for _ in range(3):
        create_ask(campaign, "EMAIL", MessageStatus.SENT)
    create_ask(campaign, "EMAIL", MessageStatus.DELIVERED, delivered_at=NOON + 2 * SECOND)
    create_ask(campaign, "EMAIL", **answered(rating=5))
    create_ask(campaign, "EMAIL", MessageStatus.FAILED, error_code="bounced")
    create_ask(campaign, "EMAIL", MessageStatus.FAILED, error_code="refused", sent_at=None)

    email = read_by_channel(campaign)["EMAIL"]

    assert (email.asked, email.delivered, email.answered, email.rated) == (6, 5, 1, 1)
    assert (email.failed, email.answer_rate, email.rating_rate) == (2, 0.2, 0.2)


@pytest.mark.parametrize("channel", ["SMS", "WHATSAPP"])
def test_phone_message_counts_as_delivered_when_reported_or_answered(
    campaign: Campaign, channel: str
) -> None:
    create_ask(campaign, channel, MessageStatus.SENT)
    create_ask(campaign, channel, MessageStatus.DELIVERED, delivered_at=NOON + 4 * SECOND)
    create_ask(campaign, channel, **answered(rating=1, delivered_at=NOON + 8 * SECOND))
    create_ask(campaign, channel, **answered())  # no receipt ever came, and no rating
    create_ask(campaign, channel, MessageStatus.FAILED, error_code="30005")

    figures = read_by_channel(campaign)[channel]

    assert (figures.asked, figures.delivered, figures.answered, figures.rated) == (5, 3, 2, 1)
    assert (figures.answer_rate, figures.rating_rate) == (2 / 3, 1 / 3)


def test_bounced_email_does_not_count_as_delivered(campaign: Campaign) -> None:
    bounced = create_ask(campaign, "EMAIL", MessageStatus.SENT)
    create_ask(campaign, "EMAIL", MessageStatus.SENT)
    assert read_by_channel(campaign)["EMAIL"].delivered == 2
    assert bounced.may_become(MessageStatus.FAILED)

    with tenancy.within(campaign.workspace_id):
        Message.objects.filter(pk=bounced.pk).update(
            status=MessageStatus.FAILED, error_code="5.1.1"
        )

    email = read_by_channel(campaign)["EMAIL"]
    assert (email.asked, email.delivered, email.failed) == (2, 1, 1)


def test_email_response_time_starts_when_the_server_accepts_it(campaign: Campaign) -> None:
    """There are no receipts for e-mail, so it has no delivery time, but a response time."""
    create_ask(campaign, "EMAIL", **answered(timedelta(hours=2), rating=4))
    create_ask(
        campaign, "SMS", **answered(timedelta(hours=1), rating=4, delivered_at=NOON + 6 * SECOND)
    )
    create_ask(campaign, "SMS", **answered(timedelta(hours=9), rating=4))  # without a receipt

    figures = read_by_channel(campaign)

    assert figures["EMAIL"].average_delivery is None
    assert figures["EMAIL"].average_response == timedelta(hours=2)
    assert figures["SMS"].average_delivery == timedelta(seconds=6)
    assert figures["SMS"].average_response == timedelta(hours=1) - 6 * SECOND


def test_stop_counts_as_answer_and_not_as_rating(campaign: Campaign) -> None:
    create_ask(
        campaign, "SMS", **answered(delivered_at=NOON), opted_out_at=NOON + timedelta(hours=1)
    )
    create_ask(campaign, "SMS", **answered(delivered_at=NOON, rating=5))
    create_ask(campaign, "SMS", MessageStatus.DELIVERED, delivered_at=NOON)

    sms = read_by_channel(campaign)["SMS"]

    assert (sms.delivered, sms.answered, sms.rated, sms.opted_out) == (3, 2, 1, 1)


@pytest.mark.parametrize(
    ("opted_out_after", "counted"),
    [
        (timedelta(days=-1), 0),
        (timedelta(0), 1),
        (timedelta(days=30), 1),
        (timedelta(days=30, seconds=1), 0),
    ],
)
def test_opt_out_counts_for_ask_of_the_30_days_before(
    campaign: Campaign, opted_out_after: timedelta, counted: int
) -> None:
    create_ask(campaign, "EMAIL", MessageStatus.SENT, opted_out_at=NOON + opted_out_after)
    # The carrier refused it because of an earlier opt-out. The patient never saw it.
    create_ask(
        campaign, "SMS", MessageStatus.FAILED, error_code="21610", opted_out_at=NOON + SECOND
    )

    figures = read_by_channel(campaign)

    assert (figures["EMAIL"].opted_out, figures["SMS"].opted_out) == (counted, 0)


def test_opt_out_on_the_page_is_counted_at_once(campaign: Campaign) -> None:
    create_ask(campaign, "EMAIL", MessageStatus.SENT)
    rollup.roll_up_workspace(workspace_id=campaign.workspace_id)
    with tenancy.within(campaign.workspace_id):
        Patient.objects.update(opted_out_at=NOON + timedelta(minutes=3))

    email = read_by_channel(campaign)["EMAIL"]

    assert (email.answered, email.rated, email.opted_out) == (0, 0, 1)


def test_rates_never_exceed_one_when_patients_rate_early(campaign: Campaign) -> None:
    """A patient can rate by the link before any receipt, and even after a failure."""
    for channel, status in product(
        Channel.values, [MessageStatus.UNKNOWN, MessageStatus.SENT, MessageStatus.FAILED]
    ):
        message = create_ask(campaign, channel, status, sent_at=NOON)
        with tenancy.within(campaign.workspace_id):
            ratings.record_rating(ask=message, rating=4)

    for figures in read_by_channel(campaign).values():
        assert (figures.asked, figures.delivered, figures.answered, figures.rated) == (3, 3, 3, 3)


def test_sql_python_and_queries_agree_on_every_outcome(campaign: Campaign) -> None:
    times = [None, NOON, NOON + timedelta(days=40)]
    for channel, status in product(
        Channel.values, set(MessageStatus.values) - {MessageStatus.SENDING}
    ):
        for sent, delivered, opted_out in product([None, NOON], [None, NOON + SECOND], times):
            replied = NOON if status == MessageStatus.REPLIED else None
            create_ask(
                campaign,
                channel,
                status,
                sent_at=sent,
                delivered_at=delivered,
                replied_at=replied,
                opted_out_at=opted_out,
            )
    with tenancy.within(campaign.workspace_id):
        rows = {
            row["id"]: row
            for row in sql.fetch(
                f"""SELECT m.id, {outcomes.DELIVERED} AS delivered, {outcomes.ANSWERED} AS answered,
                           {outcomes.ARRIVED_AT} AS arrived_at,
                           coalesce({outcomes.OPTED_OUT}, false) AS opted_out
                    FROM messaging_message m
                    JOIN (SELECT id AS patient, opted_out_at FROM patients_patient) pt
                      ON pt.patient = m.patient_id"""
            )
        }
        messages = list(Message.objects.select_related("patient"))
    assert len(messages) == len(rows) > 200
    for message in messages:
        row = rows[message.pk]
        assert row["delivered"] is outcomes.is_delivered(message)
        assert row["answered"] is outcomes.is_answered(message)
        assert row["arrived_at"] == outcomes.arrived_at(message)
        assert row["opted_out"] is outcomes.is_followed_by_opt_out(
            message, message.patient.opted_out_at
        )
    for name, condition in (
        ("delivered", outcomes.DELIVERED_Q),
        ("answered", outcomes.ANSWERED_Q),
        ("opted_out", outcomes.OPTED_OUT_Q),
    ):
        with tenancy.within(campaign.workspace_id):
            found = set(Message.objects.filter(condition).values_list("pk", flat=True))
        assert found == {key for key, row in rows.items() if row[name]}
