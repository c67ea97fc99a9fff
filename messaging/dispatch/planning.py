"""Insert the messages that are due now: asks and reminders, in one statement each.

`patients.eligibility` has the rule of who is asked, and from when.
"""

from datetime import datetime

from django.utils import timezone

from campaigns.timing import OLDEST_USEFUL_ASK, WINDOW_IS_OPEN
from core import sql, tenancy
from core.locks import Lock
from patients import eligibility, row_eligibility
from workspaces import entitlements
from workspaces.models import Feature
from workspaces.vetting import trust

# No more asks of a workspace than this wait as messages. The others wait as patients, where they
# cost nothing, and where pausing the campaign is enough to stop them.
MAX_WAITING = 2_000

MAY_WHATSAPP = entitlements.has_feature_sql(Feature.WHATSAPP)

# `due_by_delay` takes a few patients of each campaign by the partial index `patient_to_ask`, so the
# cost follows what is due and not what is stored. `due_early` takes those for whom a member chose
# the time, by the partial index `patient_to_ask_early`. One condition for both could use neither.
# `workspaces_with_room` asks once for each workspace with something due what its plan allows.
# `latest_appointments` keeps the latest of the due appointments that share a phone or an e-mail.
ASK = f"""
WITH active_campaigns AS (
    SELECT c.id, c.workspace_id, c.scheduled_hours_after,
           {eligibility.REST} AS rest, {eligibility.UNDO} AS undo
    FROM campaigns_campaign c
    JOIN workspaces_practice p ON p.id = c.practice_id
    JOIN workspaces_workspace w ON w.id = c.workspace_id
    WHERE c.status = 'ACTIVE' AND w.message_credits > 0 AND {trust.MAY_SEND}
      AND {WINDOW_IS_OPEN}
), due_by_delay AS (
    SELECT due.*
    FROM active_campaigns c
    CROSS JOIN LATERAL (
        SELECT pt.id, pt.workspace_id, pt.appointment_time, pt.phone, pt.email
        FROM patients_patient pt
        CROSS JOIN LATERAL ({eligibility.ASK_FROM}
        ) ask
        WHERE pt.campaign_id = c.id
          AND {eligibility.MAY_BE_PLANNED}
          AND pt.appointment_time <= %(now)s - c.scheduled_hours_after * interval '1 hour'
          AND {row_eligibility.IN_TIME}
          AND pt.ask_due_at IS NULL
          AND ask.at <= %(now)s
        ORDER BY pt.appointment_time
        LIMIT %(limit)s
    ) due
), due_early AS (
    SELECT pt.id, pt.workspace_id, pt.appointment_time, pt.phone, pt.email
    FROM patients_patient pt
    JOIN active_campaigns c ON c.id = pt.campaign_id
    CROSS JOIN LATERAL ({eligibility.ASK_FROM}
    ) ask
    WHERE pt.ask_due_at > %(now)s - %(oldest)s AND pt.ask_due_at <= %(now)s
      AND {eligibility.MAY_BE_PLANNED}
      AND {row_eligibility.IN_TIME}
      AND ask.at <= %(now)s
    ORDER BY pt.ask_due_at
    LIMIT %(limit)s
), due_patients AS (
    SELECT * FROM due_by_delay UNION ALL SELECT * FROM due_early
), workspaces_with_room AS (
    SELECT asking.workspace_id, {MAY_WHATSAPP} AS may_whatsapp
    FROM (SELECT DISTINCT workspace_id FROM due_patients) asking
    JOIN workspaces_workspace w ON w.id = asking.workspace_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS waiting FROM (
            SELECT FROM messaging_message m
            WHERE m.workspace_id = asking.workspace_id AND m.status = 'PENDING'
              AND m.channel IN ('SMS', 'WHATSAPP', 'EMAIL')
            LIMIT %(waiting)s
        ) pending
    ) backlog
    WHERE backlog.waiting < %(waiting)s
), latest_appointments AS (
    SELECT id, may_whatsapp
    FROM (
        SELECT due.id, room.may_whatsapp,
               row_number() OVER (
                   PARTITION BY due.workspace_id, coalesce(nullif(due.phone, ''), due.id::text)
                   ORDER BY due.appointment_time DESC, due.phone, due.id) AS of_phone,
               row_number() OVER (
                   PARTITION BY due.workspace_id, coalesce(nullif(due.email, ''), due.id::text)
                   ORDER BY due.appointment_time DESC, due.phone, due.id) AS of_email
        FROM due_patients due JOIN workspaces_with_room room USING (workspace_id)
    ) ranked
    WHERE of_phone = 1 AND of_email = 1
), asked_patients AS (
    UPDATE patients_patient pt SET asked_at = %(now)s
    FROM latest_appointments latest
    WHERE pt.id = latest.id AND pt.asked_at IS NULL
    RETURNING pt.id, pt.workspace_id, pt.campaign_id, pt.phone, pt.email, pt.preferred_channel,
              latest.may_whatsapp
)
INSERT INTO messaging_message
    (id, created_at, updated_at, workspace_id, campaign_id, patient_id, type, channel, status,
     content, written_by, comment, error, error_code, attempt, next_attempt_at)
SELECT uuid7(), %(now)s, %(now)s, workspace_id, campaign_id, id, 'INITIAL',
       CASE WHEN phone = '' THEN 'EMAIL'
            WHEN preferred_channel = 'EMAIL' AND email = '' THEN 'SMS'
            WHEN preferred_channel = 'WHATSAPP' AND NOT may_whatsapp THEN 'SMS'
            ELSE preferred_channel END,
       'PENDING', '', '', '', '', '', 0, %(now)s
FROM asked_patients
ON CONFLICT (patient_id, type) WHERE type <> 'ANSWER' DO NOTHING
"""

# By the partial index `message_to_remind`. A patient who has written anything gets no reminder.
REMIND = f"""
WITH active_campaigns AS (
    SELECT c.id, c.reminder_after_hours * interval '1 hour' AS delay
    FROM campaigns_campaign c
    JOIN workspaces_practice p ON p.id = c.practice_id
    JOIN workspaces_workspace w ON w.id = c.workspace_id
    WHERE c.status = 'ACTIVE' AND c.reminder_after_hours IS NOT NULL
      AND w.message_credits > 0 AND {trust.MAY_SEND} AND {WINDOW_IS_OPEN}
), due_asks AS (
    SELECT due.id
    FROM active_campaigns c
    CROSS JOIN LATERAL (
        SELECT m.id
        FROM messaging_message m
        JOIN patients_patient pt ON pt.id = m.patient_id
        WHERE m.campaign_id = c.id AND m.type = 'INITIAL'
          AND m.status IN ('SENT', 'DELIVERED') AND m.reminded_at IS NULL
          AND m.sent_at <= %(now)s - c.delay AND m.sent_at > %(now)s - c.delay - %(oldest)s
          AND {eligibility.MAY_BE_REMINDED}
          AND pt.review_clicks = 0
          AND NOT EXISTS (
              SELECT FROM messaging_inboundmessage i
              WHERE i.patient_id = pt.id AND i.received_at >= m.sent_at)
        ORDER BY m.sent_at
        LIMIT %(limit)s
    ) due
), reminded_asks AS (
    UPDATE messaging_message m SET reminded_at = %(now)s
    FROM due_asks due
    WHERE m.id = due.id AND m.reminded_at IS NULL
    RETURNING m.workspace_id, m.campaign_id, m.patient_id, m.channel
), workspace_rights AS (
    SELECT w.id AS workspace_id, {MAY_WHATSAPP} AS may_whatsapp
    FROM (SELECT DISTINCT workspace_id FROM reminded_asks) reminding
    JOIN workspaces_workspace w ON w.id = reminding.workspace_id
)
INSERT INTO messaging_message
    (id, created_at, updated_at, workspace_id, campaign_id, patient_id, type, channel, status,
     content, written_by, comment, error, error_code, attempt, next_attempt_at)
SELECT uuid7(), %(now)s, %(now)s, workspace_id, campaign_id, patient_id, 'REMINDER',
       CASE WHEN channel = 'WHATSAPP' AND NOT may_whatsapp THEN 'SMS' ELSE channel END,
       'PENDING', '', '', '', '', '', 0, %(now)s
FROM reminded_asks JOIN workspace_rights USING (workspace_id)
ON CONFLICT (patient_id, type) WHERE type <> 'ANSWER' DO NOTHING
"""


def plan_messages(*, now: datetime | None = None, limit: int = 500) -> int:
    """Insert an INITIAL or REMINDER message for every patient who is due. Return how many.

    `limit` is per campaign. Only one planner runs at a time, because two could each choose another
    appointment of the same person; this returns 0 while another one runs.
    """
    values = {
        "now": now or timezone.now(),
        "oldest": OLDEST_USEFUL_ASK,
        "limit": limit,
        "waiting": MAX_WAITING,
    }
    with tenancy.platform("plan"):
        if not sql.try_advisory_lock(Lock.PLANNER):
            return 0
        return sql.execute(ASK, **values) + sql.execute(REMIND, **values)
