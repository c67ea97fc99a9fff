"""How messages become tallies: the SELECTs that the roll-up, the reader and the recount share.

Each statement that uses them puts them into its WITH clause, so that all three count alike:

    days      one row for each day of a campaign that is to be counted
    messages  MESSAGES_OF_DAYS or ALL_MESSAGES: what the tallies need to know of each message
    ...       COUNT_DAYS, COUNT_HOURS or COUNT_FAILURES: tallies, in the columns of their table
"""

from django.db.models import Q

from insights.outcomes import ANSWERED, ARRIVED_AT, DELIVERED, OPTED_OUT
from messaging.message_days import ANCHOR, COUNTS, DAY
from messaging.models import MessageStatus

# A message `m` reached the provider, so it cost a credit and, if it is an ask, it counts as asked.
HAS_LEFT = "(m.sent_at IS NOT NULL OR m.status <> 'FAILED')"
HAS_LEFT_Q = Q(sent_at__isnull=False) | ~Q(status=MessageStatus.FAILED)
FAILED_Q = Q(status=MessageStatus.FAILED)

# Messages of `days(workspace_id, campaign_id, day, timezone, starts, ends)`.
#
# `starts` and `ends` are a few hours wider than the day, because clocks change at midnight in some
# time zones. They are columns, because behind row security PostgreSQL does not use an index for a
# condition that calls a function. The last condition then compares the exact local day.
#
# OFFSET 0 makes the planner look up one day at a time in the index on the campaign and the anchor.
# Without it, it reads all messages of a campaign, a million for a large clinic.
MESSAGES_OF_DAYS = f"""
SELECT days.workspace_id, days.campaign_id, days.day,
       m.channel::text, pt.doctor_name::text AS doctor, pt.appointment_type::text,
       m.type = 'INITIAL' AS is_ask,
       {HAS_LEFT} AS has_left,
       m.status, m.rating, m.error_code::text, m.sent_at, m.delivered_at, m.replied_at,
       m.replied_at AT TIME ZONE days.timezone AS replied_on,
       pt.opted_out_at, pt.review_clicks > 0 AS has_clicked
FROM days
CROSS JOIN LATERAL (
    SELECT * FROM messaging_message m
    WHERE m.campaign_id = days.campaign_id
      AND {ANCHOR} >= days.starts AND {ANCHOR} < days.ends
    OFFSET 0
) m
JOIN patients_patient pt ON pt.id = m.patient_id
WHERE {COUNTS} AND (({ANCHOR}) AT TIME ZONE days.timezone)::date = days.day"""

# The same of all messages of a workspace. It reads every one of them: for recounts only.
ALL_MESSAGES = f"""
SELECT m.workspace_id, m.campaign_id, {DAY} AS day,
       m.channel::text, pt.doctor_name::text AS doctor, pt.appointment_type::text,
       m.type = 'INITIAL' AS is_ask,
       {HAS_LEFT} AS has_left,
       m.status, m.rating, m.error_code::text, m.sent_at, m.delivered_at, m.replied_at,
       m.replied_at AT TIME ZONE p.timezone AS replied_on,
       pt.opted_out_at, pt.review_clicks > 0 AS has_clicked
FROM messaging_message m
JOIN campaigns_campaign c ON c.id = m.campaign_id
JOIN workspaces_practice p ON p.id = c.practice_id
JOIN patients_patient pt ON pt.id = m.patient_id
WHERE m.workspace_id = %(workspace)s AND {COUNTS}"""

# The grouping sets are the facets of `models/tallies.py`. GROUPING sets a bit for each column that
# is not grouped by. Columns that a facet does not split by are empty.
COUNT_DAYS = f"""
SELECT workspace_id, campaign_id, day,
       CASE GROUPING(channel, doctor, appointment_type)
           WHEN 7 THEN 'whole' WHEN 3 THEN 'channel' WHEN 5 THEN 'doctor' WHEN 6 THEN 'type'
           ELSE 'cross'
       END AS facet,
       coalesce(channel, '') AS channel,
       coalesce(doctor, '') AS doctor,
       coalesce(appointment_type, '') AS appointment_type,
       count(*) FILTER (WHERE is_ask AND has_left) AS asked,
       count(*) FILTER (WHERE is_ask AND has_left AND {DELIVERED}) AS delivered,
       count(*) FILTER (WHERE is_ask AND has_left AND {ANSWERED}) AS answered,
       count(*) FILTER (WHERE is_ask AND status = 'FAILED') AS failed,
       count(*) FILTER (WHERE is_ask AND has_left AND has_clicked) AS clicked,
       count(*) FILTER (WHERE is_ask AND has_left AND {DELIVERED} AND {OPTED_OUT}) AS opted_out,
       count(*) FILTER (WHERE is_ask AND rating = 1) AS rated_1,
       count(*) FILTER (WHERE is_ask AND rating = 2) AS rated_2,
       count(*) FILTER (WHERE is_ask AND rating = 3) AS rated_3,
       count(*) FILTER (WHERE is_ask AND rating = 4) AS rated_4,
       count(*) FILTER (WHERE is_ask AND rating = 5) AS rated_5,
       -- Sums of whole milliseconds, so that the sum of the days is the sum of the messages.
       coalesce(sum(trunc(extract(epoch FROM delivered_at - sent_at) * 1000))
           FILTER (WHERE is_ask AND delivered_at >= sent_at), 0)::bigint AS delivery_ms,
       count(*) FILTER (WHERE is_ask AND delivered_at >= sent_at) AS deliveries_timed,
       coalesce(sum(trunc(extract(epoch FROM replied_at - {ARRIVED_AT}) * 1000))
           FILTER (WHERE is_ask AND {ANSWERED} AND replied_at >= {ARRIVED_AT}), 0)::bigint
           AS response_ms,
       count(*) FILTER (WHERE is_ask AND {ANSWERED} AND replied_at >= {ARRIVED_AT})
           AS responses_timed,
       count(*) FILTER (WHERE has_left) AS credits
FROM messages
GROUP BY workspace_id, campaign_id, day,
         GROUPING SETS ((), (channel), (doctor), (appointment_type),
                        (channel, doctor, appointment_type))"""

COUNT_HOURS = f"""
SELECT workspace_id, campaign_id, day,
       CASE GROUPING(channel, doctor, appointment_type)
           WHEN 7 THEN 'whole' WHEN 3 THEN 'channel' WHEN 5 THEN 'doctor' WHEN 6 THEN 'type'
           ELSE 'cross'
       END AS facet,
       coalesce(channel, '') AS channel,
       coalesce(doctor, '') AS doctor,
       coalesce(appointment_type, '') AS appointment_type,
       weekday,
       ARRAY[
           count(*) FILTER (WHERE hour = 0), count(*) FILTER (WHERE hour = 1),
           count(*) FILTER (WHERE hour = 2), count(*) FILTER (WHERE hour = 3),
           count(*) FILTER (WHERE hour = 4), count(*) FILTER (WHERE hour = 5),
           count(*) FILTER (WHERE hour = 6), count(*) FILTER (WHERE hour = 7),
           count(*) FILTER (WHERE hour = 8), count(*) FILTER (WHERE hour = 9),
           count(*) FILTER (WHERE hour = 10), count(*) FILTER (WHERE hour = 11),
           count(*) FILTER (WHERE hour = 12), count(*) FILTER (WHERE hour = 13),
           count(*) FILTER (WHERE hour = 14), count(*) FILTER (WHERE hour = 15),
           count(*) FILTER (WHERE hour = 16), count(*) FILTER (WHERE hour = 17),
           count(*) FILTER (WHERE hour = 18), count(*) FILTER (WHERE hour = 19),
           count(*) FILTER (WHERE hour = 20), count(*) FILTER (WHERE hour = 21),
           count(*) FILTER (WHERE hour = 22), count(*) FILTER (WHERE hour = 23)
       ]::int[] AS hours
FROM (
    SELECT *, extract(isodow FROM replied_on)::int AS weekday,
           extract(hour FROM replied_on)::int AS hour
    FROM messages
    WHERE is_ask AND has_left AND {ANSWERED}
) answers
GROUP BY workspace_id, campaign_id, day, weekday,
         GROUPING SETS ((), (channel), (doctor), (appointment_type),
                        (channel, doctor, appointment_type))"""

COUNT_FAILURES = """
SELECT workspace_id, campaign_id, day,
       CASE GROUPING(channel, doctor, appointment_type)
           WHEN 7 THEN 'whole' WHEN 3 THEN 'channel' WHEN 5 THEN 'doctor' WHEN 6 THEN 'type'
           ELSE 'cross'
       END AS facet,
       coalesce(channel, '') AS channel,
       coalesce(doctor, '') AS doctor,
       coalesce(appointment_type, '') AS appointment_type,
       error_code,
       count(*) AS failed
FROM messages
WHERE status = 'FAILED'
GROUP BY workspace_id, campaign_id, day, error_code,
         GROUPING SETS ((), (channel), (doctor), (appointment_type),
                        (channel, doctor, appointment_type))"""
