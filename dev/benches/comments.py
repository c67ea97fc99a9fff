"""Insert comments of patients that the local reader has not read yet, or has read long ago."""

from datetime import timedelta
from itertools import cycle, islice
from uuid import UUID

from django.utils import timezone

from core import sql, tenancy
from dev.benches import world
from dev.training.examples import load_examples
from messaging import understanding

LONG_AGO = timedelta(days=40)

COMMENTED = f"""
WITH crowd AS ({world.CROWD} RETURNING id, workspace_id, campaign_id, asked_at),
texts AS (
    SELECT comment, n FROM unnest(%(comments)s::text[]) WITH ORDINALITY AS given (comment, n)
), patients AS (
    SELECT crowd.*, row_number() OVER () AS n FROM crowd
)
INSERT INTO messaging_message
    (id, created_at, updated_at, workspace_id, campaign_id, patient_id, type, channel, status,
     content, written_by, comment, rating, error, error_code, attempt, next_attempt_at,
     sent_at, delivered_at, replied_at)
SELECT uuid7(), asked_at, asked_at, workspace_id, campaign_id, patients.id, 'INITIAL', 'SMS',
       'REPLIED', 'Hola Ana.', '', texts.comment, 4, '', '', 1, asked_at,
       asked_at, asked_at, asked_at
FROM patients JOIN texts USING (n)
"""  # noqa: S608 - of constants

LABELS = """
INSERT INTO messaging_textlabels
    (id, created_at, updated_at, workspace_id, patient_id, message_id, source, source_id, topics,
     urgency, sentiment, language, reader, corrected_by_name)
SELECT uuid7(), now(), now(), m.workspace_id, m.patient_id, m.id, 'COMMENT', m.id, '{waiting}',
       'none', 'positive', 'es', %(reader)s, ''
FROM messaging_message m WHERE m.campaign_id = ANY(%(campaigns)s) AND m.comment <> ''
"""


def unread_comments(number: int, campaigns: list[UUID]) -> None:
    """Insert ratings with comments, which are the texts that the reader was trained on."""
    texts = [each.text for each in load_examples() if each.topics is not None]
    long_ago = timezone.now() - LONG_AGO
    with tenancy.platform("bench"):
        sql.execute(
            COMMENTED,
            number=number,
            campaigns=campaigns,
            seen_at=long_ago,
            asked_at=long_ago,
            comments=list(islice(cycle(texts), number)),
        )


def read_comments(number: int, campaigns: list[UUID]) -> None:
    """Insert ratings with comments that have the labels of the reader's present version."""
    unread_comments(number, campaigns)
    with tenancy.platform("bench"):
        sql.execute(LABELS, campaigns=campaigns, reader=understanding.version())
