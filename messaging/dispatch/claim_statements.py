"""The SQL statements of the claim, in the order in which `claiming` runs them."""

from campaigns import timing
from messaging import review_invitations
from patients import row_eligibility, suppressions
from patients.doctors.spellings import PATIENT_HAS_OWN_REVIEW_LINK, SHOWN_NAME_OF_PATIENT
from templates_app.models import IS_ASK
from workspaces.vetting import trust

# Why a message is put back instead of cancelled: its ask is not due any more.
NOT_DUE = "not due"

# Whether the campaign and the practice of a message `m` let it go now. Probed message by message
# until there are enough. Without the OFFSET 0 PostgreSQL joins every pending message first.
MAY_GO = f"""\
    CROSS JOIN LATERAL (
        SELECT
        FROM campaigns_campaign c
        JOIN workspaces_practice p ON p.id = c.practice_id
        WHERE c.id = m.campaign_id
          AND CASE WHEN {IS_ASK}
              THEN c.status = 'ACTIVE' AND {timing.WINDOW_IS_OPEN}
              WHEN m.type = 'ANSWER' THEN true
              WHEN m.type IN ('CONFIRM_STOP', 'CONFIRM_START') THEN m.sender_id = %(sender)s
              ELSE c.status IN ('ACTIVE', 'COMPLETED') END
        OFFSET 0
    ) may_go"""

# The workspaces with something due on this channel: those with the fewest messages lately first,
# until there are enough. The recursion finds each workspace by one index probe, however much waits.
FIND_WORKSPACES = f"""
WITH RECURSIVE waiting AS (
    (SELECT workspace_id FROM messaging_message
     WHERE status = 'PENDING' AND channel = %(channel)s ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT (SELECT m.workspace_id FROM messaging_message m
            WHERE m.status = 'PENDING' AND m.channel = %(channel)s
              AND m.workspace_id > waiting.workspace_id
            ORDER BY m.workspace_id LIMIT 1)
    FROM waiting WHERE waiting.workspace_id IS NOT NULL
)
SELECT turn.id, turn.recent_messages
FROM (
    SELECT w.id, coalesce(recent.messages, 0) AS recent_messages
    FROM waiting
    JOIN workspaces_workspace w ON w.id = waiting.workspace_id
    LEFT JOIN unnest(%(served)s::uuid[], %(recent)s::int[]) AS recent(id, messages)
        ON recent.id = w.id
    WHERE w.message_credits > 0 AND {trust.MAY_SEND}
      AND CASE WHEN %(owner)s::uuid IS NULL
          THEN NOT EXISTS (SELECT FROM messaging_sender own
                           WHERE own.workspace_id = w.id AND own.channel = %(channel)s)
          ELSE w.id = %(owner)s END
      AND EXISTS (SELECT FROM messaging_sender
                  WHERE id = %(sender)s AND (paused_at IS NULL OR %(probing)s))
    ORDER BY recent_messages, w.id
) turn
CROSS JOIN LATERAL (
    SELECT
    FROM messaging_message m
{MAY_GO}
    WHERE m.status = 'PENDING' AND m.channel = %(channel)s AND m.workspace_id = turn.id
      AND m.next_attempt_at <= %(now)s
    LIMIT 1
) due
LIMIT %(limit)s
"""

# The share of each workspace, oldest first, answers before asks. One index range for each type of
# message, so what is not due yet is never read. The messages are locked as they are found. SKIP
# LOCKED passes over what another worker holds, so workers never wait for each other here, and no
# message is claimed twice.
LOCK_DUE = f"""
SELECT m.id
FROM unnest(%(workspaces)s::uuid[], %(shares)s::int[]) AS served(workspace_id, share)
CROSS JOIN (VALUES ('ANSWER'), ('CLARIFY'), ('CONFIRM_START'), ('CONFIRM_STOP'),
                   ('FOLLOWUP_HAPPY'), ('FOLLOWUP_UNHAPPY'), ('INITIAL'), ('REMINDER')) kind(type)
CROSS JOIN LATERAL (
    SELECT m.id
    FROM messaging_message m
{MAY_GO}
    WHERE m.status = 'PENDING' AND m.channel = %(channel)s
      AND m.workspace_id = served.workspace_id AND m.type = kind.type
      AND m.next_attempt_at <= %(now)s
    ORDER BY m.next_attempt_at
    LIMIT served.share
    FOR UPDATE OF m SKIP LOCKED
) m
"""

# What the decision and the text need, and the reason against sending, if there is one. FOR SHARE
# waits for an opt-out or an erasure in progress, and makes a later one wait for this claim.
READ_DETAILS = f"""
SELECT m.id, m.workspace_id, m.campaign_id, m.patient_id, m.type, m.channel, m.attempt,
       m.created_at,
       CASE WHEN m.type = 'ANSWER' THEN m.content ELSE '' END AS written,
       pt.token, pt.name, pt.language, {SHOWN_NAME_OF_PATIENT} AS doctor_name,
       pt.appointment_type, pt.appointment_time,
       pt.asked_at, pt.phone, pt.email,
       CASE WHEN m.channel = 'EMAIL' THEN pt.email ELSE pt.phone END AS address,
       p.name AS practice, p.timezone, w.plain_letters,
       (p.google_place_id || p.google_review_link <> '' OR {PATIENT_HAS_OWN_REVIEW_LINK})
           AND {review_invitations.MESSAGE_MAY_INVITE}
           AS may_invite,
       {trust.TRUST} AS trust,
       CASE
         WHEN m.type = 'INITIAL' AND m.attempt = 0 AND {row_eligibility.DUE_AT} > %(now)s
           THEN '{NOT_DUE}'
         WHEN m.type = 'INITIAL' AND m.attempt = 0 AND pt.did_not_happen THEN '{NOT_DUE}'
         WHEN patient.reason = '{row_eligibility.ERASED}' THEN 'erased'
         WHEN m.type IN ('CONFIRM_STOP', 'CONFIRM_START')
              AND m.created_at < %(now)s - %(confirmed_within)s THEN 'too old'
         WHEN m.type = 'CONFIRM_STOP' THEN
           CASE WHEN NOT pt.has_consent THEN 'no consent'
                WHEN pt.phone = '' THEN 'no address'
                WHEN NOT EXISTS (SELECT FROM messaging_senderstop st
                     WHERE st.sender_id = %(sender)s AND st.address = pt.phone) THEN 'came back'
           END
         WHEN patient.reason = '{row_eligibility.OPTED_OUT}' THEN 'opted out'
         WHEN patient.reason = '{row_eligibility.NO_CONSENT}' THEN 'no consent'
         WHEN patient.reason = '{row_eligibility.DID_NOT_HAPPEN}' AND {IS_ASK}
           THEN 'did not happen'
         WHEN {suppressions.IS_SUPPRESSED} THEN 'opted out'
         WHEN EXISTS (SELECT FROM messaging_senderstop st WHERE st.sender_id = %(sender)s
              AND st.address = CASE WHEN m.channel = 'EMAIL' THEN pt.email ELSE pt.phone END)
           THEN 'opted out'
         WHEN CASE WHEN m.channel = 'EMAIL' THEN pt.email ELSE pt.phone END = '' THEN 'no address'
         WHEN {IS_ASK} AND m.created_at < %(now)s - %(oldest)s
           THEN 'too old'
         WHEN m.type = 'REMINDER' AND (pt.review_clicks > 0 OR EXISTS (SELECT
              FROM messaging_message a WHERE a.patient_id = m.patient_id AND a.type = 'INITIAL'
              AND a.replied_at IS NOT NULL)) THEN 'answered'
         WHEN m.type = 'CLARIFY' AND EXISTS (SELECT FROM messaging_message a WHERE a.patient_id
              = m.patient_id AND a.type = 'INITIAL' AND a.rating IS NOT NULL) THEN 'answered'
         WHEN m.type IN ('FOLLOWUP_HAPPY', 'FOLLOWUP_UNHAPPY') AND m.attempt = 0
              AND (pt.review_clicks > 0 OR EXISTS (SELECT FROM messaging_feedback f
                   WHERE f.patient_id = m.patient_id AND f.comment <> '')) THEN 'not needed'
         WHEN m.type = 'ANSWER' AND m.channel = 'WHATSAPP' AND NOT talk.is_open
           THEN 'outside the 24 hours'
       END AS why_not,
       talk.is_open AS is_in_conversation
FROM messaging_message m
JOIN patients_patient pt ON pt.id = m.patient_id
JOIN campaigns_campaign c ON c.id = m.campaign_id
JOIN workspaces_practice p ON p.id = c.practice_id
JOIN workspaces_workspace w ON w.id = m.workspace_id
CROSS JOIN LATERAL (SELECT {row_eligibility.REASON} AS reason) patient
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM messaging_inboundmessage i
                   WHERE i.patient_id = m.patient_id AND i.channel = 'WHATSAPP'
                     AND i.received_at > %(now)s - %(open)s) AS is_open
) talk
WHERE m.id = ANY(%(ids)s)
ORDER BY pt.id
FOR SHARE OF pt
"""

# The appointment was moved or did not take place, or the delay changed, while the ask waited.
# Without `asked_at` the patient is planned again when the time comes.
PUT_BACK = """
WITH early AS (
    DELETE FROM messaging_message
    WHERE id = ANY(%(ids)s) AND status = 'PENDING' AND attempt = 0
    RETURNING patient_id
)
UPDATE patients_patient pt SET asked_at = NULL FROM early WHERE pt.id = early.patient_id
"""

# Only PENDING: a message that was handed to the provider may arrive, so it cannot be cancelled.
CANCEL = """
UPDATE messaging_message m SET status = 'CANCELLED', error = v.why, updated_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(whys)s::text[]) AS v(id, why)
WHERE m.id = v.id AND m.status = 'PENDING'
"""

# One debit for each workspace and batch; a trigger of the ledger updates the balance. The rows are
# locked in the order that everyone uses who posts to several balances, so there is no deadlock.
PAY = """
WITH balances AS (
    SELECT w.id, least(w.message_credits, wanted.messages) AS messages
    FROM unnest(%(workspaces)s::uuid[], %(messages)s::int[]) AS wanted(id, messages)
    JOIN workspaces_workspace w ON w.id = wanted.id
    ORDER BY w.id
    FOR UPDATE OF w
)
INSERT INTO billing_creditentry (id, created_at, workspace_id, kind, amount, cause, note, by)
SELECT entry.id, %(now)s, balances.id, 'DEBIT', -balances.messages, 'claim:' || entry.id, '', ''
FROM balances CROSS JOIN LATERAL (SELECT uuid7() AS id WHERE balances.messages > 0) entry
RETURNING workspace_id, -amount AS messages
"""

# The next attempt gets a new number, so a late answer or receipt of an earlier attempt can be told
# from one of this attempt. The status is not checked again: LOCK_DUE has locked these rows.
TAKE = """
UPDATE messaging_message m
SET status = 'SENDING', sender_id = %(sender)s, attempt = m.attempt + 1,
    claimed_until = %(until)s, content = v.content, segments = v.segments, error = '',
    error_code = '', template_id = v.template_id, template_version = v.version,
    content_sid = v.content_sid, content_values = v.content_values::jsonb, updated_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(contents)s::text[], %(segments)s::int[], %(templates)s::uuid[],
            %(versions)s::int[], %(content_sids)s::text[], %(content_values)s::text[])
     AS v(id, content, segments, template_id, version, content_sid, content_values)
WHERE m.id = v.id
"""
