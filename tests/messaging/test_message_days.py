"""The rules as SQL and as expressions find the same messages."""

from datetime import UTC, datetime

import pytest

from core import sql, tenancy
from messaging import message_days
from messaging.models import Intent, Message, MessageStatus, TextLabels, TextSource
from messaging.text_labels import visit_words
from tests.factories import (
    CampaignFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientFactory,
    PracticeFactory,
    TextLabelsFactory,
)

pytestmark = pytest.mark.django_db

MOMENTS = [datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (0, 4, 5, 9, 10, 11, 23)]

DAYS = f"""
SELECT m.id, {message_days.DAY} AS day, {message_days.COUNTS} AS counts
FROM messaging_message m
JOIN campaigns_campaign c ON c.id = m.campaign_id
JOIN workspaces_practice p ON p.id = c.practice_id
"""

LABELS = f"""
SELECT l.id FROM messaging_textlabels l
WHERE {visit_words.IS_READ} AND {visit_words.IS_ABOUT_VISIT}
"""


def test_days_and_counts_agree() -> None:
    for zone in ("America/Guayaquil", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        practice = PracticeFactory.create(timezone=zone)
        campaign = CampaignFactory.create(workspace=practice.workspace, practice=practice)
        for sent_at in (None, *MOMENTS):
            for status in (MessageStatus.PENDING, MessageStatus.FAILED, MessageStatus.DELIVERED):
                MessageFactory.create(
                    workspace=practice.workspace,
                    patient=PatientFactory.create(workspace=practice.workspace, campaign=campaign),
                    status=status,
                    sent_at=sent_at,
                )
    with tenancy.platform("test"):
        rows = {row["id"]: row for row in sql.fetch(DAYS)}
        days = dict(Message.objects.annotate(day=message_days.day()).values_list("pk", "day"))
        counted = set(Message.objects.filter(message_days.counts()).values_list("pk", flat=True))

    assert days == {key: row["day"] for key, row in rows.items()}
    assert counted == {key for key, row in rows.items() if row["counts"]}
    assert 0 < len(counted) < len(rows)


def test_labels_of_words_agree() -> None:
    for reader in ("", "test-1"):
        for intent in Intent:
            ask = MessageFactory.create()
            inbound = InboundMessageFactory.create(
                workspace=ask.workspace, patient=ask.patient, message=ask, intent=intent
            )
            TextLabelsFactory.create(
                workspace=ask.workspace,
                message=ask,
                source=TextSource.INBOUND,
                source_id=inbound.pk,
                reader=reader,
            )
        TextLabelsFactory.create(reader=reader)
    with tenancy.platform("test"):
        found = {row["id"] for row in sql.fetch(LABELS)}
        labels = TextLabels.objects.filter(visit_words.is_read(), visit_words.is_about_visit())
        assert set(labels.values_list("pk", flat=True)) == found
    assert len(found) == 2
