"""Take what may be sent now: fairly, once, paid for, put into words. One transaction a batch."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from campaigns.timing import OLDEST_USEFUL_ASK, WINDOW_IS_OPEN
from core import sql, tenancy
from messaging.channels import OutgoingMessage
from messaging.confirmations import CONFIRMED_WITHIN
from messaging.dispatch import (
    composing,
    erased_address_check,
    fairness,
    hold_check,
    new_senders,
    past_ask_check,
)
from messaging.dispatch.composing import Wording
from messaging.models import Sender
from templates_app.models import Channel
from templates_app.segments import measure_text
from workspaces.vetting import trust

WHATSAPP_WINDOW = timedelta(hours=24)
# Twilio calls again, three times, whatever went wrong on our side; left alone it does so only when
# it could not connect. Part of the address it is given, and of none that it calls.
RETRIES = "#rc=3&rp=ct,rt,5xx"
NOT_DUE = "not due"

# What has to hold for the campaign and the practice of a message called `m`. Looked up for one
# message after the other until there are enough: without its OFFSET the planner likes to join with
# everything that waits.
MAY_GO = f"""\
    CROSS JOIN LATERAL (
        SELECT
        FROM campaigns_campaign c
        JOIN workspaces_practice p ON p.id = c.practice_id
        WHERE c.id = m.campaign_id
          AND CASE WHEN m.type IN ('INITIAL', 'REMINDER')
              THEN c.status = 'ACTIVE' AND {WINDOW_IS_OPEN}
              WHEN m.type = 'ANSWER' THEN true
              WHEN m.type IN ('CONFIRM_STOP', 'CONFIRM_START') THEN m.sender_id = %(sender)s
              ELSE c.status IN ('ACTIVE', 'COMPLETED') END
        OFFSET 0
    ) may_go"""

# The workspaces with something waiting on this channel, one index probe each, however much waits;
# who had least lately first, and looked at in that order until there are enough with something due.
WAITING = f"""
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
SELECT turn.id, turn.had
FROM (
    SELECT w.id, coalesce(lately.had, 0) AS had
    FROM waiting
    JOIN workspaces_workspace w ON w.id = waiting.workspace_id
    LEFT JOIN unnest(%(served)s::uuid[], %(had)s::int[]) AS lately(id, had) ON lately.id = w.id
    WHERE w.message_credits > 0 AND {trust.MAY_SEND}
      AND CASE WHEN %(owner)s::uuid IS NULL
          THEN NOT EXISTS (SELECT FROM messaging_sender own
                           WHERE own.workspace_id = w.id AND own.channel = %(channel)s)
          ELSE w.id = %(owner)s END
      AND EXISTS (SELECT FROM messaging_sender
                  WHERE id = %(sender)s AND (paused_at IS NULL OR %(probing)s))
    ORDER BY had, w.id
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

# Of each of them its share, the oldest first, answers before asks: an index range per kind of
# message, so that what waits behind or waits for later is never read. Locked as they are found.
DUE = f"""
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

# Everything that a decision and a text need, with the reason why not, if there is one. A patient
# who is being erased or opts out is waited for, and cannot do so behind the back of this claim.
DETAILS = f"""
SELECT m.id, m.workspace_id, m.campaign_id, m.patient_id, m.type, m.channel, m.attempt,
       m.created_at,
       CASE WHEN m.type = 'ANSWER' THEN m.content ELSE '' END AS written,
       pt.token, pt.name, pt.language, pt.doctor_name, pt.appointment_type, pt.appointment_time,
       pt.asked_at, pt.phone, pt.email,
       CASE WHEN m.channel = 'EMAIL' THEN pt.email ELSE pt.phone END AS address,
       p.name AS practice, p.timezone, w.plain_letters,
       p.google_place_id || p.google_review_link <> '' AS has_reviews,
       {trust.TRUST} AS trust,
       CASE
         WHEN m.type = 'INITIAL' AND m.attempt = 0 AND pt.appointment_time
              + c.scheduled_hours_after * interval '1 hour' > %(now)s THEN '{NOT_DUE}'
         WHEN m.type = 'INITIAL' AND m.attempt = 0 AND pt.did_not_happen THEN '{NOT_DUE}'
         WHEN pt.data_deleted_at IS NOT NULL THEN 'erased'
         WHEN m.type IN ('CONFIRM_STOP', 'CONFIRM_START')
              AND m.created_at < %(now)s - %(confirmed_within)s THEN 'too old'
         WHEN m.type = 'CONFIRM_STOP' THEN
           CASE WHEN NOT pt.has_consent THEN 'no consent'
                WHEN pt.phone = '' THEN 'no address'
                WHEN NOT EXISTS (SELECT FROM messaging_senderstop st
                     WHERE st.sender_id = %(sender)s AND st.address = pt.phone) THEN 'came back'
           END
         WHEN pt.opted_out_at IS NOT NULL THEN 'opted out'
         WHEN NOT pt.has_consent THEN 'no consent'
         WHEN pt.did_not_happen AND m.type IN ('INITIAL', 'REMINDER') THEN 'did not happen'
         WHEN EXISTS (SELECT FROM patients_suppression s WHERE s.workspace_id = m.workspace_id
              AND s.address IN (nullif(pt.phone, ''), nullif(pt.email, '')))
           THEN 'opted out'
         WHEN EXISTS (SELECT FROM messaging_senderstop st WHERE st.sender_id = %(sender)s
              AND st.address = CASE WHEN m.channel = 'EMAIL' THEN pt.email ELSE pt.phone END)
           THEN 'opted out'
         WHEN CASE WHEN m.channel = 'EMAIL' THEN pt.email ELSE pt.phone END = '' THEN 'no address'
         WHEN m.type IN ('INITIAL', 'REMINDER') AND m.created_at < %(now)s - %(oldest)s
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
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM messaging_inboundmessage i
                   WHERE i.patient_id = m.patient_id AND i.channel = 'WHATSAPP'
                     AND i.received_at > %(now)s - %(open)s) AS is_open
) talk
WHERE m.id = ANY(%(ids)s)
ORDER BY pt.id
FOR SHARE OF pt
"""

# The appointment moved, the delay changed, or a list says that it did not take place, while the ask
# waited: it is planned anew in time, or when another list says that it did.
PUT_BACK = """
WITH early AS (
    DELETE FROM messaging_message
    WHERE id = ANY(%(ids)s) AND status = 'PENDING' AND attempt = 0
    RETURNING patient_id
)
UPDATE patients_patient pt SET asked_at = NULL FROM early WHERE pt.id = early.patient_id
"""

CANCEL = """
UPDATE messaging_message m SET status = 'CANCELLED', error = v.why, updated_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(whys)s::text[]) AS v(id, why)
WHERE m.id = v.id AND m.status = 'PENDING'
"""

# One debit a workspace and batch; the balances follow by the ledger's own rule. In the order of
# all who post to the same balances, so that two never wait for each other.
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


def claim_batch(
    *, sender: Sender, limit: int, now: datetime | None = None, probing: bool = False
) -> list[OutgoingMessage]:
    """At most `limit` messages that are this worker's to send until the lease ends.

    A paused sender has none, except while one message probes whether it works again.
    """
    now = now or timezone.now()
    with tenancy.platform("claim"):
        had = _waiting(sender, limit, now, probing=probing)
        shares = fairness.shares(had, limit)
        if not shares:
            return []
        found = _details(sender, _due(sender, shares, now), now)
        free = [row for row in found if not row["why_not"]]
        # Read once: a text that changes between the judgement and the sending was not judged.
        texts = composing.texts_of(
            {row["workspace_id"] for row in free}, {row["campaign_id"] for row in free}
        )
        new_senders.judge_new_senders(free, texts, now=now)
        _put_back([row for row in found if row["why_not"] == NOT_DUE])
        hold_check.put_off([row for row in found if row["why_not"] == hold_check.HELD], now=now)
        new_senders.put_off(found, now=now)
        waits = (None, NOT_DUE, hold_check.HELD, *new_senders.WAITS)
        _cancel([row for row in found if row["why_not"] not in waits], now)
        sendable = _in_turns([row for row in found if not row["why_not"]], had)
        taken = _take(sender, _pay(sendable[:limit], now), texts, now, probing=probing)
        # A turn that came to nothing counts as well, or the same would have it again and again.
        fairness.count(
            sender.pk, Counter(message.workspace_id for message in taken) | Counter(set(shares))
        )
        return taken


def _waiting(sender: Sender, limit: int, now: datetime, *, probing: bool) -> dict[UUID, int]:
    """Who is next, with how many messages each has had lately."""
    lately = fairness.had(sender.pk)
    found = sql.fetch(
        WAITING,
        sender=sender.pk,
        channel=sender.channel,
        owner=sender.workspace_id,
        served=list(lately),
        had=list(lately.values()),
        probing=probing,
        limit=limit,
        now=now,
    )
    return {row["id"]: row["had"] for row in found}


def _due(sender: Sender, shares: dict[UUID, int], now: datetime) -> list[UUID]:
    found = sql.fetch(
        DUE,
        workspaces=list(shares),
        shares=list(shares.values()),
        channel=sender.channel,
        sender=sender.pk,
        now=now,
    )
    return [row["id"] for row in found]


def _details(sender: Sender, ids: list[UUID], now: datetime) -> list[dict[str, Any]]:
    found = sql.fetch(
        DETAILS,
        ids=ids,
        sender=sender.pk,
        now=now,
        oldest=OLDEST_USEFUL_ASK,
        open=WHATSAPP_WINDOW,
        confirmed_within=CONFIRMED_WITHIN,
    )
    sendable = [row for row in found if not row["why_not"]]
    forgotten = erased_address_check.among(sendable, sender_id=sender.pk)
    asked = past_ask_check.among(sendable)
    waiting = hold_check.reasons(sendable, sender_id=sender.pk, now=now)
    for row in sendable:
        if row["id"] in forgotten:
            row["why_not"] = "erased"
        elif row["id"] in asked:
            row["why_not"] = "asked lately"
        else:
            row["why_not"] = waiting.get(row["id"])
    return found


def _in_turns(rows: list[dict[str, Any]], had: dict[UUID, int]) -> list[dict[str, Any]]:
    """One of each workspace, then a second of each: nobody waits behind another's thousands."""
    level, in_turns = Counter(had), []
    for row in sorted(rows, key=itemgetter("type", "id")):
        in_turns.append((level[row["workspace_id"]], row))
        level[row["workspace_id"]] += 1
    return [row for _level, row in sorted(in_turns, key=itemgetter(0))]


def _put_back(rows: list[dict[str, Any]]) -> None:
    if rows:
        sql.execute(PUT_BACK, ids=[row["id"] for row in rows])


def _cancel(rows: list[dict[str, Any]], now: datetime) -> None:
    if rows:
        sql.execute(
            CANCEL,
            ids=[row["id"] for row in rows],
            whys=[row["why_not"] for row in rows],
            now=now,
        )


def _pay(rows: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Whoever has too few credits sends that many and waits."""
    wanted = Counter(row["workspace_id"] for row in rows)
    debits = (
        sql.fetch(PAY, workspaces=list(wanted), messages=list(wanted.values()), now=now)
        if wanted
        else []
    )
    paid = Counter({debit["workspace_id"]: debit["messages"] for debit in debits})
    affordable = []
    for row in rows:
        if paid[row["workspace_id"]]:
            paid[row["workspace_id"]] -= 1
            affordable.append(row)
    return affordable


def _take(
    sender: Sender,
    rows: list[dict[str, Any]],
    texts: composing.Texts,
    now: datetime,
    *,
    probing: bool,
) -> list[OutgoingMessage]:
    composed = [_outgoing(sender, row, texts) for row in rows]
    outgoing = [replace(message, is_probe=probing) for message, _chosen in composed]
    sql.execute(
        TAKE,
        ids=[message.id for message in outgoing],
        contents=[message.body for message in outgoing],
        segments=[_segments(sender, message) for message in outgoing],
        templates=[chosen.template_id for _message, chosen in composed],
        versions=[chosen.version for _message, chosen in composed],
        content_sids=[message.content_sid for message in outgoing],
        content_values=[_values_to_keep(message, chosen) for message, chosen in composed],
        sender=sender.pk,
        until=now + settings.DISPATCH_LEASE,
        now=now,
    )
    return outgoing


def _outgoing(
    sender: Sender, row: dict[str, Any], texts: composing.Texts
) -> tuple[OutgoingMessage, Wording]:
    facts = composing.facts_of(row, two_way=sender.two_way)
    chosen = composing.wording(facts, texts)
    subject, body, variables = composing.compose_message(facts, chosen)
    on_whatsapp = sender.channel == Channel.WHATSAPP
    # Inside the 24 hours a free text may go; before and after only what Meta has approved.
    content_sid = chosen.content_sid if on_whatsapp and not row["is_in_conversation"] else ""
    if content_sid:
        body = composing.approved_body(chosen, variables, row["language"])
    attempt = row["attempt"] + 1
    message = OutgoingMessage(
        id=row["id"],
        attempt=attempt,
        workspace_id=row["workspace_id"],
        sender_id=sender.pk,
        sender=sender.address,
        to=row["address"],
        type=row["type"],
        subject=subject,
        body=body,
        language=row["language"],
        practice=composing.practice_name(facts),
        content_sid=content_sid,
        content_variables=variables,
        status_callback=status_callback(row["id"], attempt),
        opt_out_link=composing.patient_link("patient_stop", row["token"]),
        links=composing.links_of(facts) if sender.channel == Channel.EMAIL else {},
    )
    return message, chosen


def _values_to_keep(message: OutgoingMessage, chosen: Wording) -> str | None:
    """Return the values of an approved text that is not known yet, to fill it in later."""
    if not message.content_sid or chosen.approved:
        return None
    return json.dumps(dict(message.content_variables))


def status_callback(message_id: UUID, attempt: int) -> str:
    """Carries our own id, so that a receipt finds its message even when the answer was lost."""
    return f"{composing.patient_link('twilio_status', str(message_id))}?attempt={attempt}{RETRIES}"


def _segments(sender: Sender, message: OutgoingMessage) -> int | None:
    return measure_text(message.body).count if sender.channel == Channel.SMS else None
