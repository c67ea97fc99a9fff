"""Whatever a figure depends on marks its day when it changes, in the writer's own transaction.

Declared on `StaleDay` like any other constraint, and kept by triggers, so that no writer can forget
it. A mark is only ever added here: two writers never wait for each other, and a mark that its
reader has not seen cannot be removed with those that it has.
"""

from django.db.models import Model

from core.constraints import DatabaseConstraint
from messaging.message_days import ANCHOR, COUNTS, DAY

COLUMNS = "SELECT workspace_id, campaign_id, status, sent_at, created_at FROM"
MARK = "INSERT INTO insights_staleday (id, created_at, workspace_id, campaign_id, day)"

# A statement that reaches a thousand messages of one day leaves one mark.
OF_MESSAGES = f"""{MARK}
SELECT uuid7(), now(), touched.workspace_id, touched.campaign_id, touched.day
FROM (
    SELECT DISTINCT m.workspace_id, m.campaign_id, {DAY} AS day
    FROM ({{rows}}) m
    JOIN campaigns_campaign c ON c.id = m.campaign_id
    JOIN workspaces_practice p ON p.id = c.practice_id
    WHERE {COUNTS}
) touched;"""

# Rare, and rows alone have a WHEN, which costs the other updates of patients nothing.
OF_ONE_PATIENT = f"""{MARK}
SELECT uuid7(), now(), touched.workspace_id, touched.campaign_id, touched.day
FROM (
    SELECT DISTINCT m.workspace_id, m.campaign_id, {DAY} AS day
    FROM messaging_message m
    JOIN campaigns_campaign c ON c.id = m.campaign_id
    JOIN workspaces_practice p ON p.id = c.practice_id
    WHERE m.patient_id = NEW.id AND {COUNTS}
) touched;"""

# Another time zone cuts the days elsewhere: all of them, for to look which would take longer.
OF_ALL_DAYS = f"""{MARK}
SELECT uuid7(), now(), c.workspace_id, c.id, day::date
FROM campaigns_campaign c
CROSS JOIN LATERAL (
    SELECT min({ANCHOR}) AS first FROM messaging_message m WHERE m.campaign_id = c.id
) began
CROSS JOIN LATERAL generate_series(
    began.first - interval '2 days', now() + interval '2 days', interval '1 day') day
WHERE {{campaigns}};"""


class MarksStaleDays(DatabaseConstraint):
    def create(self, model: type[Model]) -> str:  # noqa: ARG002
        come, gone = f"{COLUMNS} come", f"{COLUMNS} gone"
        return "".join(
            [
                self._function("come", OF_MESSAGES.format(rows=come)),
                self._function("gone", OF_MESSAGES.format(rows=gone)),
                self._function("both", OF_MESSAGES.format(rows=f"{come} UNION ALL {gone}")),
                self._function("patient", OF_ONE_PATIENT),
                self._function("practice", OF_ALL_DAYS.format(campaigns="c.practice_id = NEW.id")),
                self._function("campaign", OF_ALL_DAYS.format(campaigns="c.id = NEW.id")),
                self._statement("come", "INSERT", "NEW TABLE AS come"),
                self._statement("gone", "DELETE", "OLD TABLE AS gone"),
                self._statement("both", "UPDATE", "OLD TABLE AS gone NEW TABLE AS come"),
                self._row(
                    "patient",
                    "patients_patient",
                    "(OLD.doctor_name, OLD.appointment_type, OLD.review_clicks > 0,"
                    " OLD.opted_out_at) IS DISTINCT FROM"
                    " (NEW.doctor_name, NEW.appointment_type, NEW.review_clicks > 0,"
                    " NEW.opted_out_at)",
                ),
                self._row(
                    "practice", "workspaces_practice", "OLD.timezone IS DISTINCT FROM NEW.timezone"
                ),
                self._row(
                    "campaign",
                    "campaigns_campaign",
                    "OLD.practice_id IS DISTINCT FROM NEW.practice_id",
                ),
            ]
        )

    def remove(self, model: type[Model]) -> str:  # noqa: ARG002
        parts = ("come", "gone", "both", "patient", "practice", "campaign")
        return "".join(f"DROP FUNCTION {self.name}_{part}() CASCADE;" for part in parts)

    def _function(self, part: str, body: str) -> str:
        return (
            f"CREATE FUNCTION {self.name}_{part}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} RETURN NULL; END $$;"
        )

    def _statement(self, part: str, verb: str, tables: str) -> str:
        return (
            f'CREATE TRIGGER "{self.name}_{part}" AFTER {verb} ON messaging_message'
            f" REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {self.name}_{part}();"
        )

    def _row(self, part: str, table: str, when: str) -> str:
        return (
            f'CREATE TRIGGER "{self.name}_{part}" AFTER UPDATE ON {table}'
            f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {self.name}_{part}();"
        )
