"""Create clinics that may send at any hour, and many patients, in a few statements."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.management import CommandError
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import sql, tenancy
from messaging.models import Sender
from templates_app.models import Channel
from workspaces.models import Plan, Practice, Workspace

SENDER = "+15005550006"
FASTEST = 9999
NEVER_EMPTY = 10_000_000
LONG_ENOUGH_AGO = timedelta(hours=3)

CROWD = """
INSERT INTO patients_patient
    (id, created_at, updated_at, workspace_id, campaign_id, name, phone, email, appointment_time,
     appointment_type, doctor_name, preferred_channel, language, has_consent, consent_at,
     consent_words, consent_by, asked_at, review_clicks, token)
SELECT uuid7(), now(), now(), c.workspace_id, c.id, 'Ana María Peña',
       '+5939' || lpad(n::text, 8, '0'), '', %(seen_at)s - n * interval '1 millisecond',
       'Control', 'Dra. Paz', 'SMS', 'es', true, now(), '', '',
       %(asked_at)s, 0, left(replace(gen_random_uuid()::text, '-', ''), 16)
FROM generate_series(1, %(number)s) n
JOIN (SELECT id, workspace_id, row_number() OVER (ORDER BY id) AS place
      FROM campaigns_campaign WHERE id = ANY(%(campaigns)s)) c
  ON c.place = n %% cardinality(%(campaigns)s) + 1
"""

WAITING = f"""
WITH crowd AS ({CROWD} RETURNING id, workspace_id, campaign_id)
INSERT INTO messaging_message
    (id, created_at, updated_at, workspace_id, campaign_id, patient_id, type, channel, status,
     content, written_by, comment, error, error_code, attempt, next_attempt_at)
SELECT uuid7(), now(), now(), workspace_id, campaign_id, id, 'INITIAL', 'SMS', 'PENDING',
       '', '', '', '', '', 0, now()
FROM crowd
RETURNING id
"""  # noqa: S608 - of constants

UNSETTLED = """
SELECT EXISTS (
    SELECT FROM messaging_message
    WHERE campaign_id = ANY(%(campaigns)s) AND status IN ('PENDING', 'SENDING', 'UNKNOWN')
) AS unsettled
"""

# Keep the ledger and the balances consistent with the messages.
STORY = """
SELECT (SELECT count(DISTINCT external_id) FROM messaging_message
        WHERE status = 'SENT' AND sent_at IS NOT NULL AND content <> '') AS sent,
       (SELECT -sum(amount) FROM billing_creditentry WHERE cause <> 'opening') AS debited,
       (SELECT sum(%(opening)s - message_credits) FROM workspaces_workspace) AS spent
"""


def shared_sender(*, rate: float = FASTEST) -> Sender:
    with tenancy.platform("bench"):
        return Sender.objects.create(
            channel=Channel.SMS, address=SENDER, two_way=True, rate_per_second=rate
        )


def running_campaigns(number: int) -> list[UUID]:
    """Create campaigns, each of another clinic."""
    with tenancy.platform("bench"):
        return [_running_campaign(place) for place in range(number)]


def _running_campaign(place: int) -> UUID:
    workspace = Workspace.objects.create(
        name=f"Clínica {place}", plan=Plan.ENTERPRISE, message_credits=NEVER_EMPTY
    )
    practice = Practice.objects.create(
        workspace=workspace,
        name=f"Consultorio {place}",
        window_start=time(0),
        window_end=time(23, 59, 59, 999999),
    )
    campaign = Campaign.objects.create(
        workspace=workspace, practice=practice, name="Hoy", status=CampaignStatus.ACTIVE
    )
    return campaign.pk


def workspace_of(campaign: UUID) -> UUID:
    with tenancy.platform("bench"):
        return Campaign.objects.values_list("workspace_id", flat=True).get(pk=campaign)


def due_patients(number: int, campaigns: list[UUID]) -> None:
    """Insert patients that the next planning run will ask."""
    _insert(f"{CROWD} RETURNING id", number, campaigns, asked_at=None)


def waiting_messages(number: int, campaigns: list[UUID]) -> list[UUID]:
    """Insert due messages, spread evenly over the campaigns."""
    return [row["id"] for row in _insert(WAITING, number, campaigns, asked_at=timezone.now())]


def has_unsettled(campaigns: list[UUID]) -> bool:
    with tenancy.platform("bench"):
        return bool(sql.fetch(UNSETTLED, campaigns=campaigns)[0]["unsettled"])


def check_that_each_was_sent_once(number: int) -> None:
    with tenancy.platform("bench"):
        (story,) = sql.fetch(STORY, opening=NEVER_EMPTY)
    if set(story.values()) != {number}:
        raise CommandError(f"{number} messages were to be sent and paid, but: {story}.")


def _insert(
    statement: str, number: int, campaigns: list[UUID], asked_at: datetime | None
) -> list[dict[str, Any]]:
    with tenancy.platform("bench"):
        return sql.fetch(
            statement,
            number=number,
            campaigns=campaigns,
            seen_at=timezone.now() - LONG_ENOUGH_AGO,
            asked_at=asked_at,
        )
