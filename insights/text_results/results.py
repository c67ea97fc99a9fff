"""Figures of each text, by version and channel.

Only asks count: an answer to a reminder counts for the ask before it. Messages that were sent
before versions were stored have no version, and are in no figure here.
"""

from dataclasses import dataclass
from uuid import UUID

from campaigns.visibility import RESULTS_VISIBLE
from core import sql
from insights.figures import Figures
from insights.outcomes import ANSWERED, DELIVERED
from patients.visibility import patient_viewer_values
from templates_app.models import Channel, Template
from workspaces.models import User, Workspace

COUNTS = f"""
    count(*) FILTER (WHERE m.sent_at IS NOT NULL) AS asked,
    count(*) FILTER (WHERE {DELIVERED}) AS delivered,
    count(*) FILTER (WHERE {ANSWERED}) AS answered,
    count(*) FILTER (WHERE m.status = 'FAILED') AS failed,
    count(*) FILTER (WHERE m.rating = 1) AS rated_1,
    count(*) FILTER (WHERE m.rating = 2) AS rated_2,
    count(*) FILTER (WHERE m.rating = 3) AS rated_3,
    count(*) FILTER (WHERE m.rating = 4) AS rated_4,
    count(*) FILTER (WHERE m.rating = 5) AS rated_5
"""

IS_VISIBLE = f"""
  AND (m.campaign_id IN (
           SELECT c.id FROM campaigns_campaign c
           WHERE c.workspace_id = %(workspace)s AND {RESULTS_VISIBLE})
       OR (cardinality(%(own_spellings)s::text[]) > 0 AND EXISTS (
           SELECT FROM patients_patient pt
           WHERE pt.id = m.patient_id AND pt.doctor_name = ANY(%(own_spellings)s::text[]))))
"""

# Both statements read one range of the partial index on messages with a template.
BY_VERSION = f"""
SELECT m.template_version AS version, m.channel, {COUNTS}
FROM messaging_message m
WHERE m.workspace_id = %(workspace)s AND m.template_id = %(template)s AND m.type = 'INITIAL'
  AND m.status NOT IN ('PENDING', 'SENDING', 'CANCELLED') {IS_VISIBLE}
GROUP BY version, m.channel
ORDER BY version DESC, m.channel
"""

BY_TEXT = f"""
SELECT m.template_id, {COUNTS}
FROM messaging_message m
WHERE m.workspace_id = %(workspace)s AND m.template_id IS NOT NULL AND m.type = 'INITIAL'
  AND m.status NOT IN ('PENDING', 'SENDING', 'CANCELLED') {IS_VISIBLE}
GROUP BY m.template_id
"""

# Versions are stored since some day. If the oldest message has none, some were sent before it.
OLDEST_VERSION = """
SELECT m.template_version FROM messaging_message m
WHERE m.workspace_id = %(workspace)s AND m.sent_at IS NOT NULL AND m.type <> 'ANSWER'
ORDER BY m.sent_at
LIMIT 1
"""


@dataclass(frozen=True)
class TextResult:
    """The figures of a text, or of one version on one channel if these are set."""

    figures: Figures
    version: int = 0
    channel: str = ""

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label)


def read_by_version(template: Template, *, visible_to: User) -> list[TextResult]:
    rows = sql.fetch(
        BY_VERSION,
        workspace=template.workspace_id,
        template=template.pk,
        **patient_viewer_values(visible_to),
    )
    return [
        TextResult(version=row.pop("version"), channel=row.pop("channel"), figures=Figures(**row))
        for row in rows
    ]


def read_by_text(workspace: Workspace, *, visible_to: User) -> dict[UUID, TextResult]:
    rows = sql.fetch(BY_TEXT, workspace=workspace.pk, **patient_viewer_values(visible_to))
    return {row.pop("template_id"): TextResult(figures=Figures(**row)) for row in rows}


def has_messages_without_version(workspace: Workspace) -> bool:
    """Return whether messages were sent before their versions were stored."""
    oldest = sql.fetch(OLDEST_VERSION, workspace=workspace.pk)
    return bool(oldest) and oldest[0]["template_version"] is None
