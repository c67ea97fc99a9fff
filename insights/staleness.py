"""Triggers that mark the days whose figures change.

They are declared on `StaleDay` like any other constraint. They run in the transaction of the
writer, so that no writer can forget to mark. They only insert marks: writers never wait for each
other, and the roll-up deletes only the marks that it has seen.
"""

from django.db.models import Model

from core.constraints import DatabaseConstraint
from messaging.message_days import ANCHOR, COUNTS, DAY

SELECT_MESSAGES = "SELECT workspace_id, campaign_id, status, sent_at, created_at FROM"
INSERT_MARKS = "INSERT INTO insights_staleday (id, created_at, workspace_id, campaign_id, day)"

# One mark for each day, also when a statement changes a thousand messages of that day.
MARK_DAYS_OF_MESSAGES = f"""{INSERT_MARKS}
SELECT uuid7(), now(), touched.workspace_id, touched.campaign_id, touched.day
FROM (
    SELECT DISTINCT m.workspace_id, m.campaign_id, {DAY} AS day
    FROM ({{rows}}) m
    JOIN campaigns_campaign c ON c.id = m.campaign_id
    JOIN workspaces_practice p ON p.id = c.practice_id
    WHERE {COUNTS}
) touched;"""

# For each row, because only row triggers have a WHEN. It keeps the many other updates of patients
# free of cost.
MARK_DAYS_OF_PATIENT = f"""{INSERT_MARKS}
SELECT uuid7(), now(), touched.workspace_id, touched.campaign_id, touched.day
FROM (
    SELECT DISTINCT m.workspace_id, m.campaign_id, {DAY} AS day
    FROM messaging_message m
    JOIN campaigns_campaign c ON c.id = m.campaign_id
    JOIN workspaces_practice p ON p.id = c.practice_id
    WHERE m.patient_id = NEW.id AND {COUNTS}
) touched;"""

# In another time zone all days begin elsewhere. Marking every day since the first message is
# cheaper than looking up which days have messages.
MARK_ALL_DAYS_OF_CAMPAIGNS = f"""{INSERT_MARKS}
SELECT uuid7(), now(), c.workspace_id, c.id, day::date
FROM campaigns_campaign c
CROSS JOIN LATERAL (
    SELECT min({ANCHOR}) AS first FROM messaging_message m WHERE m.campaign_id = c.id
) began
CROSS JOIN LATERAL generate_series(
    began.first - interval '2 days', now() + interval '2 days', interval '1 day') day
WHERE {{campaigns}};"""


class MarksStaleDays(DatabaseConstraint):
    """Three statement triggers on messages; row triggers on patients, practices and campaigns."""

    def create(self, model: type[Model]) -> str:  # noqa: ARG002
        new, old = f"{SELECT_MESSAGES} new_rows", f"{SELECT_MESSAGES} old_rows"
        return "".join(
            [
                self._function("inserted", MARK_DAYS_OF_MESSAGES.format(rows=new)),
                self._function("deleted", MARK_DAYS_OF_MESSAGES.format(rows=old)),
                self._function(
                    "updated", MARK_DAYS_OF_MESSAGES.format(rows=f"{new} UNION ALL {old}")
                ),
                self._function("patient", MARK_DAYS_OF_PATIENT),
                self._function(
                    "practice",
                    MARK_ALL_DAYS_OF_CAMPAIGNS.format(campaigns="c.practice_id = NEW.id"),
                ),
                self._function(
                    "campaign", MARK_ALL_DAYS_OF_CAMPAIGNS.format(campaigns="c.id = NEW.id")
                ),
                self._statement_trigger("inserted", "INSERT", "NEW TABLE AS new_rows"),
                self._statement_trigger("deleted", "DELETE", "OLD TABLE AS old_rows"),
                self._statement_trigger(
                    "updated", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"
                ),
                self._row_trigger(
                    "patient",
                    "patients_patient",
                    "(OLD.doctor_name, OLD.appointment_type, OLD.review_clicks > 0,"
                    " OLD.opted_out_at) IS DISTINCT FROM"
                    " (NEW.doctor_name, NEW.appointment_type, NEW.review_clicks > 0,"
                    " NEW.opted_out_at)",
                ),
                self._row_trigger(
                    "practice", "workspaces_practice", "OLD.timezone IS DISTINCT FROM NEW.timezone"
                ),
                self._row_trigger(
                    "campaign",
                    "campaigns_campaign",
                    "OLD.practice_id IS DISTINCT FROM NEW.practice_id",
                ),
            ]
        )

    def remove(self, model: type[Model]) -> str:  # noqa: ARG002
        parts = ("inserted", "deleted", "updated", "patient", "practice", "campaign")
        return "".join(f"DROP FUNCTION {self.name}_{part}() CASCADE;" for part in parts)

    def _function(self, part: str, body: str) -> str:
        return (
            f"CREATE FUNCTION {self.name}_{part}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} RETURN NULL; END $$;"
        )

    def _statement_trigger(self, part: str, verb: str, tables: str) -> str:
        return (
            f'CREATE TRIGGER "{self.name}_{part}" AFTER {verb} ON messaging_message'
            f" REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {self.name}_{part}();"
        )

    def _row_trigger(self, part: str, table: str, when: str) -> str:
        return (
            f'CREATE TRIGGER "{self.name}_{part}" AFTER UPDATE ON {table}'
            f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {self.name}_{part}();"
        )
