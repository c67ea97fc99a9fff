"""What counts as delivered, answered, rated and opted out, on rows that were counted by hand."""

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
EVER = Period(date(2026, 1, 1), date(2100, 1, 1))
SECONDS = timedelta(seconds=1)


@pytest.fixture
def campaign() -> Campaign:
    owner: User = UserFactory.create()
    made: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return made


def ask(campaign: Campaign, channel: str, status: str, **fields: Any) -> Message:
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


def answer(after: timedelta = timedelta(hours=1), **fields: Any) -> dict[str, Any]:
    return {"status": MessageStatus.REPLIED, "replied_at": NOON + after} | fields


def by_channel(campaign: Campaign) -> dict[str, Figures]:
    """Read live, and again from the tallies: they must be the same."""
    live = _read(campaign)
    rollup.roll_up_workspace(workspace_id=campaign.workspace_id)
    assert _read(campaign) == live
    assert verification.find_differences(campaign.workspace_id) == []
    return live


def _read(campaign: Campaign) -> dict[str, Figures]:
    with tenancy.within(campaign.workspace_id):
        groups = reading.breakdown(
            campaign.workspace, EVER, Filters(), by=By.CHANNEL, visible_to=None
        )
        for group in groups:
            narrowed = Filters(channel=group.key)
            assert group.figures == reading.figures(
                campaign.workspace, EVER, narrowed, visible_to=None
            )
        return {group.key: group.figures for group in groups}


def test_email_counts_what_the_mail_server_took(campaign: Campaign) -> None:
    for _ in range(3):
        ask(campaign, "EMAIL", MessageStatus.SENT)
    ask(campaign, "EMAIL", MessageStatus.DELIVERED, delivered_at=NOON + 2 * SECONDS)
    ask(campaign, "EMAIL", **answer(rating=5))
    ask(campaign, "EMAIL", MessageStatus.FAILED, error_code="bounced")
    ask(campaign, "EMAIL", MessageStatus.FAILED, error_code="refused", sent_at=None)

    email = by_channel(campaign)["EMAIL"]

    assert (email.asked, email.delivered, email.answered, email.rated) == (6, 5, 1, 1)
    assert (email.failed, email.answer_rate, email.rating_rate) == (2, 0.2, 0.2)


@pytest.mark.parametrize("channel", ["SMS", "WHATSAPP"])
def test_a_phone_counts_what_was_reported_or_answered(campaign: Campaign, channel: str) -> None:
    ask(campaign, channel, MessageStatus.SENT)
    ask(campaign, channel, MessageStatus.DELIVERED, delivered_at=NOON + 4 * SECONDS)
    ask(campaign, channel, **answer(rating=1, delivered_at=NOON + 8 * SECONDS))
    ask(campaign, channel, **answer())  # no receipt ever came, and no rating
    ask(campaign, channel, MessageStatus.FAILED, error_code="30005")

    found = by_channel(campaign)[channel]

    assert (found.asked, found.delivered, found.answered, found.rated) == (5, 3, 2, 1)
    assert (found.answer_rate, found.rating_rate) == (2 / 3, 1 / 3)


def test_a_bounce_takes_the_delivery_back(campaign: Campaign) -> None:
    bounced = ask(campaign, "EMAIL", MessageStatus.SENT)
    ask(campaign, "EMAIL", MessageStatus.SENT)
    assert by_channel(campaign)["EMAIL"].delivered == 2
    assert bounced.may_become(MessageStatus.FAILED)

    with tenancy.within(campaign.workspace_id):
        Message.objects.filter(pk=bounced.pk).update(
            status=MessageStatus.FAILED, error_code="5.1.1"
        )

    email = by_channel(campaign)["EMAIL"]
    assert (email.asked, email.delivered, email.failed) == (2, 1, 1)


def test_times_of_email_begin_when_the_server_took_it(campaign: Campaign) -> None:
    """Nothing reports its delivery, so it is in no delivery time; its answer can be timed."""
    ask(campaign, "EMAIL", **answer(timedelta(hours=2), rating=4))
    ask(campaign, "SMS", **answer(timedelta(hours=1), rating=4, delivered_at=NOON + 6 * SECONDS))
    ask(campaign, "SMS", **answer(timedelta(hours=9), rating=4))  # delivered nobody knows when

    found = by_channel(campaign)

    assert found["EMAIL"].average_delivery is None
    assert found["EMAIL"].average_response == timedelta(hours=2)
    assert found["SMS"].average_delivery == timedelta(seconds=6)
    assert found["SMS"].average_response == timedelta(hours=1) - 6 * SECONDS


def test_a_stop_is_an_answer_and_no_rating(campaign: Campaign) -> None:
    ask(campaign, "SMS", **answer(delivered_at=NOON), opted_out_at=NOON + timedelta(hours=1))
    ask(campaign, "SMS", **answer(delivered_at=NOON, rating=5))
    ask(campaign, "SMS", MessageStatus.DELIVERED, delivered_at=NOON)

    sms = by_channel(campaign)["SMS"]

    assert (sms.delivered, sms.answered, sms.rated, sms.opted_out) == (3, 2, 1, 1)


@pytest.mark.parametrize(
    ("left_after", "counted"),
    [
        (timedelta(days=-1), 0),
        (timedelta(0), 1),
        (timedelta(days=30), 1),
        (timedelta(days=30, seconds=1), 0),
    ],
)
def test_an_opt_out_belongs_to_the_ask_shortly_before(
    campaign: Campaign, left_after: timedelta, counted: int
) -> None:
    ask(campaign, "EMAIL", MessageStatus.SENT, opted_out_at=NOON + left_after)
    # The carrier knew before we asked, and the patient never saw it.
    ask(campaign, "SMS", MessageStatus.FAILED, error_code="21610", opted_out_at=NOON + SECONDS)

    found = by_channel(campaign)

    assert (found["EMAIL"].opted_out, found["SMS"].opted_out) == (counted, 0)


def test_leaving_by_the_page_is_counted_at_once(campaign: Campaign) -> None:
    ask(campaign, "EMAIL", MessageStatus.SENT)
    rollup.roll_up_workspace(workspace_id=campaign.workspace_id)
    with tenancy.within(campaign.workspace_id):
        Patient.objects.update(opted_out_at=NOON + timedelta(minutes=3))

    email = by_channel(campaign)["EMAIL"]

    assert (email.answered, email.rated, email.opted_out) == (0, 0, 1)


def test_rates_never_exceed_one_when_patients_rate_early(campaign: Campaign) -> None:
    """Somebody rates by the link before any receipt, and even after the carrier gave up."""
    for channel, status in product(
        Channel.values, [MessageStatus.UNKNOWN, MessageStatus.SENT, MessageStatus.FAILED]
    ):
        message = ask(campaign, channel, status, sent_at=NOON)
        with tenancy.within(campaign.workspace_id):
            ratings.record_rating(ask=message, rating=4)

    for figures in by_channel(campaign).values():
        assert (figures.asked, figures.delivered, figures.answered, figures.rated) == (3, 3, 3, 3)


def test_sql_and_python_agree_on_every_outcome(campaign: Campaign) -> None:
    times = [None, NOON, NOON + timedelta(days=40)]
    for channel, status in product(
        Channel.values, set(MessageStatus.values) - {MessageStatus.SENDING}
    ):
        for sent, delivered, left in product([None, NOON], [None, NOON + SECONDS], times):
            replied = NOON if status == MessageStatus.REPLIED else None
            ask(
                campaign,
                channel,
                status,
                sent_at=sent,
                delivered_at=delivered,
                replied_at=replied,
                opted_out_at=left,
            )
    with tenancy.within(campaign.workspace_id):
        told = {
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
    assert len(messages) == len(told) > 200
    for message in messages:
        row = told[message.pk]
        assert row["delivered"] is outcomes.is_delivered(message)
        assert row["answered"] is outcomes.is_answered(message)
        assert row["arrived_at"] == outcomes.arrived_at(message)
        assert row["opted_out"] is outcomes.is_followed_by_opt_out(
            message, message.patient.opted_out_at
        )
