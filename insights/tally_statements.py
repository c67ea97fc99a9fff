"""The statements that read tallies: `reading.py` says what their results mean.

A day that did not change since it was counted is read from its tallies. A day that did change is
counted from its messages, in the same statement and with the same SELECTs as the roll-up.
"""

from insights.counting import COUNT_DAYS, COUNT_FAILURES, COUNT_HOURS, MESSAGES_OF_DAYS
from patients.doctors.spellings import SHOWN_NAMES

# The head of every statement below: three tables of tallies, narrowed to the campaigns, filters
# and days that were asked for, with changed days counted live.
#
#     day_tallies, hour_tallies, failure_tallies
#
# They still have all facets, so every SELECT from them names the facet that it wants. Conditions on
# the facet and the day reach the index `…tally_by_day`, because NOT MATERIALIZED lets the planner
# move them into the CTE. `days` and `messages` are MATERIALIZED: they are read several times, and a
# condition on the status would otherwise make the planner read all failures of a campaign.
#
# Of the campaigns in `partly` only the patients of some doctors are seen: those of the doctor who
# looks. Their tallies are those that are split by doctor. A tally of a coarser facet does not say
# whose patients it has, so `stored` is the facet that is read in its place and then summed.
COARSER = """(VALUES ('whole', 'doctor'), ('doctor', 'doctor'), ('channel', 'cross'),
                     ('type', 'cross'), ('cross', 'cross')) coarser(facet, stored)"""

SEEN_TALLIES = f"""
WITH seen AS (
    SELECT c.id, c.name, c.practice_id, p.name AS practice, p.timezone,
           c.id = ANY(%(partly)s::uuid[]) IS TRUE AS is_partly
    FROM campaigns_campaign c
    JOIN workspaces_practice p ON p.id = c.practice_id
    WHERE c.workspace_id = %(workspace)s
      AND (%(campaigns)s::uuid[] IS NULL OR c.id = ANY(%(campaigns)s::uuid[])
           OR c.id = ANY(%(partly)s::uuid[]))
), shown_names AS ({SHOWN_NAMES}
), days AS MATERIALIZED (
    SELECT stale.*,
           day::timestamp AT TIME ZONE timezone - interval '3 hours' AS starts,
           (day + 1)::timestamp AT TIME ZONE timezone + interval '3 hours' AS ends
    FROM (
        SELECT DISTINCT s.workspace_id, s.campaign_id, s.day, seen.timezone
        FROM insights_staleday s
        JOIN seen ON seen.id = s.campaign_id
        WHERE s.workspace_id = %(workspace)s AND s.day BETWEEN %(since)s AND %(until)s
    ) stale
), messages AS MATERIALIZED (
    SELECT * FROM ({MESSAGES_OF_DAYS}) m
    WHERE (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctors)s::text[] IS NULL OR doctor = ANY(%(doctors)s::text[]))
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND (%(partly)s::uuid[] IS NULL OR campaign_id <> ALL(%(partly)s::uuid[])
           OR doctor = ANY(%(own_spellings)s::text[]))
), live_days AS MATERIALIZED ({COUNT_DAYS}
), day_tallies AS NOT MATERIALIZED (
    SELECT campaign_id, day, facet::text, channel::text, doctor::text, appointment_type::text,
           asked, delivered, answered, failed, clicked, opted_out,
           rated_1, rated_2, rated_3, rated_4, rated_5,
           delivery_ms, deliveries_timed, response_ms, responses_timed, credits
    FROM insights_daytally t
    WHERE workspace_id = %(workspace)s
      AND campaign_id IN (SELECT id FROM seen WHERE NOT is_partly)
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctors)s::text[] IS NULL OR doctor = ANY(%(doctors)s::text[]))
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
    UNION ALL
    SELECT campaign_id, day, facet, channel, doctor, appointment_type,
           asked, delivered, answered, failed, clicked, opted_out,
           rated_1, rated_2, rated_3, rated_4, rated_5,
           delivery_ms, deliveries_timed, response_ms, responses_timed, credits
    FROM live_days
    UNION ALL
    SELECT campaign_id, day, coarser.facet, channel::text, doctor::text, appointment_type::text,
           asked, delivered, answered, failed, clicked, opted_out,
           rated_1, rated_2, rated_3, rated_4, rated_5,
           delivery_ms, deliveries_timed, response_ms, responses_timed, credits
    FROM insights_daytally t
    JOIN {COARSER} ON coarser.stored = t.facet
    WHERE workspace_id = %(workspace)s
      AND campaign_id = ANY(%(partly)s::uuid[]) AND doctor = ANY(%(own_spellings)s::text[])
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctors)s::text[] IS NULL OR doctor = ANY(%(doctors)s::text[]))
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
), hour_tallies AS NOT MATERIALIZED (
    SELECT campaign_id, day, facet::text, channel::text, doctor::text, appointment_type::text,
           weekday, hours
    FROM insights_hourtally t
    WHERE workspace_id = %(workspace)s
      AND campaign_id IN (SELECT id FROM seen WHERE NOT is_partly)
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctors)s::text[] IS NULL OR doctor = ANY(%(doctors)s::text[]))
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
    UNION ALL
    SELECT campaign_id, day, facet, channel, doctor, appointment_type, weekday, hours
    FROM ({COUNT_HOURS}) live_hours
    UNION ALL
    SELECT campaign_id, day, coarser.facet, channel::text, doctor::text, appointment_type::text,
           weekday, hours
    FROM insights_hourtally t
    JOIN {COARSER} ON coarser.stored = t.facet
    WHERE workspace_id = %(workspace)s
      AND campaign_id = ANY(%(partly)s::uuid[]) AND doctor = ANY(%(own_spellings)s::text[])
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctors)s::text[] IS NULL OR doctor = ANY(%(doctors)s::text[]))
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
), failure_tallies AS NOT MATERIALIZED (
    SELECT campaign_id, day, facet::text, channel::text, doctor::text, appointment_type::text,
           error_code::text, failed
    FROM insights_failuretally t
    WHERE workspace_id = %(workspace)s
      AND campaign_id IN (SELECT id FROM seen WHERE NOT is_partly)
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctors)s::text[] IS NULL OR doctor = ANY(%(doctors)s::text[]))
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
    UNION ALL
    SELECT campaign_id, day, facet, channel, doctor, appointment_type, error_code, failed
    FROM ({COUNT_FAILURES}) live_failures
    UNION ALL
    SELECT campaign_id, day, coarser.facet, channel::text, doctor::text, appointment_type::text,
           error_code::text, failed
    FROM insights_failuretally t
    JOIN {COARSER} ON coarser.stored = t.facet
    WHERE workspace_id = %(workspace)s
      AND campaign_id = ANY(%(partly)s::uuid[]) AND doctor = ANY(%(own_spellings)s::text[])
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctors)s::text[] IS NULL OR doctor = ANY(%(doctors)s::text[]))
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
)"""

# The columns of `figures.Figures`.
SUMS = """
       sum(asked)::bigint AS asked, sum(delivered)::bigint AS delivered,
       sum(answered)::bigint AS answered, sum(failed)::bigint AS failed,
       sum(clicked)::bigint AS clicked, sum(opted_out)::bigint AS opted_out,
       sum(rated_1)::bigint AS rated_1, sum(rated_2)::bigint AS rated_2,
       sum(rated_3)::bigint AS rated_3, sum(rated_4)::bigint AS rated_4,
       sum(rated_5)::bigint AS rated_5,
       sum(delivery_ms)::bigint AS delivery_ms, sum(deliveries_timed)::bigint AS deliveries_timed,
       sum(response_ms)::bigint AS response_ms, sum(responses_timed)::bigint AS responses_timed,
       sum(credits)::bigint AS credits"""

# Figures of a period: one row for each group, and a single row when `by` is NULL.
FIGURES = f"""{SEEN_TALLIES}
SELECT CASE %(by)s::text
           WHEN 'practice' THEN seen.practice_id::text WHEN 'campaign' THEN seen.id::text
           WHEN 'doctor' THEN coalesce(shown_names.shown, t.doctor)
           WHEN 'appointment_type' THEN t.appointment_type
           WHEN 'channel' THEN t.channel
       END AS key,
       CASE %(by)s::text
           WHEN 'practice' THEN seen.practice WHEN 'campaign' THEN seen.name
           WHEN 'doctor' THEN coalesce(shown_names.shown, t.doctor)
           WHEN 'appointment_type' THEN t.appointment_type
           WHEN 'channel' THEN t.channel
       END AS label,{SUMS}
FROM day_tallies t
JOIN seen ON seen.id = t.campaign_id
LEFT JOIN shown_names ON shown_names.spelling = t.doctor AND %(by)s = 'doctor'
WHERE t.facet = %(facet)s AND t.day BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2
"""

# The step of a day. A day of the period before belongs to the step of the day that is as far from
# the start of this period, so that the two lines of a chart have the same days above each other.
START = """date_trunc(%(step)s::text,
                  CASE WHEN day < %(first)s THEN day + %(shift)s::int ELSE day END)::date"""

SERIES = f"""{SEEN_TALLIES}
SELECT day < %(first)s AS is_before, {START} AS start,{SUMS}
FROM day_tallies
WHERE facet = %(facet)s AND day BETWEEN %(before_first)s AND %(last)s
GROUP BY 1, 2
"""

SUM_HOURS = """
    SELECT weekday, ARRAY[
               sum(hours[1]), sum(hours[2]), sum(hours[3]), sum(hours[4]), sum(hours[5]),
               sum(hours[6]), sum(hours[7]), sum(hours[8]), sum(hours[9]), sum(hours[10]),
               sum(hours[11]), sum(hours[12]), sum(hours[13]), sum(hours[14]), sum(hours[15]),
               sum(hours[16]), sum(hours[17]), sum(hours[18]), sum(hours[19]), sum(hours[20]),
               sum(hours[21]), sum(hours[22]), sum(hours[23]), sum(hours[24])
           ]::bigint[] AS hours
    FROM hour_tallies
    WHERE facet = %(facet)s AND day BETWEEN %(first)s AND %(last)s
    GROUP BY weekday"""

HOURS = f"{SEEN_TALLIES}{SUM_HOURS}"

FAILURES = f"""{SEEN_TALLIES}
SELECT error_code AS code, sum(failed)::bigint AS count
FROM failure_tallies
WHERE facet = %(facet)s AND day BETWEEN %(first)s AND %(last)s
GROUP BY error_code
ORDER BY count DESC, code
"""

# Everything that the home page shows, as of one moment. `cells` reads the tallies once and is
# small. The parts, which differ in what they group by, are summed from it.
PAGE = f"""{SEEN_TALLIES}, cells AS MATERIALIZED (
    SELECT facet, day < %(first)s AS is_before,
           CASE WHEN facet = %(facet)s THEN {START} END AS start,
           campaign_id, doctor, appointment_type,{SUMS}
    FROM day_tallies
    WHERE facet = ANY(%(facets)s)
      AND day BETWEEN %(before_first)s AND %(last)s
      AND (facet = %(facet)s OR day >= %(first)s)
    GROUP BY 1, 2, 3, 4, 5, 6
), parts AS (
    SELECT 'before' AS part, start::text AS key, '' AS label, cells.*
    FROM cells
    WHERE facet = %(facet)s AND is_before
    UNION ALL
    SELECT 'period', start::text, '', cells.*
    FROM cells
    WHERE facet = %(facet)s AND NOT is_before
    UNION ALL
    SELECT 'practice', seen.practice_id::text, seen.practice, cells.*
    FROM cells
    JOIN seen ON seen.id = cells.campaign_id
    WHERE facet = %(facet)s AND NOT is_before
    UNION ALL
    SELECT 'doctor', coalesce(shown, doctor), coalesce(shown, doctor), cells.*
    FROM cells
    LEFT JOIN shown_names ON spelling = doctor
    WHERE facet = %(doctor_facet)s AND NOT is_before
    UNION ALL
    SELECT 'appointment_type', appointment_type, appointment_type, cells.*
    FROM cells
    WHERE facet = %(type_facet)s AND NOT is_before
), figures AS (
    SELECT part, key, label,{SUMS}
    FROM parts
    GROUP BY part, key, label
), answers AS ({SUM_HOURS}
)
SELECT (SELECT coalesce(json_agg(figures), '[]') FROM figures) AS figures,
       (SELECT coalesce(json_agg(answers), '[]') FROM answers) AS hours
"""
