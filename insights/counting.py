"""What is counted, once for all: the roll-up, today and the recount read the same statements.

Each is over `cells(workspace_id, campaign_id, day, timezone, starts, ends)`, which the statement
around it names.
"""

from dataclasses import dataclass

from insights.outcomes import ANSWERED, ARRIVED_AT, DELIVERED, OPTED_OUT
from messaging.message_days import ANCHOR, COUNTS, DAY

# Of a day and a timezone, with room for what clocks do at midnight.
SPAN = """
    day::timestamp AT TIME ZONE timezone - interval '3 hours' AS starts,
    (day + 1)::timestamp AT TIME ZONE timezone + interval '3 hours' AS ends"""

# Of a message called `m` and its patient `pt`.
FACT = """m.channel, pt.doctor_name AS doctor, pt.appointment_type,
       m.type = 'INITIAL' AS is_ask,
       m.sent_at IS NOT NULL OR m.status <> 'FAILED' AS has_left,
       m.status, m.rating, m.error_code, m.sent_at, m.delivered_at, m.replied_at,
       pt.opted_out_at, pt.review_clicks > 0 AS has_clicked"""

# The days' messages by their index, then to the day. What the index is asked for is worked out
# beforehand: behind row security PostgreSQL gives an index no condition that calls a function. Cell
# by cell, which OFFSET holds it to: of a campaign with a million it would otherwise read them all.
FACTS = f"""
SELECT cells.workspace_id, cells.campaign_id, cells.day, {FACT},
       m.replied_at AT TIME ZONE cells.timezone AS replied_on
FROM cells
CROSS JOIN LATERAL (
    SELECT * FROM messaging_message m
    WHERE m.campaign_id = cells.campaign_id
      AND {ANCHOR} >= cells.starts AND {ANCHOR} < cells.ends
    OFFSET 0
) m
JOIN patients_patient pt ON pt.id = m.patient_id
WHERE {COUNTS} AND (({ANCHOR}) AT TIME ZONE cells.timezone)::date = cells.day
"""

# All of a workspace's messages that are still there, found by reading every one.
ALL_FACTS = f"""
SELECT m.workspace_id, m.campaign_id, {DAY} AS day, {FACT},
       m.replied_at AT TIME ZONE p.timezone AS replied_on
FROM messaging_message m
JOIN campaigns_campaign c ON c.id = m.campaign_id
JOIN workspaces_practice p ON p.id = c.practice_id
JOIN patients_patient pt ON pt.id = m.patient_id
WHERE m.workspace_id = %(workspace)s AND {COUNTS}
"""

ASK = "is_ask AND has_left"
DELIVERY = "is_ask AND delivered_at >= sent_at"
RESPONSE = f"is_ask AND {ANSWERED} AND replied_at >= {ARRIVED_AT}"

# Sums of whole milliseconds, so that the sum of the days is the sum of the messages.
MEASURES = {
    "asked": f"count(*) FILTER (WHERE {ASK})",
    "delivered": f"count(*) FILTER (WHERE {ASK} AND {DELIVERED})",
    "answered": f"count(*) FILTER (WHERE {ASK} AND {ANSWERED})",
    "failed": "count(*) FILTER (WHERE is_ask AND status = 'FAILED')",
    "clicked": f"count(*) FILTER (WHERE {ASK} AND has_clicked)",
    "opted_out": f"count(*) FILTER (WHERE {ASK} AND {DELIVERED} AND {OPTED_OUT})",
    **{
        f"rated_{rating}": f"count(*) FILTER (WHERE is_ask AND rating = {rating})"
        for rating in range(1, 6)
    },
    "delivery_ms": "coalesce(sum(trunc(extract(epoch FROM delivered_at - sent_at) * 1000))"
    f" FILTER (WHERE {DELIVERY}), 0)::bigint",
    "deliveries_timed": f"count(*) FILTER (WHERE {DELIVERY})",
    "response_ms": f"coalesce(sum(trunc(extract(epoch FROM replied_at - {ARRIVED_AT}) * 1000))"
    f" FILTER (WHERE {RESPONSE}), 0)::bigint",
    "responses_timed": f"count(*) FILTER (WHERE {RESPONSE})",
    "credits": "count(*) FILTER (WHERE has_left)",
}

WEEKDAY = "extract(isodow FROM replied_on)::int"
HOURS = ", ".join(
    f"count(*) FILTER (WHERE extract(hour FROM replied_on) = {hour})" for hour in range(24)
)


@dataclass(frozen=True)
class TallyKind:
    """What is kept of a day: where, what of each group of facts, of which facts, split by what."""

    table: str
    columns: str
    expressions: str
    which: str = "true"
    on_top: tuple[str, ...] = ()


DAYS = TallyKind("insights_daytally", ", ".join(MEASURES), ", ".join(MEASURES.values()))
HOURS_OF_ANSWERS = TallyKind(
    "insights_hourtally",
    "weekday, hours",
    f"{WEEKDAY}, ARRAY[{HOURS}]::int[]",
    which=f"{ASK} AND {ANSWERED}",
    on_top=(WEEKDAY,),
)
FAILURES = TallyKind(
    "insights_failuretally",
    "error_code, failed",
    "error_code, count(*)",
    which="status = 'FAILED'",
    on_top=("error_code",),
)
KINDS = (DAYS, HOURS_OF_ANSWERS, FAILURES)
